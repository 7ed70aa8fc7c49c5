"""Attended transfer by the keys of a desk phone (RFC 3515, 3891, 5589), and calls taken by another phone."""

from __future__ import annotations

import contextlib
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.api import QueueFacts
from plugins.sip.calls import replaces
from plugins.sip.calls.replaces import BadReplaces, Replaces
from plugins.sip.lines import transferring
from plugins.sip.tests.desk_phone import ANN, BO, PASSWORD, DeskPhone, dialog_of, holds, rings, talks
from plugins.sip.tests.party import ACCOUNT, Party, Site, site
from plugins.sip.wire.digest import Secret


@dataclass
class Desk:
    """Ann talks with a caller, who is held; her phone's second call and Bo's phone are there."""

    found: Site
    caller: Party
    ann: DeskPhone
    second: DeskPhone
    bo: DeskPhone

    async def consults(self) -> None:
        """Ann's second call is answered by Bo."""
        await self.second.begins(self.found, "bo")
        await self.found.until(lambda: self.states("CONSULTING"))
        await rings(self.found, "offer:2", BO)
        await self.bo.picks_up()
        self.second.into(await self.second.answer())
        self.second.acknowledge()
        await self.found.channel.consult(ACCOUNT, self.found.thread, ["offer:1", "offer:2"], [])

    def states(self, state: str) -> list[tuple[str, object]]:
        """Facts of this kind: of which leg, and the colleague or the cause."""
        facts = [fact for fact in self.found.told("leg") if fact["state"] == state]
        return [(fact["leg"], fact.get("colleague", fact.get("cause"))) for fact in facts]

    def pair(self, *names: str) -> tuple[str, ...]:
        """How the engine knows two that hear each other: "caller", "ann", "second", "bo"."""
        line = self.found.exchange.lines[self.found.thread]
        legs = line.legs
        calls = {"caller": line.customer, "ann": legs["offer:1"].call if "offer:1" in legs else None}
        calls["second"] = legs["offer:1"].aside.call if "offer:1" in legs and legs["offer:1"].aside else None
        calls["bo"] = legs["offer:2"].call if "offer:2" in legs else None
        return ("bridge", *sorted(call.media.name for name in names if (call := calls[name]) is not None))


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    with Party() as caller, DeskPhone("ann") as ann, DeskPhone("ann") as second, DeskPhone("bo") as bo:
        async with site() as found:
            await talks(found, caller, ann)
            await bo.registered(found, BO)
            await holds(ann)
            yield Desk(found, caller, ann, second, bo)


async def test_a_colleague_is_asked_and_answers_and_has_the_caller(desk: Desk) -> None:
    await desk.consults()
    assert desk.states("CONSULTING") == [("offer:1", BO)]
    assert desk.found.engine.did[-1] == desk.pair("second", "bo")
    caller_and_bo = desk.pair("caller", "bo")
    desk.ann.joins("bo", dialog_of(desk.second))
    assert await desk.ann.referred() == ["202", "SIP/2.0 100 Trying", "SIP/2.0 200 OK"]
    await desk.ann.asked("BYE")
    await desk.second.asked("BYE")
    await desk.found.until(lambda: desk.states("ENDED"))
    assert desk.states("ENDED") == [("offer:1", "TRANSFERRED")]
    assert [did for did in desk.found.engine.did if did[0] == "bridge"][-1] == caller_and_bo
    assert desk.states("RETURNED") == [], "the colleague has them"


async def test_it_may_be_asked_for_in_either_of_the_two_calls(desk: Desk) -> None:
    await desk.consults()
    desk.second.joins("hub", dialog_of(desk.ann))
    assert (await desk.second.referred())[-1] == "SIP/2.0 200 OK"


async def test_the_caller_is_heard_by_whom_the_phone_lets_hear_them(desk: Desk) -> None:
    """It may change from one call to the other, or mix both."""
    await desk.consults()
    del desk.found.engine.did[:]
    await holds(desk.ann, "sendrecv")
    await desk.found.until(lambda: desk.pair("caller", "ann") in desk.found.engine.did)
    await desk.found.until(lambda: desk.found.engine.did[-1] == desk.pair("second", "bo"))
    await holds(desk.ann)
    await desk.found.until(lambda: desk.found.engine.did[-3][0] == "part")


async def test_a_colleague_who_declines_is_busy_to_the_phone(desk: Desk) -> None:
    await desk.second.begins(desk.found, "bo")
    await rings(desk.found, "offer:2", BO)
    desk.bo.reply(await desk.bo.asked("INVITE"), 486)
    assert (await desk.second.answer()).code in (486, 603)
    await desk.found.until(lambda: desk.states("RETURNED"))
    assert "offer:1" in desk.found.exchange.lines[desk.found.thread].legs


async def test_who_hangs_up_on_the_colleague_has_the_caller_again(desk: Desk) -> None:
    await desk.consults()
    assert (await desk.second.ask("BYE")).code == 200
    await desk.found.until(lambda: desk.states("RETURNED"))
    await desk.found.channel.bridge(ACCOUNT, desk.found.thread, ["offer:1"])
    await holds(desk.ann, "sendrecv")
    await desk.found.until(lambda: desk.found.engine.did[-1] == desk.pair("caller", "ann"))


async def test_a_colleague_who_hangs_up_ends_the_second_call(desk: Desk) -> None:
    await desk.consults()
    assert (await desk.bo.ask("BYE")).code == 200
    await desk.second.asked("BYE")


@pytest.mark.parametrize("dialog", ["nobody;to-tag=a;from-tag=b", "{caller}", "{bo}"])
async def test_only_its_own_two_calls_can_be_joined(desk: Desk, dialog: str) -> None:
    await desk.consults()
    desk.ann.joins("bo", dialog.format(caller=dialog_of(desk.caller), bo=dialog_of(desk.bo)))
    assert (await desk.ann.referred())[-1] == "SIP/2.0 481 Call Does Not Exist"
    assert desk.states("ENDED") == []


async def test_what_still_rings_is_not_joined(desk: Desk) -> None:
    await desk.second.begins(desk.found, "bo")
    await desk.found.until(lambda: desk.states("CONSULTING"))
    leg = desk.found.exchange.lines[desk.found.thread].legs["offer:1"]
    assert leg.aside is not None and leg.aside.call.dialog is not None
    call_id, ours, theirs = leg.aside.call.dialog.key
    desk.ann.joins("bo", f"{call_id};to-tag={ours};from-tag={theirs}")
    assert (await desk.ann.referred())[-1] == "SIP/2.0 481 Call Does Not Exist"


async def test_early_only_does_not_replace_what_is_answered(desk: Desk) -> None:
    await desk.consults()
    desk.ann.joins("bo", f"{dialog_of(desk.second)};early-only")
    assert (await desk.ann.referred())[-1] == "SIP/2.0 486 Busy Here"


# --- without asking them first -------------------------------------------------------------------------------------


async def test_a_caller_is_offered_to_a_colleague_and_the_phone_is_told_when_it_may_go(desk: Desk) -> None:
    desk.ann.say(desk.ann.request("REFER", "Refer-To: <sip:bo@hub>"))
    await desk.found.until(lambda: desk.states("PASSED_ON") == [("offer:1", BO)])
    await desk.found.channel.release(ACCOUNT, desk.found.thread, "offer:1", "released")  # so the core answers
    assert await desk.ann.referred() == ["202", "SIP/2.0 100 Trying", "SIP/2.0 200 OK"]
    await desk.ann.asked("BYE")
    assert desk.found.thread, "the caller waits"


async def test_a_colleague_who_cannot_take_them_leaves_them_where_they_are(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transferring, "CORE_ANSWERS", 0.1)
    desk.ann.say(desk.ann.request("REFER", "Refer-To: <sip:bo@hub>"))
    assert (await desk.ann.referred())[-1] == "SIP/2.0 480 Temporarily Unavailable"
    await holds(desk.ann, "sendrecv")
    again = desk.ann.request("REFER", "Refer-To: <sip:bo@hub>")
    desk.ann.say(again)
    assert (await desk.ann.answer()).code == 202
    assert (await desk.ann.asked("NOTIFY")).headers["Event"] == f"refer;id={again.cseq.sequence}", "RFC 3515 §2.4.6"


@pytest.mark.parametrize("to", ["support", "601"])
async def test_a_caller_is_passed_on_to_a_queue_by_its_key_or_its_number(desk: Desk, to: str) -> None:
    desk.found.context.queues["support"] = QueueFacts(True, 0, 1)
    desk.found.exchange.settings.queues["601"] = "support"
    desk.ann.say(desk.ann.request("REFER", f"Refer-To: <sip:{to}@hub>"))
    await desk.found.until(lambda: desk.states("PASSED_ON"))
    assert desk.found.told("leg")[-1]["queue"] == "support"
    await desk.found.channel.release(ACCOUNT, desk.found.thread, "offer:1", "released")  # so the core answers
    assert await desk.ann.referred() == ["202", "SIP/2.0 100 Trying", "SIP/2.0 200 OK"]


@pytest.mark.parametrize("to", ["nobody", "ann", "cy"])
async def test_a_caller_is_offered_to_no_other(desk: Desk, to: str) -> None:
    await desk.found.exchange.phones.set(BO + 1, Secret.of("cy", "hub", PASSWORD), "")  # who is not registered
    assert (await desk.ann.ask("REFER", f"Refer-To: <sip:{to}@hub>")).code == 603


# --- who may call at all -------------------------------------------------------------------------------------------


async def test_a_wrong_password_calls_nobody(desk: Desk) -> None:
    assert (await desk.second.dials(desk.found, "bo", password="wrong")).code == 403
    assert desk.states("CONSULTING") == []


@pytest.mark.parametrize(("to", "code"), [("nobody", 404), ("ann", 404), ("+8613800138000", 404)])
async def test_a_phone_calls_colleagues_and_nobody_else(desk: Desk, to: str, code: int) -> None:
    assert (await desk.second.dials(desk.found, to)).code == code


async def test_a_colleague_without_a_registered_phone_is_not_asked(desk: Desk) -> None:
    await desk.found.exchange.phones.set(BO + 1, Secret.of("cy", "hub", PASSWORD), "")
    assert (await desk.second.dials(desk.found, "cy")).code == 480
    assert desk.states("CONSULTING") == []


async def test_who_talks_with_no_caller_has_nobody_to_ask_about(desk: Desk) -> None:
    with DeskPhone("bo") as idle:
        assert (await idle.dials(desk.found, "ann")).code == 403


# --- INVITE with Replaces ------------------------------------------------------------------------------------------


async def test_a_call_moves_to_another_phone_of_the_same_agent(desk: Desk) -> None:
    answer = await desk.second.dials(desk.found, "hub", f"Replaces: {dialog_of(desk.ann)}")
    assert answer.code == 200
    await desk.ann.asked("BYE")
    await desk.found.until(lambda: desk.found.engine.did[-1] == desk.pair("caller", "ann"))
    assert desk.states("ENDED") == []
    assert (await desk.second.ask("BYE")).code == 200
    await desk.found.until(lambda: desk.states("ENDED") == [("offer:1", "HUNG_UP")])


async def test_a_ringing_call_is_picked_up_by_another_phone_of_the_same_agent(desk: Desk) -> None:
    await rings(desk.found, "offer:2", BO)
    invite = await desk.bo.asked("INVITE")
    desk.bo.reply(invite, 180)
    await desk.found.until(lambda: desk.states("RINGING"))
    ours = invite.headers["From"].partition("tag=")[2]
    with DeskPhone("bo") as other:
        header = f"Replaces: {invite.call_id};to-tag={ours};from-tag=p;early-only"
        assert (await other.dials(desk.found, "hub", header)).code == 200
    await desk.bo.asked("CANCEL")
    await desk.found.until(lambda: ("offer:2", "") in desk.states("ANSWERED"))


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("Replaces: x;to-tag=a;from-tag=b", 481),
        ("Replaces: {ann};early-only", 486),
        ("Replaces: {caller}", 403),
    ],
)
async def test_nothing_else_is_replaced(desk: Desk, header: str, code: int) -> None:
    written = header.format(ann=dialog_of(desk.ann), caller=dialog_of(desk.caller))
    assert (await desk.second.dials(desk.found, "hub", written)).code == code


@pytest.mark.parametrize(
    "headers", [("Replaces: x;to-tag=a",), ("Replaces: {a}", "Replaces: {a}"), ("Replaces: {a}", "Join: {a}")]
)
async def test_a_replaces_that_names_no_one_dialog_is_400(desk: Desk, headers: tuple[str, ...]) -> None:
    desk.second.where = ("127.0.0.1", desk.found.port)
    written = [header.format(a=dialog_of(desk.ann)) for header in headers]
    assert (await desk.second.ask("INVITE", *written)).code == 400


@pytest.mark.parametrize(("header", "code"), [("x;to-tag=a;from-tag=b", 481), ("{ann}", 403)])
async def test_a_trunk_replaces_nothing(desk: Desk, header: str, code: int) -> None:
    with Party() as other:
        other.where = ("127.0.0.1", desk.found.port)
        assert (await other.ask("INVITE", f"Replaces: {header.format(ann=dialog_of(desk.ann))}")).code == code


async def test_phones_that_registered_before_a_restart_may_call(desk: Desk) -> None:
    guard, registrar = desk.found.exchange.guard, desk.found.exchange.registrar
    guard.phones.clear()
    await registrar.recall()
    assert guard.knows("127.0.0.1", time.monotonic())


async def test_a_call_is_not_taken_by_another_agent_s_phone(desk: Desk) -> None:
    with DeskPhone("bo") as thief:
        assert (await thief.dials(desk.found, "hub", f"Replaces: {dialog_of(desk.ann)}")).code == 403
    assert desk.found.exchange.lines[desk.found.thread].legs["offer:1"].user_id == ANN


@pytest.mark.parametrize(
    ("refer_to", "wanted"),
    [
        ("<sip:bo@hub>", None),
        ("<sip:bo@hub?Subject=x>", None),
        ("<sip:bo@hub?Replaces=a%40h%3Bto-tag%3D1%3Bfrom-tag%3D2>", Replaces(("a@h", "1", "2"))),
        ("<sip:bo@hub?X=y&replaces=a%3Bfrom-tag%3D2%3Bto-tag%3D1%3Bearly-only>", Replaces(("a", "1", "2"), True)),
    ],
)
def test_a_refer_to_may_carry_what_is_to_be_replaced(refer_to: str, wanted: Replaces | None) -> None:
    assert replaces.in_refer_to(refer_to) == wanted


@pytest.mark.parametrize("value", ["a%3Bto-tag%3D1", "%3Bto-tag%3D1%3Bfrom-tag%3D2", "a&Replaces=b", "%22%3B"])
def test_a_broken_one_is_refused(value: str) -> None:
    with pytest.raises(BadReplaces):
        replaces.in_refer_to(f"<sip:bo@hub?Replaces={value}>")


@given(st.text(max_size=80))
def test_whatever_stands_there_is_read_or_refused_and_never_more(value: str) -> None:
    with contextlib.suppress(BadReplaces):
        found = replaces.in_refer_to(f"<sip:bo@hub?Replaces={value}>")
        assert found is None or all(found.key)
