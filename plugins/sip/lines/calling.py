"""A phone of ours calls: a colleague, about the customer its agent talks with; or to take the place of another phone of
the same agent (RFC 3891). Where else calls may go is decided in the inbox."""

from __future__ import annotations

import time
from typing import Final, Protocol

from sipmessage import Request

from hub.api import AnyAccount
from plugins.sip.calls import replaces
from plugins.sip.calls.answering import Answering
from plugins.sip.calls.call import Call
from plugins.sip.calls.media_leg import MediaLeg
from plugins.sip.calls.replaces import BadReplaces, Replaces
from plugins.sip.calls.states import CallState as S
from plugins.sip.guard import Guard, Turned
from plugins.sip.lines.agent_leg import AgentLeg
from plugins.sip.lines.consulting import Aside
from plugins.sip.lines.line import Line
from plugins.sip.phones.phones import Phone, Phones
from plugins.sip.phones.registrar import Registrar
from plugins.sip.transaction.layer import Incoming
from plugins.sip.transport.flow import contact
from plugins.sip.user_agent import UserAgent
from plugins.sip.wire import digest
from plugins.sip.wire.addresses import name_addr
from plugins.sip.wire.digest import Verdicts
from plugins.sip.wire.message import response
from plugins.sip.wire.numbers import called, user
from plugins.sip.wire.sdes import Encryption

NOBODY: Final = (404, "Not Found")
GONE: Final = (481, "Call Does Not Exist")
FORBIDDEN: Final = (403, "Forbidden")
BUSY: Final = (486, "Busy Here")
AWAY: Final = (480, "Temporarily Unavailable")


class House(Protocol):
    """Whose phones they are: what is going on here, and who may call."""

    agent: UserAgent
    guard: Guard
    phones: Phones
    registrar: Registrar
    lines: dict[str, Line]

    def encryption(self, account: AnyAccount) -> Encryption: ...


class FromPhones:
    """INVITEs that no trunk's number is called by."""

    def __init__(self, house: House, verdicts: Verdicts) -> None:
        self._house = house
        self._verdicts = verdicts

    async def take(self, incoming: Incoming) -> None:
        """Who proves to be an agent's phone is served."""
        try:
            wanted = replaces.asked(incoming.request)
        except BadReplaces:
            _refuse(incoming, (400, "Bad Request"))
            return
        phone = await self._house.phones.named(user(name_addr(incoming.request.headers["From"]).uri))
        if not self._house.registrar.open or (phone is None and self._by_trunk(incoming)):
            self._no_phone(incoming, wanted)
        elif self._proved(incoming, phone) and phone is not None:
            await (self._consult(incoming, phone) if wanted is None else self._replace(incoming, phone, wanted))

    def _no_phone(self, incoming: Incoming, wanted: Replaces | None) -> None:
        """A trunk's: nobody has the number it calls, and no call of ours is its to replace."""
        if wanted is not None:
            _refuse(incoming, FORBIDDEN if self._house.agent.knows(wanted.key) else GONE)
            return
        self._house.guard.count(Turned.NUMBER)
        _refuse(incoming, NOBODY)

    def _by_trunk(self, incoming: Incoming) -> bool:
        return bool(self._house.guard.trunks_of(incoming.flow.remote[0]))

    def _proved(self, incoming: Incoming, phone: Phone | None) -> bool:
        """By password; otherwise it is answered here (RFC 3261 §22.3: whom it calls is not us)."""
        values = incoming.request.headers.getlist("Proxy-Authorization")
        given = next((found for value in values if (found := digest.parameters(value))), None)
        now = time.time()
        verdict = "none"
        if given is not None:
            theirs = phone is not None and given.get("username") == phone.username
            verdict = self._verdicts.judge(given, "INVITE", phone.secret if phone and theirs else None, now)
        if verdict in ("none", "stale"):
            answer = response(incoming.request, 407, "Proxy Authentication Required", tag="p")
            for challenge in self._verdicts.challenges(now, stale=verdict == "stale"):
                answer.headers.add("Proxy-Authenticate", challenge)
            incoming.respond(answer)
        elif verdict:
            self._house.guard.failed(incoming.flow.remote[0], Turned.AUTHENTICATION, time.monotonic())
            _refuse(incoming, FORBIDDEN)
        return not verdict

    async def _consult(self, incoming: Incoming, phone: Phone) -> None:
        colleague = await self._house.phones.named(called(incoming.request))
        found = self._talking(phone.user_id)
        if colleague is None or colleague.user_id == phone.user_id:
            _refuse(incoming, NOBODY)
        elif found is None:
            _refuse(incoming, FORBIDDEN)  # about nobody: such calls are made in the inbox, where they have a record
        elif found[1].aside is not None:
            _refuse(incoming, BUSY)
        elif not await self._house.phones.has_device(colleague):
            _refuse(incoming, AWAY)
        else:
            line, leg = found
            Aside(line, leg, self._answering(incoming, line), colleague.user_id).begin()

    async def _replace(self, incoming: Incoming, phone: Phone, wanted: Replaces) -> None:
        """§3: what is not there 481, what is not theirs 403, what is answered and was not to be 486."""
        found = next((each for each in self._legs() if each[1].named(wanted.key)), None)
        if found is None:
            _refuse(incoming, FORBIDDEN if self._house.agent.knows(wanted.key) else GONE)
            return
        line, leg = found
        replaced = leg.named(wanted.key)
        if leg.user_id != phone.user_id:
            _refuse(incoming, FORBIDDEN)
        elif wanted.early_only and _answered(replaced):
            _refuse(incoming, BUSY)
        else:
            leg.taken_up(self._answering(incoming, line))

    def _answering(self, incoming: Incoming, line: Line) -> Answering:
        media = MediaLeg(line.engine, line.beside, self._house.encryption(line.account))
        return Answering(self._house.agent, media, incoming, contact(incoming.flow))

    def _talking(self, user_id: int) -> tuple[Line, AgentLeg] | None:
        return next((each for each in self._legs() if each[1].user_id == user_id and _answered(each[1].call)), None)

    def _legs(self) -> list[tuple[Line, AgentLeg]]:
        return [(line, leg) for line in self._house.lines.values() for leg in line.legs.values()]


def _answered(call: Call | None) -> bool:
    return call is not None and call.state is S.CONFIRMED


def _refuse(incoming: Incoming, why: tuple[int, str]) -> None:
    incoming.respond(response(incoming.request, *why, tag="p"))


def meant_for_phones(request: Request) -> bool:
    """Whether it can be no trunk's call: those replace nothing here."""
    return bool(request.headers.getlist("Replaces"))
