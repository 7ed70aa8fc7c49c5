"""SMPP as a provider: the sessions of each connection, kept bound, and what goes and comes over them."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Final

from hub.api import (
    AnyAccount,
    AnyConnection,
    Context,
    InputError,
    Overloaded,
    PluginStore,
    Raw,
    Ready,
    Rejected,
    SendError,
    Unreachable,
    crash_point,
)
from plugins.sms.provider import Heard, News, Outgoing, Submitted, Take
from plugins.sms.record import settled
from plugins.sms.smpp import reading, writing
from plugins.sms.smpp.again import InDoubt
from plugins.sms.smpp.pdu import Command, Status
from plugins.sms.smpp.session import Session
from plugins.sms.smpp.settings import Alphabet, Bind, SmppSettings
from plugins.sms.text.narrow import HANDSETS, LATIN1, Narrow

_log = logging.getLogger(__name__)
_BINDS: Final[Mapping[Bind, Sequence[Command]]] = {
    Bind.TRANSCEIVER: [Command.BIND_TRANSCEIVER],
    Bind.TRANSMITTER: [Command.BIND_TRANSMITTER],
    Bind.RECEIVER: [Command.BIND_RECEIVER],
    Bind.BOTH: [Command.BIND_TRANSMITTER, Command.BIND_RECEIVER],
}
_BACK_OFF: Final = (1.0, 2.0, 5.0, 15.0, 60.0)
PATIENCE: Final = 15.0
"""Seconds in which an SMSC that was never there may still be starting, as the hub is: no failure yet."""
_LOOK: Final = 0.2


class Smpp:
    """One object for all connections of this kind."""

    kind = "smpp"
    segments = True

    def __init__(self, context: Context) -> None:
        self._store = context.store
        self._lines: dict[int, Lines] = {}

    async def submit(self, connection: AnyConnection, outgoing: Outgoing) -> Submitted:
        """Over the session that has least to do. Raises a SendError."""
        settings: SmppSettings = connection.settings.of_kind
        lines = self._lines.get(connection.id)
        if lines is None:
            raise Unreachable("no session with the SMSC has been bound yet")
        session = lines.free()
        try:
            octets = writing.submit(outgoing, settings)
        except ValueError as error:
            raise Rejected(f"the text cannot be written as SMPP: {error}") from None
        return Submitted(await session.submit(octets))

    def narrow(self, connection: AnyConnection) -> Narrow:
        """The whole GSM alphabet, or what Latin-1 has of it."""
        settings: SmppSettings = connection.settings.of_kind
        return LATIN1 if settings.default_alphabet is Alphabet.LATIN1 else HANDSETS

    def read(self, raw: Raw, account: AnyAccount | None = None) -> Sequence[News]:
        """One deliver_sm. Raises Malformed."""
        told = reading.news(raw.body, str(raw.meta.get("alphabet") or Alphabet.GSM7))
        return [replace(told, id=str(raw.meta.get("id") or "")) if isinstance(told, Heard) else told]

    async def probe(self, connection: AnyConnection) -> str:
        """Bind, and unbind. Raises Unreachable, Misconfigured."""
        settings: SmppSettings = connection.settings.of_kind
        session = await Session.open(settings, _BINDS[settings.bind][0])
        reader = asyncio.create_task(session.run(_NotNow()))
        await session.close()
        await asyncio.gather(reader, return_exceptions=True)
        return f"{settings.host}:{settings.port}: bound as {settings.system_id}"

    async def listen(self, connection: AnyConnection, take: Take, ready: Ready) -> None:
        """Keep all sessions bound. Raises when none can be."""
        if connection.id not in self._lines:
            settled_at = await self._store.read(lambda sql: settled.read(sql, connection.id))
            doubts = InDoubt(connection.cursor or "", _now(), settled_at)
            self._lines[connection.id] = Lines(connection.id, self._store, doubts)
        await self._lines[connection.id].keep(connection, take, ready)


class Lines:
    """The sessions of one connection."""

    def __init__(self, connection_id: int, store: PluginStore, doubts: InDoubt) -> None:
        self._id, self._store, self._doubts = connection_id, store, doubts
        self._sessions: list[Session] = []
        self._patient_until = _now() + PATIENCE

    def free(self) -> Session:
        """The one to send by. Raises Unreachable."""
        sending = [session for session in self._sessions if session.sends and session.is_open]
        if not sending:
            raise Unreachable("no session with the SMSC is bound for sending")
        return min(sending, key=lambda session: session.busy)

    async def keep(self, connection: AnyConnection, take: Take, ready: Ready) -> None:
        """Run the binds the connection wants; the first error while none stands is the connection's."""
        settings: SmppSettings = connection.settings.of_kind
        wanted = [command for command in _BINDS[settings.bind] for _ in range(settings.sessions)]
        hearing = _Hearing(settings, take, self)
        tell = _Tell(ready, settings, len(wanted))
        tasks = [asyncio.create_task(self._hold(settings, command, hearing, tell)) for command in wanted]
        try:
            ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in ended:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _hold(self, settings: SmppSettings, command: Command, hearing: _Hearing, tell: _Tell) -> None:
        """One bind, made again whenever its line has ended, at growing intervals."""
        failures = 0
        while True:
            try:
                session = await Session.open(settings, command)
                failures = 0
                await self._use(session, hearing, tell)
            except SendError as error:
                if isinstance(error, Unreachable) and _now() < self._patient_until:
                    await asyncio.sleep(_LOOK)
                    continue
                if not self._sessions:
                    raise
                _log.warning("a session with %s ended: %s", settings.host, error)
            await asyncio.sleep(_BACK_OFF[min(failures, len(_BACK_OFF) - 1)])
            failures += 1

    async def _use(self, session: Session, hearing: _Hearing, tell: _Tell) -> None:
        self._sessions.append(session)
        self._patient_until = 0.0
        tell(len(self._sessions))
        try:
            await session.run(hearing)
        finally:
            self._sessions.remove(session)
            self._doubts.add(session.unconfirmed, _now())
            tell(len(self._sessions))

    def name(self, body: bytes) -> str:
        """What a message with this body is called: once more the same, if it may be stored already."""
        return self._doubts.name(body, _now())

    def doubt(self, name: str) -> None:
        """This one is to come again; yet it may be stored: the database went with the commit's answer."""
        self._doubts.add([name], _now())

    async def settled(self) -> None:
        """Note that nothing taken until now comes again, if that is so on all lines."""
        if self._doubts.any(_now()) or any(session.unconfirmed for session in self._sessions):
            return
        until = time.time_ns()
        with suppress(Overloaded):  # then it is noted after the next text
            await self._store.write(lambda sql: settled.write(sql, self._id, until))

    def cursor(self) -> str:
        """What may come again, if the hub ends now. Asked when a text is about to be committed, for one that came
        earlier may be committed later."""
        names = [name for session in self._sessions for name in session.unconfirmed]
        return " ".join([*self._doubts.names, *names])


class _Hearing:
    """Takes what the SMSC delivers; says what to answer."""

    def __init__(self, settings: SmppSettings, take: Take, lines: Lines) -> None:
        self._take, self._lines = take, lines
        self._meta = {"alphabet": settings.default_alphabet.value}

    def name(self, body: bytes) -> str:
        return self._lines.name(body)

    async def settled(self) -> None:
        await self._lines.settled()

    async def deliver(self, octets: bytes, name: str) -> Status:
        """Stored, or refused: for good where we have no such number, else the SMSC is to come again."""
        try:
            await self._take(Raw(octets, {**self._meta, "id": name}), self._lines.cursor)
        except Overloaded:
            self._lines.doubt(name)
            return Status.RTHROTTLED
        except InputError:
            return Status.RINVDSTADR
        except Exception:  # noqa: BLE001 - not stored, for whatever reason: the SMSC keeps it and comes again
            _log.exception("storing a text failed")
            self._lines.doubt(name)
            return Status.RSYSERR
        crash_point("after_commit_before_ack")
        return Status.ROK


class _Tell:
    """What administrators read of the connection."""

    def __init__(self, ready: Ready, settings: SmppSettings, wanted: int) -> None:
        self._ready, self._settings, self._wanted = ready, settings, wanted

    def __call__(self, bound: int) -> None:
        own = self._settings
        if bound:
            self._ready(f"smpp://{own.host}:{own.port} as {own.system_id}, {bound} of {self._wanted} bound")


class _NotNow:
    """A trial takes nothing."""

    def name(self, body: bytes) -> str:
        return ""

    async def deliver(self, octets: bytes, name: str) -> Status:
        return Status.RTHROTTLED

    async def settled(self) -> None:
        return


def _now() -> float:
    return asyncio.get_running_loop().time()
