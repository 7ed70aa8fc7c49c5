"""The telephone exchange of one hub process: its ports, trunks and lines, and calls that come in."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol

from hub.api import AnyAccount, AnyConnection, Cause, Context, InputError, Overloaded, Raw, Unreachable, Unsupported
from plugins.sip.calls.answering import Answering
from plugins.sip.calls.media_leg import MediaLeg
from plugins.sip.counters import CALLS, LINES
from plugins.sip.guard import Guard, Limits
from plugins.sip.lent.line import LentLine
from plugins.sip.lent.lines import LentLines, Taken, offers_t38
from plugins.sip.lines.audio import Audio, Owner
from plugins.sip.lines.calling import FromPhones, meant_for_phones
from plugins.sip.lines.line import Line, Transfers
from plugins.sip.media.engine import MediaEngine, MediaError
from plugins.sip.media.settings import MediaSettings
from plugins.sip.phones.edge import Edge
from plugins.sip.phones.phones import Phones
from plugins.sip.phones.registrar import Registrar
from plugins.sip.phones.softphones import Softphones
from plugins.sip.ports import Ports
from plugins.sip.recordings.under_way import UnderWay
from plugins.sip.settings import SipSettings
from plugins.sip.soon import Soon
from plugins.sip.transaction.layer import Incoming
from plugins.sip.transport.flow import contact
from plugins.sip.trunks.dialled import account_called
from plugins.sip.trunks.locating import Locator
from plugins.sip.trunks.trunk import Trunk
from plugins.sip.user_agent import UserAgent
from plugins.sip.wire.digest import Verdicts
from plugins.sip.wire.message import encode, response
from plugins.sip.wire.numbers import caller
from plugins.sip.wire.sdes import Encryption, without_keys

log = logging.getLogger(__name__)
LAST_WORDS = 3.0


class Joined(Owner, Protocol):
    """Two callers that the core has let go of."""

    @property
    def account(self) -> AnyAccount: ...

    @property
    def over(self) -> bool: ...

    def leave(self) -> None: ...


class Exchange:
    """One for all connections of the plugin in this process."""

    def __init__(self, context: Context, settings: SipSettings) -> None:
        self.context = context
        self.settings = settings
        self.guard = Guard(Limits(rate=settings.rate, failures=settings.failures, ban=settings.ban_seconds))
        self.agent = UserAgent(self.guard)
        self.agent.desk = self
        self.phones = Phones(context.store)
        self.softphones = Softphones(context.store)
        verdicts = Verdicts(settings.realm, context.key("digest"), settings.digest)
        self.registrar = Registrar(self.phones, verdicts, self.guard)
        self.from_phones = FromPhones(self, verdicts)
        self.locator = Locator(settings.dns)
        self.edge = Edge(context.key("flow"), self.guard, lambda: (trunk.port for trunk in self.trunks.values()))
        self.agent.passes, self.registrar.edge = self.edge.passes, self.edge.address
        self.edge.talks = self.agent.talks
        self.ports = Ports(settings, self.agent.received, self.agent.admits)
        self.audio = Audio(media_settings(settings), self.owner_of)
        self.under_way = UnderWay(context.folder / "recordings")
        self.trunks: dict[int, Trunk] = {}
        self.lines: dict[str, Line] = {}
        self.passed_on: list[Joined] = []
        self.lent = LentLines(context, self._to_voice)
        self.transfers: Transfers = lambda line, leg, referral: referral.refuse()
        self._soon = Soon()

    @asynccontextmanager
    async def holding(self, connection: AnyConnection) -> AsyncIterator[Trunk]:
        """This connection at work as long as this lasts; its calls end with it. Raises OSError, MediaError."""
        settings = connection.settings
        async with self.audio.at_work(), self.ports.using(settings) as port:
            trunk = Trunk(connection, port, self.agent, self.locator)
            self.trunks[connection.id] = trunk
            self.registrar.open += settings.registrar
            try:
                await self.registrar.recall()
                async with trunk.at_work():
                    yield trunk
            finally:
                self.registrar.open -= settings.registrar
                await self._clear(connection.id)
                self.trunks.pop(connection.id, None)

    def registering(self, incoming: Incoming) -> None:
        """A phone wants to be reached here."""
        self.registrar.registering(incoming)

    def called(self, incoming: Incoming) -> None:
        """A new call from a trunk."""
        self._soon(self._take(incoming))

    def open_line(self, account: AnyAccount, thread: str, number: str, direction: str) -> Line:
        """A new line. Raises MediaError."""
        line = Line(self.context, self.audio.engine, account, thread, number, self.under_way, self._gone)
        line.transfers = self.transfers
        self.lines[thread] = line
        CALLS.labels(direction).inc()
        LINES.set(len(self.lines))
        return line

    def join(self, pair: Joined) -> None:
        """These two talk through us until one hangs up."""
        self.passed_on = [each for each in self.passed_on if not each.over] + [pair]

    async def _take(self, incoming: Incoming) -> None:
        request = incoming.request
        may_be = self.guard.trunks_of(incoming.flow.remote[0])
        account, number = await account_called(self.context, request, self.trunks, may_be)
        taken = None
        if not meant_for_phones(request):
            taken = await self.lent.called(request, self.trunks, may_be, guess=account is None)
        if taken is not None and (account is None or offers_t38(request) or not taken.shared):
            self._lend(incoming, taken)
        elif account is None or meant_for_phones(request):
            await self.from_phones.take(incoming)
        else:
            await self._answer(incoming, account, number, taken)

    async def _answer(self, incoming: Incoming, account: AnyAccount, number: str, taken: Taken | None) -> None:
        """As a voice: self-service, the queue; a fax machine is handed over where the number is one's, too."""
        try:
            line = self.open_line(account, secrets.token_hex(12), caller(incoming.request)[0], "in")
        except MediaError:
            incoming.respond(response(incoming.request, 503, "Service Unavailable", tag="n"))
            return
        if taken is not None:
            line.machine = lambda line: self.lent.take_over(taken, line, {})
        call = self._answering(incoming, line.engine, account)
        line.take(call)
        if await self._stored(call, line, number):
            call.ring()
            call.answer()

    def _lend(self, incoming: Incoming, taken: Taken) -> None:
        """To another plugin."""
        try:
            call = self._answering(incoming, self.audio.engine, taken.account)
        except MediaError:
            incoming.respond(response(incoming.request, 503, "Service Unavailable", tag="n"))
            return
        CALLS.labels("in").inc()
        self.lent.take(taken, call)

    def _answering(self, incoming: Incoming, engine: MediaEngine, account: AnyAccount) -> Answering:
        media = MediaLeg(engine, None, self.encryption(account))
        call = Answering(self.agent, media, incoming, contact(incoming.flow))
        if trunk := self.trunks.get(account.connection_id or 0):
            call.log_in = trunk.credentials
        return call

    async def _stored(self, call: Answering, line: Line, number: str) -> bool:
        """The call is in the record before it is answered; otherwise the caller's side may try again."""
        try:
            await self._store(call, line, number)
        except (Overloaded, InputError) as error:
            log.warning("a call could not be stored: %s", error.code)
            call.refuse(503, "Service Unavailable", (("Retry-After", "5"),))
            call.release(Cause.FAILED)
            line.reports.drop()
            return False
        return not call.over

    async def _store(self, call: Answering, line: Line, number: str) -> None:
        meta = {"what": "call", "account": line.account.address.value, "thread": line.thread, "called": number}
        await self.context.emit(line.account, Raw(without_keys(encode(call.request)), meta))
        line.reports.begin()

    async def _to_voice(self, lent: LentLine, account: AnyAccount) -> None:
        """A call that another plugin had is a voice's from now on. Raises Unsupported, Unreachable: it has it still."""
        call = lent.call
        if not isinstance(call, Answering):
            raise Unsupported("only a call that came in")
        await lent.back_to_audio()
        line = self.open_line(account, secrets.token_hex(12), lent.caller.value if lent.caller else "", "in")
        try:
            await self._store(call, line, lent.called.value)
        except (Overloaded, InputError) as error:
            line.reports.drop()
            self._gone(line)
            raise Unreachable(error.code) from error
        lent.detach()
        await call.media.take_back()
        line.take(call)
        if call.unanswered:
            call.ring()
            call.answer()
        else:
            line.up(call)

    def encryption(self, account: AnyAccount) -> Encryption:
        """Of calls by this account's trunk."""
        trunk = self.trunks.get(account.connection_id or 0)
        return trunk.settings.srtp if trunk else Encryption.OFF

    def owner_of(self, leg: str) -> Owner | None:
        """Whose this leg of audio is."""
        return next((each for each in (*self.lines.values(), *self.passed_on, *self.lent) if each.call_of(leg)), None)

    def _gone(self, line: Line) -> None:
        self.lines.pop(line.thread, None)
        LINES.set(len(self.lines))

    async def _clear(self, connection: int) -> None:
        for pair in self.passed_on:
            if pair.account.connection_id == connection:
                pair.leave()
        await self.lent.clear(connection)
        mine = [line for line in self.lines.values() if line.account.connection_id == connection]
        for line in mine:
            line.leave(Cause.FAILED)
        if mine:
            await asyncio.wait([asyncio.create_task(line.reports.done()) for line in mine], timeout=LAST_WORDS)


def media_settings(settings: SipSettings) -> MediaSettings:
    """What of them is about audio."""
    return MediaSettings(
        host=settings.media_host,
        advertised=settings.media_advertised,
        ports=(settings.media_first_port, settings.media_last_port),
        workers=settings.media_workers,
        silence_seconds=settings.silence_seconds,
        rtpengine=tuple(settings.rtpengine),
    )
