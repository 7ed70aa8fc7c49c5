"""CMPP as a provider: single segments to a gateway, texts and reports from it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Final, cast

from hub.api import (
    AnyAccount,
    AnyConnection,
    Context,
    Json,
    Malformed,
    Overloaded,
    Raw,
    Ready,
    UnknownAccount,
    Unreachable,
    Unsupported,
)
from plugins.sms.cmpp import pdu, report
from plugins.sms.cmpp.fields import BadPdu
from plugins.sms.cmpp.pdu import Version
from plugins.sms.cmpp.results import Taken, state_of
from plugins.sms.cmpp.session import VERSIONS, Session
from plugins.sms.cmpp.settings import CmppSettings, Numbers
from plugins.sms.provider import Coding, Heard, News, Outgoing, Report, Segment, Submitted, Take
from plugins.sms.text import header, narrow
from plugins.sms.text.narrow import Narrow

NAME: Final = "cmpp"
ASCII, BINARY, UCS2, GBK = 0, 4, 8, 15
"""Msg_Fmt (CMPP 2.0 §7.4.3.1)."""
SP_PAYS: Final = 2
ROOM: Final = {ASCII: 159, BINARY: 140, UCS2: 140}
"""Octets of content; of ASCII fewer than 160."""
AGAIN: Final = 1.0


class Cmpp:
    """One object for all connections of the kind."""

    kind = NAME
    segments = True

    def __init__(self, context: Context) -> None:
        self._sessions: dict[int, set[Session]] = {}

    async def listen(self, connection: AnyConnection, take: Take, ready: Ready) -> None:
        """Hold so many sessions as the settings say; the first that ends ends the others, and all begin anew."""
        settings = cast("CmppSettings", connection.settings.of_kind)
        sessions = [await Session.open(settings)]
        try:
            sessions += [await Session.open(settings) for _ in range(settings.sessions - 1)]
            self._sessions[connection.id] = set(sessions)
            ready(f"{settings.host}:{settings.port}, CMPP {settings.version}, {len(sessions)} session(s)")
            await _first([session.run(_Taking(settings, take)) for session in sessions])
            raise Unreachable("the gateway took its leave")
        finally:
            self._sessions.pop(connection.id, None)
            await asyncio.gather(*(session.close() for session in sessions), return_exceptions=True)

    async def submit(self, connection: AnyConnection, outgoing: Outgoing) -> Submitted:
        """One segment. Raises a SendError."""
        open_ones = self._open(connection)
        if not open_ones:
            raise Unreachable("there is no session with the gateway at the moment")
        settings = cast("CmppSettings", connection.settings.of_kind)
        session = min(open_ones, key=lambda each: each.busy)
        return Submitted(await session.submit(_message(settings, outgoing)))

    def narrow(self, connection: AnyConnection) -> Narrow:
        """The gateway knows ASCII where a handset knows the GSM alphabet."""
        return narrow.ASCII

    async def probe(self, connection: AnyConnection) -> str:
        """Ask on a line that stands, else log in and out again: gateways count their lines."""
        settings = cast("CmppSettings", connection.settings.of_kind)
        if held := self._open(connection):
            await held[0].enquire()
        else:
            await (await Session.open(settings)).close()
        return f"{settings.host}:{settings.port}: logged in as {settings.sp_id}, CMPP {settings.version}"

    def _open(self, connection: AnyConnection) -> list[Session]:
        return [session for session in self._sessions.get(connection.id, ()) if session.is_open]

    def read(self, raw: Raw, account: AnyAccount | None = None) -> Sequence[News]:
        """What a DELIVER says. Raises Malformed."""
        try:
            version = Version(cast("int", raw.meta.get("version", Version.V2_0)))
            _, found = pdu.decode(raw.body, version)
            if not isinstance(found, pdu.Deliver):
                raise Malformed("no DELIVER")
            return [_report(found, version) if found.registered == 1 else _heard(found, str(raw.meta.get("to") or ""))]
        except (BadPdu, ValueError, TypeError) as error:
            raise Malformed(str(error)) from None


class _Taking:
    """Stores what a session delivers; a text to an extension that no account has goes to the service number's."""

    def __init__(self, settings: CmppSettings, take: Take) -> None:
        self._take, self._number = take, settings.number
        self._meta: dict[str, Json] = {"version": int(VERSIONS[settings.version])}

    async def __call__(self, octets: bytes) -> Taken:
        try:
            try:
                await self._take(Raw(octets, self._meta))
            except UnknownAccount:
                if not self._number:
                    raise
                await self._take(Raw(octets, {**self._meta, "to": self._number}))
        except UnknownAccount:
            return Taken.OTHER
        except Overloaded:
            await asyncio.sleep(AGAIN)
            return Taken.TOO_FAST
        return Taken.OK


async def _first(runs: Sequence[Coroutine[None, None, None]]) -> None:
    """Run them together until one ends; then end the others, and raise what it raised."""
    tasks = [asyncio.create_task(run) for run in runs]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _heard(found: pdu.Deliver, to: str) -> Heard:
    head, content = header.split(found.content) if found.udhi else (b"", found.content)
    recipient = to if to and found.destination.startswith(to) else found.destination
    if found.format in (UCS2, BINARY):
        coding = Coding.UCS2 if found.format == UCS2 else Coding.OCTETS
        return Heard(found.source, recipient, coding=coding, octets=content, header=head, id=found.message_id.hex())
    charset = "gb18030" if found.format == GBK else "latin-1"
    text = content.decode(charset, "replace")
    return Heard(found.source, recipient, text=text, header=head, id=found.message_id.hex())


def _report(found: pdu.Deliver, version: Version) -> Report:
    told = report.report_of(found.content, version)
    state, detail = state_of(told.status)
    failed = bool(detail)
    return Report(told.message_id.hex(), state, told.status if failed else "", detail, recipient=told.destination)


def _message(settings: CmppSettings, outgoing: Outgoing) -> pdu.Submit:
    """The SUBMIT of a segment. Raises Unsupported for what neither ASCII nor UCS-2 holds."""
    segment = outgoing.segment
    form, content = _content(segment)
    return pdu.Submit(
        source=outgoing.sender.removeprefix("+"),
        destination=_number(settings, outgoing.to),
        content=segment.header + content,
        format=form,
        udhi=1 if segment.header else 0,
        total=segment.total,
        number=segment.index + 1,
        registered=1 if outgoing.receipt else 0,
        service=settings.service_id,
        sp=settings.sp_id,
        fee_user_type=SP_PAYS,
        fee_type=settings.fee_type,
        fee_code=settings.fee_code,
    )


def _content(segment: Segment) -> tuple[int, bytes]:
    """Msg_Fmt and octets."""
    if segment.coding is Coding.OCTETS:
        return BINARY, segment.octets
    form, charset = (ASCII, "ascii") if segment.text.isascii() else (UCS2, "utf-16-be")
    content = segment.text.encode(charset, "replace")
    if len(segment.header) + len(content) > ROOM[form]:
        raise Unsupported("the text was cut for another alphabet than this gateway's")
    return form, content


def _number(settings: CmppSettings, to: str) -> str:
    digits = to.removeprefix("+")
    return digits.removeprefix("86") if settings.numbers is Numbers.NATIONAL and to.startswith("+86") else digits
