"""The registrar (RFC 3261 §10.3): who logs in as a phone, and where it is from then on."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final
from weakref import WeakKeyDictionary

from sipmessage import Address, Request, Response

from hub.api import HubError
from plugins.sip.counters import REGISTRATIONS
from plugins.sip.guard import Guard, Turned
from plugins.sip.phones.outbound import as_contact, flow_of, replaced
from plugins.sip.phones.phones import Binding, Phone, Phones
from plugins.sip.soon import Soon
from plugins.sip.transaction.layer import Incoming
from plugins.sip.transport.flow import Flow
from plugins.sip.wire.addresses import name_addr, split
from plugins.sip.wire.digest import Verdicts, parameters
from plugins.sip.wire.message import response

log = logging.getLogger(__name__)
SHORTEST: Final = 60
LONGEST: Final = 3_600
USUAL: Final = 600
MOST_BINDINGS: Final = 5


class BadContact(ValueError):
    """Contacts that contradict each other; `status` says how it is answered."""

    def __init__(self, status: int, phrase: str) -> None:
        super().__init__(phrase)
        self.status, self.phrase = status, phrase


class Registrar:
    """Answers REGISTER. `open` is False until some connection wants phones."""

    def __init__(
        self, phones: Phones, verdicts: Verdicts, guard: Guard, clock: Callable[[], float] = time.time
    ) -> None:
        self.open = 0
        self.edge: Callable[[Flow], str] = lambda flow: ""
        self._phones = phones
        self._verdicts = verdicts
        self._guard = guard
        self._clock = clock
        self._soon = Soon()
        self._watched: WeakKeyDictionary[Flow, set[str]] = WeakKeyDictionary()

    async def recall(self) -> None:
        """Whoever registered before this process began may go on calling."""
        for host in await self._phones.hosts(self._clock()):
            self._guard.registered(host, time.monotonic() + LONGEST)

    def registering(self, incoming: Incoming) -> None:
        """A REGISTER."""
        if not self.open:
            incoming.respond(response(incoming.request, 403, "Forbidden", tag="r"))
            return
        self._soon(self._answer(incoming))

    async def _answer(self, incoming: Incoming) -> None:
        try:
            incoming.respond(await self._registered(incoming))
        except BadContact as error:
            answer = response(incoming.request, error.status, error.phrase, tag="r")
            if error.status == 423:
                answer.headers.add("Min-Expires", str(SHORTEST))
            incoming.respond(answer)
        except Exception:  # the phone tries again; the registrar stays
            log.exception("a registration failed")
            incoming.respond(response(incoming.request, 500, "Server Internal Error", tag="r"))

    async def _registered(self, incoming: Incoming) -> Response:
        request = incoming.request
        given = next((p for value in request.headers.getlist("Authorization") if (p := parameters(value))), None)
        if given is None:
            return self._challenge(request, stale=False)
        phone = await self._phones.named(given.get("username", ""))
        verdict = self._verdicts.judge(given, "REGISTER", phone.secret if phone else None, self._clock())
        if verdict == "stale":
            return self._challenge(request, stale=True)
        if verdict or phone is None or not _of(request, phone):
            return self._wrong(incoming)
        return await self._bound(incoming, phone)

    async def _bound(self, incoming: Incoming, phone: Phone) -> Response:
        request, now = incoming.request, self._clock()
        known = await self._phones.bindings(phone.username, now)
        keep, drop = changes(request, phone.username, known, now, incoming)
        keep = [replace(each, edge=self.edge(incoming.flow)) for each in keep]
        if keep:
            self._guard.registered(incoming.flow.remote[0], time.monotonic() + LONGEST)
        if keep or drop:
            await self._phones.bind(phone.username, keep, drop, now)
            known = await self._phones.bindings(phone.username, now)
        if keep:
            self._watch(incoming.flow, phone.username)
        answer = response(request, 200, "OK", tag="r")
        for binding in known:
            answer.headers.add("Contact", as_contact(binding, int(now)))
        answer.headers.add("Supported", "outbound")
        if any(binding.reg_id for binding in keep):
            answer.headers.add("Require", "outbound")  # it was heeded (RFC 5626 §6)
        REGISTRATIONS.labels("registered" if keep else "removed" if drop else "asked").inc()
        return answer

    def _watch(self, flow: Flow, username: str) -> None:
        """When the connection goes, so do the places reached by it."""
        if flow.reliable and username not in (names := self._watched.setdefault(flow, set())):
            names.add(username)
            flow.when_lost(lambda: self._soon(self._lost(flow, username)))

    async def _lost(self, flow: Flow, username: str) -> None:
        try:
            await self._phones.lost(username, flow.transport, *flow.remote)
        except HubError as error:  # the hub may be stopping; what stays in the table is passed over, and expires
            log.warning("a phone's connection was lost and it could not be noted: %s", error.code)
        else:
            REGISTRATIONS.labels("lost").inc()

    def _challenge(self, request: Request, *, stale: bool) -> Response:
        answer = response(request, 401, "Unauthorized", tag="r")
        for value in self._verdicts.challenges(self._clock(), stale=stale):
            answer.headers.add("WWW-Authenticate", value)
        return answer

    def _wrong(self, incoming: Incoming) -> Response:
        REGISTRATIONS.labels("refused").inc()
        self._guard.failed(incoming.flow.remote[0], Turned.AUTHENTICATION, time.monotonic())
        return response(incoming.request, 403, "Forbidden", tag="r")


def changes(
    request: Request, username: str, known: Sequence[Binding], now: float, incoming: Incoming
) -> tuple[list[Binding], list[str]]:
    """What a REGISTER asks for: bindings to keep (new or refreshed) and contacts to drop. Raises BadContact."""
    default = request.headers.get("Expires")
    contacts = [each for value in request.headers.getlist("Contact") for each in split(value)]
    if "*" in contacts:
        if contacts != ["*"] or default != "0":
            raise BadContact(400, "Bad Request")
        return [], [binding.contact for binding in known if _newer(request, binding)]
    keep, drop = [], []
    for value in contacts:
        contact = name_addr(value)
        seconds = _expires(contact, default)
        if not all(_newer(request, binding) for binding in known if binding.contact == str(contact.uri)):
            raise BadContact(500, "Out of order")
        if seconds:
            keep.append(_binding(request, username, contact, int(now) + seconds, incoming))
            drop += replaced(keep[-1], known)
        else:
            drop.append(str(contact.uri))
    if len(keep) > 1 and any(binding.reg_id for binding in keep):
        raise BadContact(400, "One Flow A Time")  # RFC 5626 §6
    others = {binding.contact for binding in known} - {binding.contact for binding in keep} - set(drop)
    if len(keep) + len(others) > MOST_BINDINGS:
        drop += [binding.contact for binding in known if binding.contact in others][MOST_BINDINGS - len(keep) :]
    return keep, drop


def _binding(request: Request, username: str, contact: Address, expires_at: int, incoming: Incoming) -> Binding:
    flow = incoming.flow
    return Binding(
        username, str(contact.uri), flow.transport, flow.remote[0], flow.remote[1], request.call_id,
        request.cseq.sequence, (request.headers.get("User-Agent") or "")[:200], expires_at, *flow_of(request, contact),
    )  # fmt: skip


def _expires(contact: Address, default: str | None) -> int:
    asked = contact.parameters.get("expires") or default
    seconds = int(asked) if asked and asked.isdecimal() else USUAL
    if 0 < seconds < SHORTEST:
        raise BadContact(423, "Interval Too Brief")
    return min(seconds, LONGEST)


def _newer(request: Request, binding: Binding) -> bool:
    """§10.3 step 7: within one Call-ID the CSeq must rise."""
    return request.call_id != binding.call_id or request.cseq.sequence > binding.sequence


def _of(request: Request, phone: Phone) -> bool:
    """A phone registers itself and nobody else."""
    return name_addr(request.headers["To"]).uri.user == phone.username
