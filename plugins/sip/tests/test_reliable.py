"""RFC 3262 as the one who is called: a caller who requires reliable answers gets them, and acknowledges."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from sipmessage import Request, Response

from plugins.sip.calls import reliable
from plugins.sip.calls.reliable import Reliable, required
from plugins.sip.tests.party import Party, Site, described, site
from plugins.sip.tests.test_transactions import request
from plugins.sip.wire.message import response


class Clock:
    """Timers that fire when told."""

    def __init__(self) -> None:
        self.now = 0.0
        self.due: list[tuple[float, Callable[[], None], asyncio.TimerHandle]] = []

    def later(self, seconds: float, do: Callable[[], None]) -> asyncio.TimerHandle:
        handle = asyncio.get_running_loop().call_later(3_600, lambda: None)
        self.due.append((self.now + seconds, do, handle))
        return handle

    def until(self, when: float) -> None:
        """Let everything happen that is due by then."""
        while ready := sorted((at, i) for i, (at, _, handle) in enumerate(self.due) if at <= when):
            self.now, which = ready[0]
            _, do, handle = self.due.pop(which)
            if not handle.cancelled():
                handle.cancel()
                do()
        self.now = when


class Told:
    """What the caller is sent, and whether it was given up."""

    def __init__(self) -> None:
        self.clock, self.at, self.said, self.given_up = Clock(), list[float](), list[Response](), 0
        self.reliable = Reliable(request(), self._said, self._over, self.clock.later)
        self.reliable.say(response(request(), 180, "Ringing", tag="t"))

    def prack(self, rack: str) -> Request:
        made = request("PRACK")
        made.headers.set("RAck", rack)
        return made

    @property
    def number(self) -> str:
        return str(self.said[0].headers["RSeq"])

    def _said(self, answer: Response) -> None:
        self.at.append(self.clock.now)
        self.said.append(answer)

    def _over(self) -> None:
        self.given_up += 1


async def test_it_is_repeated_at_doubling_pauses_and_given_up_after_64_t1() -> None:
    told = Told()
    told.clock.until(40)
    assert told.at == [0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5]
    assert told.given_up == 1
    assert {answer.headers["RSeq"] for answer in told.said} == {told.number}
    assert told.said[0].headers["Require"] == "100rel"
    assert 1 <= int(told.number) < 2**31


async def test_once_acknowledged_it_is_said_no_more() -> None:
    told = Told()
    told.clock.until(1)
    assert told.reliable.acknowledged(told.prack(f"{told.number} 1 INVITE"))
    assert not told.reliable.acknowledged(told.prack(f"{told.number} 1 INVITE")), "a second PRACK is of nothing"
    told.clock.until(40)
    assert (told.at, told.given_up) == ([0, 0.5], 0)


@pytest.mark.parametrize("rack", ["{wrong} 1 INVITE", "{right} 2 INVITE", "{right} 1 BYE", "{right}", "", "x 1 INVITE"])
async def test_another_s_acknowledgement_is_none(rack: str) -> None:
    told = Told()
    wrong = int(told.number) + 1
    assert not told.reliable.acknowledged(told.prack(rack.format(right=told.number, wrong=wrong)))
    assert told.reliable.waiting
    told.reliable.stop()


@pytest.mark.parametrize(("header", "wanted"), [("Require: timer, 100REL", True), ("Supported: 100rel", False)])
def test_only_who_requires_it_gets_it(header: str, wanted: bool) -> None:
    with Party() as caller:
        assert required(caller.request("INVITE", header)) is wanted


async def ringing(found: Site, caller: Party, body: bytes) -> Response:
    """The reliable 180 to this INVITE."""
    caller.where = ("127.0.0.1", found.port)
    caller.say(caller.request("INVITE", "Require: 100rel", body=body))
    heard = [await caller.hear(), await caller.hear()]
    assert [message.code for message in heard if isinstance(message, Response)] == [100, 180]
    assert isinstance(heard[1], Response)
    caller.into(heard[1])
    return heard[1]


async def test_the_answer_is_in_the_reliable_180_and_the_200_comes_after_its_prack() -> None:
    async with site() as found:
        with Party() as caller:
            rings = await ringing(found, caller, described())
            assert (rings.headers["Require"], b"m=audio" in rings.body) == ("100rel", True)
            wrong = await caller.ask("PRACK", f"RAck: {int(rings.headers['RSeq']) + 1} 1 INVITE")
            assert wrong.code == 481
            prack = await caller.ask("PRACK", f"RAck: {rings.headers['RSeq']} 1 INVITE")
            assert (prack.code, prack.cseq.method, prack.body) == (200, "PRACK", b"")
            answer = await caller.answer()
            assert (answer.code, answer.cseq.method, answer.body) == (200, "INVITE", b"")
            caller.say(acknowledgement(caller))
            await found.until(lambda: found.exchange.lines[found.thread].connected)
            assert (await caller.ask("BYE")).code == 200


async def test_our_offer_is_in_the_reliable_180_and_its_answer_in_the_prack() -> None:
    async with site() as found:
        with Party() as caller:
            rings = await ringing(found, caller, b"")
            assert b"m=audio" in rings.body
            prack = await caller.ask("PRACK", f"RAck: {rings.headers['RSeq']} 1 INVITE", body=described(4444))
            assert (prack.code, prack.body) == (200, b"")
            assert (await caller.answer()).body == b""
            caller.say(acknowledgement(caller))
            await found.until(lambda: any(did[0] == "connect" for did in found.engine.did))
            assert (await caller.ask("BYE")).code == 200


async def test_an_offer_in_the_prack_is_answered_there() -> None:
    async with site() as found:
        with Party() as caller:
            rings = await ringing(found, caller, described())
            prack = await caller.ask("PRACK", f"RAck: {rings.headers['RSeq']} 1 INVITE", body=described(4444))
            assert b"m=audio" in prack.body


async def test_a_caller_who_cancels_before_the_prack_is_gone() -> None:
    async with site() as found:
        with Party() as caller:
            rings = await ringing(found, caller, described())
            cancel = caller.request("CANCEL")
            cancel.headers.set("Via", rings.headers["Via"].partition(";received")[0])
            cancel.headers.set("CSeq", "1 CANCEL")
            caller.say(cancel)
            codes = sorted([(await caller.answer()).code, (await caller.answer()).code])
            assert codes == [200, 487]
            await found.until(lambda: not found.exchange.lines and not found.engine.open_legs)


async def test_who_never_acknowledges_is_told_504_and_has_no_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reliable, "LIFE", 0.05)
    async with site() as found:
        with Party() as caller:
            await ringing(found, caller, described())
            assert (await caller.answer()).code == 504
            await found.until(lambda: not found.exchange.lines and not found.engine.open_legs)


async def test_a_prack_of_no_call_is_481() -> None:
    async with site() as found:
        with Party() as caller:
            caller.where = ("127.0.0.1", found.port)
            assert (await caller.ask("PRACK", "RAck: 1 1 INVITE")).code == 481


def acknowledgement(caller: Party) -> Request:
    """Of the INVITE, which was not the last request."""
    ack = caller.request("ACK")
    ack.headers.set("CSeq", "1 ACK")
    return ack
