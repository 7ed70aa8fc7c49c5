"""Who hears whom in a call: from any arrangement to any other, and never anybody cut off or left over."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.model.states import FINAL, InteractionState
from hub.pipeline.arrangement import NOTHING, Arrangement, Step, Talk, steps, wanted
from hub.store.legs import Leg, name_of, offer_of

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
ANN, BO = "offer:1", "offer:2"


def leg(number: int, *, up: bool) -> Leg:
    return Leg(number, number, "interaction", up, False, NOON, NOON)


legs = st.lists(st.tuples(st.integers(1, 5), st.booleans()), unique_by=lambda each: each[0], max_size=4).map(
    lambda found: [leg(number, up=up) for number, up in sorted(found)]
)
arrangements = st.builds(wanted, st.sampled_from(list(InteractionState)), legs)


@pytest.mark.parametrize(
    ("state", "up", "talk"),
    [
        (InteractionState.SELF_SERVICE, 0, Talk.NOBODY),
        (InteractionState.QUEUED, 0, Talk.WAITING),
        (InteractionState.OFFERED, 0, Talk.WAITING),
        (InteractionState.INITIATED, 1, Talk.BRIDGED),
        (InteractionState.CONNECTED, 1, Talk.BRIDGED),
        (InteractionState.ON_HOLD, 1, Talk.HELD),
        (InteractionState.CONSULTING, 1, Talk.BRIDGED),
        (InteractionState.CONSULTING, 2, Talk.CONSULT),
        (InteractionState.CONFERENCED, 2, Talk.BRIDGED),
        (InteractionState.TRANSFERRING, 1, Talk.PASSED_OUT),
        (InteractionState.ABANDONED, 0, Talk.OVER),
    ],
)
def test_what_the_customer_has_follows_from_the_state_and_who_is_there(
    state: InteractionState, up: int, talk: Talk
) -> None:
    assert wanted(state, [leg(number, up=True) for number in range(1, up + 1)]).talk is talk


def test_what_is_as_it_shall_be_needs_no_step() -> None:
    talking = Arrangement(Talk.BRIDGED, frozenset(), (ANN,))
    assert list(steps(talking, talking)) == []


def test_a_phone_that_was_answered_does_not_ring_again_and_the_others_stop() -> None:
    before = Arrangement(Talk.WAITING, frozenset({ANN, BO}))
    assert list(steps(before, Arrangement(Talk.BRIDGED, frozenset(), (ANN,)))) == [Step("bridge"), Step("release", BO)]


def test_handing_over_connects_the_colleague_before_the_first_is_let_go() -> None:
    before = Arrangement(Talk.CONSULT, frozenset(), (ANN, BO))
    assert list(steps(before, Arrangement(Talk.BRIDGED, frozenset(), (BO,)))) == [Step("bridge"), Step("release", ANN)]


def test_hold_is_resumed_and_not_bridged_anew() -> None:
    held, talking = Arrangement(Talk.HELD, frozenset(), (ANN,)), Arrangement(Talk.BRIDGED, frozenset(), (ANN,))
    assert list(steps(talking, held)) == [Step("hold")]
    assert list(steps(held, talking)) == [Step("resume")]


def test_a_call_that_is_over_ends_once() -> None:
    over = Arrangement(Talk.OVER)
    assert list(steps(Arrangement(Talk.WAITING), over)) == [Step("end")]
    assert list(steps(over, over)) == []


@given(before=arrangements, after=arrangements)
def test_every_leg_that_comes_rings_and_every_leg_that_goes_is_released(
    before: Arrangement, after: Arrangement
) -> None:
    done = list(steps(before, after))
    if after.talk is Talk.OVER:
        return
    known = before.ringing | set(before.up)
    assert {step.leg for step in done if step.command == "ring"} == after.ringing - known
    assert {step.leg for step in done if step.command == "release"} == known - after.ringing - set(after.up)
    assert len([step for step in done if not step.leg]) <= 1


@given(state=st.sampled_from(list(InteractionState)), found=legs)
def test_doing_it_twice_does_nothing(state: InteractionState, found: list[Leg]) -> None:
    after = wanted(state, found)
    list(steps(NOTHING, after))
    assert list(steps(after, wanted(state, found))) == []


@given(found=legs)
def test_nobody_rings_or_talks_in_what_is_over(found: list[Leg]) -> None:
    for state in FINAL:
        assert wanted(state, found) == Arrangement(Talk.OVER)


@given(st.text())
def test_only_what_the_hub_named_is_an_agents_leg(name: str) -> None:
    number = offer_of(name)
    assert number is None or name_of(number) == name or name.removeprefix("offer:").startswith("0")


@given(st.integers(1, 10**17))
def test_a_legs_name_leads_back_to_its_offer(number: int) -> None:
    assert offer_of(name_of(number)) == number
