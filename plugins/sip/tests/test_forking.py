"""One INVITE of ours, several far sides (RFC 3261 §12.1, §13.2.2.4), and answers that cross our CANCEL (§9.1)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from sipmessage import Request

from hub.api import Cause
from plugins.sip.tests.party import Party, Site, described, site
from plugins.sip.wire.addresses import name_addr, tag
from plugins.sip.wire.message import response, with_body


@dataclass
class Forked:
    """We have called a number outside; `invite` is there."""

    found: Site
    proxy: Party
    invite: Request

    def answers(self, by: str, code: int, *headers: str) -> None:
        """What one of those who ring says."""
        made = response(self.invite, code, "Because", tag=by)
        made.headers.add("Contact", f"<sip:{by}@127.0.0.1:{self.proxy.port}>")
        for name, _, value in (header.partition(": ") for header in headers):
            made.headers.add(name, value)
        if code != 180:
            with_body(made, described(4000), "application/sdp")
        self.proxy.say(made)

    async def asked(self, method: str) -> str:
        """The next request; whom it is for."""
        request = await self.proxy.asked(method)
        if method not in ("ACK", "CANCEL"):
            self.proxy.reply(request, 200)
        assert method == "CANCEL" or request.uri.user == tag(name_addr(request.headers["To"]))
        return request.uri.user or ""

    @property
    def leg(self) -> str:
        """How the agent's leg stands."""
        [line] = self.found.exchange.lines.values()
        return "up" if any(leg.call for leg in line.legs.values()) else "not up"


@pytest.fixture
async def forked() -> AsyncIterator[Forked]:
    with Party() as proxy:
        async with site(proxies=[f"127.0.0.1:{proxy.port}"], prefixes=["+86"]) as found:
            await found.rings_outside()
            yield Forked(found, proxy, await proxy.asked("INVITE"))


async def test_the_first_to_answer_has_the_call_and_the_second_is_thanked(forked: Forked) -> None:
    forked.answers("a", 180)
    forked.answers("b", 180)
    forked.answers("b", 200)
    assert await forked.asked("ACK") == "b"
    customer = await forked.proxy.asked("INVITE")  # the agent is there: their customer is called
    forked.answers("a", 200)
    assert (await forked.asked("ACK"), await forked.asked("BYE")) == ("a", "a")
    assert forked.leg == "up"
    forked.proxy.reply(customer, 486)


async def test_reliable_answers_of_two_are_acknowledged_each_in_its_own_dialog(forked: Forked) -> None:
    forked.answers("a", 183, "Require: 100rel", "RSeq: 7")
    assert await forked.asked("PRACK") == "a"
    forked.answers("b", 183, "Require: 100rel", "RSeq: 7")
    assert await forked.asked("PRACK") == "b"


async def test_an_answer_that_comes_again_is_acknowledged_again(forked: Forked) -> None:
    forked.answers("a", 200)
    assert await forked.asked("ACK") == "a"
    await forked.proxy.asked("INVITE")
    forked.answers("a", 200)
    assert await forked.asked("ACK") == "a"
    assert forked.leg == "up"


async def test_an_answer_that_crosses_our_cancel_is_acknowledged_and_ended(forked: Forked) -> None:
    forked.answers("a", 180)
    [line] = forked.found.exchange.lines.values()
    [leg] = line.legs.values()
    await forked.found.until(lambda: leg._rang)
    leg.leave(Cause.NO_ANSWER)
    await forked.asked("CANCEL")
    forked.answers("a", 200)
    assert (await forked.asked("ACK"), await forked.asked("BYE")) == ("a", "a")
    await forked.found.until(lambda: not forked.found.exchange.lines)


async def test_who_is_given_up_before_a_word_is_cancelled_at_the_first(forked: Forked) -> None:
    """§9.1: not before a provisional answer, or the CANCEL might overtake the INVITE."""
    [line] = forked.found.exchange.lines.values()
    [leg] = line.legs.values()
    leg.leave(Cause.NO_ANSWER)
    forked.answers("a", 180)
    await forked.asked("CANCEL")
