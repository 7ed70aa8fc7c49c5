"""The phone's SIP against a hub that answers late, twice, crosswise or not at all (RFC 3261)."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import pytest
from sipmessage import Request

from plugins.demo.phone import sdp
from plugins.demo.phone.caller import Caller
from plugins.demo.phone.repeating import GIVE_UP
from plugins.demo.phone.sdp import Audio
from plugins.demo.phone.stages import NEXT, Stage, Why, why
from plugins.demo.tests.phone.carrier import ANSWER, Carrier

HOLD = ANSWER + b"a=sendonly\r\n"
BRIEF = 0.01
"""T1 in seconds, where a test waits for what is sent again."""


class Line:
    """A call, and what was said of it."""

    def __init__(self, hub: tuple[str, int], caller: str, t1: float) -> None:
        self.stages: list[Stage] = []
        self.why: Why | None = None
        self.agreed: list[Audio] = []
        self._news = asyncio.Event()
        self.call = Caller(hub, caller, "+864001234567", self._changed, self.agreed.append, t1)

    def _changed(self, stage: Stage, why: Why | None) -> None:
        self.stages.append(stage)
        self.why = why
        self._news.set()

    async def until(self, stage: Stage) -> None:
        async with asyncio.timeout(10):
            while stage not in self.stages:
                self._news.clear()
                await self._news.wait()


Ring = Callable[..., Awaitable[Line]]


@pytest.fixture
async def hub() -> AsyncIterator[Carrier]:
    async with Carrier() as carrier:
        yield carrier


@pytest.fixture
async def ring(hub: Carrier) -> AsyncIterator[Ring]:
    """`line = await ring()` calls the hub."""
    async with AsyncExitStack() as stack:

        async def begin(caller: str = "+442079460101", t1: float = BRIEF) -> Line:
            line = Line(hub.address, caller, t1)
            await stack.enter_async_context(line.call)
            line.call.place(4000)
            return line

        yield begin


async def talking(hub: Carrier, line: Line) -> Request:
    """Answer the call; its INVITE."""
    invite = await hub.next("INVITE")
    hub.answer(invite, 200, ANSWER, Contact="<sip:line7@127.0.0.1:9>")
    await hub.next("ACK")
    assert line.stages[-1] is Stage.TALKING
    return invite


async def test_an_invite_is_sent_again_until_something_is_heard_and_then_no_more(hub: Carrier, ring: Ring) -> None:
    line = await ring()
    first, again = await hub.next("INVITE"), await hub.next("INVITE")
    assert bytes(first) == bytes(again)
    hub.answer(again, 180)
    await line.until(Stage.RINGING)
    while not hub.came.empty():
        hub.came.get_nowait()
    hub.answer(again, 486)
    assert (await hub.came.get()).cseq.method == "ACK", "timer A is off"
    assert line.why is Why.BUSY


async def test_a_hub_that_says_nothing_is_unreachable_after_64_t1(ring: Ring) -> None:
    line = await ring(t1=0.005)
    began = asyncio.get_running_loop().time()
    await line.until(Stage.ENDED)
    assert line.why is Why.UNREACHABLE
    assert asyncio.get_running_loop().time() - began >= GIVE_UP * 0.005


async def test_a_closed_port_is_known_at_once() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        closed = probe.getsockname()
    line = Line(closed, "", 0.5)
    async with line.call as call:
        call.place(4000)
        await line.until(Stage.ENDED)
    assert line.why is Why.UNREACHABLE


async def test_a_repeated_200_is_acknowledged_again(hub: Carrier, ring: Ring) -> None:
    line = await ring()
    invite = await talking(hub, line)
    hub.answer(invite, 200, ANSWER, Contact="<sip:line7@127.0.0.1:9>")
    ack = await hub.next("ACK")
    assert str(ack.uri) == "sip:line7@127.0.0.1:9"
    assert line.agreed == [Audio("127.0.0.1", 9, None)]


async def test_hanging_up_while_it_rings_cancels_and_not_before_the_hub_was_heard(hub: Carrier, ring: Ring) -> None:
    line = await ring()
    invite = await hub.next("INVITE")
    line.call.hang_up()
    assert line.why is Why.YOU_HUNG_UP
    hub.answer(invite, 100)
    cancel = await hub.next("CANCEL")
    assert cancel.headers["Via"] == invite.headers["Via"]
    hub.answer(cancel, 200)
    hub.answer(invite, 487)
    assert (await hub.next("ACK")).headers["Via"] == invite.headers["Via"]


async def test_a_200_that_crosses_the_cancel_is_acknowledged_and_ended(hub: Carrier, ring: Ring) -> None:
    line = await ring()
    invite = await hub.next("INVITE")
    hub.answer(invite, 180)
    await line.until(Stage.RINGING)
    line.call.hang_up()
    await hub.next("CANCEL")
    hub.answer(invite, 200, ANSWER)
    await hub.next("ACK")
    hub.answer(await hub.next("BYE"), 200)
    assert line.why is Why.YOU_HUNG_UP
    assert Stage.TALKING not in line.stages


async def test_a_bye_goes_the_way_the_call_came_and_is_sent_until_answered(hub: Carrier, ring: Ring) -> None:
    line = await ring()
    invite = await hub.next("INVITE")
    ways = "<sip:127.0.0.1:7;lr>, <sip:127.0.0.1:8;lr>"
    hub.answer(invite, 200, ANSWER, Contact="<sip:line7@127.0.0.1:9>", Record_Route=ways)
    await line.until(Stage.TALKING)
    line.call.hang_up()
    first, again = await hub.next("BYE"), await hub.next("BYE")
    assert bytes(first) == bytes(again)
    assert [each.uri.port for each in first.route] == [8, 7]
    assert first.cseq.sequence == 2
    hub.answer(again, 200)


async def test_the_hub_hangs_up(hub: Carrier, ring: Ring) -> None:
    line = await ring()
    invite = await talking(hub, line)
    hub.ask("BYE", invite)
    assert (await hub.reply()).code == 200
    assert (line.stages[-1], line.why) == (Stage.ENDED, Why.THEY_HUNG_UP)


async def test_hold_is_agreed_to_once_however_often_it_is_asked(hub: Carrier, ring: Ring) -> None:
    line = await ring()
    invite = await talking(hub, line)
    hub.ask("INVITE", invite, HOLD)
    answer = await hub.reply()
    assert b"a=recvonly" in answer.body
    assert b"o=- 4000 2 IN" in answer.body, "another version of the same session (RFC 3264 §8)"
    hub.ask("INVITE", invite, HOLD)
    assert bytes(await hub.reply()) == bytes(answer)
    assert line.stages[-1] is Stage.HELD
    assert len(line.agreed) == 2


async def test_asked_for_an_offer_it_makes_one_and_hears_the_answer_in_the_ack(hub: Carrier, ring: Ring) -> None:
    line = await ring()
    invite = await talking(hub, line)
    hub.ask("INVITE", invite, CSeq="2 INVITE")
    assert b"a=sendrecv" in (await hub.reply(2)).body
    hub.ask("ACK", invite, HOLD, CSeq="2 ACK")
    await line.until(Stage.HELD)


async def test_audio_it_cannot_speak_is_refused_and_the_call_goes_on(hub: Carrier, ring: Ring) -> None:
    line = await ring()
    invite = await talking(hub, line)
    hub.ask("INVITE", invite, ANSWER.replace(b"AVP 0", b"AVP 8"), CSeq="3 INVITE")
    assert (await hub.reply(3)).code == 488
    assert line.stages[-1] is Stage.TALKING


async def test_what_else_is_asked_gets_an_answer(hub: Carrier, ring: Ring) -> None:
    line = await ring()
    invite = await talking(hub, line)
    for method, code in (("OPTIONS", 200), ("INFO", 405)):
        hub.ask(method, invite)
        assert (await hub.reply()).code == code
    hub.ask("BYE", invite, To="<sip:somebody@127.0.0.1>;tag=else")
    assert (await hub.reply()).code == 481
    assert line.stages[-1] is Stage.TALKING


async def test_who_withholds_a_number_is_nobody(hub: Carrier, ring: Ring) -> None:
    await ring(caller="")
    invite = await hub.next("INVITE")
    assert "anonymous.invalid" in invite.headers["From"]
    assert invite.headers["Privacy"] == "id"
    assert invite.headers.get("P-Asserted-Identity") is None
    hub.answer(invite, 603)


async def test_an_answer_without_audio_we_speak_ends_the_call(hub: Carrier, ring: Ring) -> None:
    line = await ring()
    invite = await hub.next("INVITE")
    hub.answer(invite, 200, ANSWER.replace(b"AVP 0", b"AVP 18"))
    hub.answer(await hub.next("BYE"), 200)
    assert line.why is Why.NO_COMMON_AUDIO


def test_every_stage_leads_to_the_end_and_the_end_nowhere() -> None:
    assert all(Stage.ENDED in after for stage, after in NEXT.items() if stage is not Stage.ENDED)
    assert NEXT.keys() == set(Stage)
    assert NEXT[Stage.ENDED] == frozenset()


@pytest.mark.parametrize(
    ("code", "meaning"),
    [(486, Why.BUSY), (404, Why.NO_SUCH_NUMBER), (480, Why.NO_ANSWER), (503, Why.UNREACHABLE), (403, Why.NOT_ALLOWED)],
)
def test_a_code_has_a_meaning(code: int, meaning: Why) -> None:
    assert why(code) is meaning


def test_our_descriptions_are_read_by_ourselves() -> None:
    assert sdp.read(sdp.write("127.0.0.1", 4000)) == Audio("127.0.0.1", 4000, sdp.KEYS)
    assert sdp.read(sdp.write("127.0.0.1", 4000, theirs="sendonly")).direction == "recvonly"
