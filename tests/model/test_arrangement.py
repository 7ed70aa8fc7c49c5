"""Who hears whom in a call: from any arrangement to any other, and never anybody cut off or left over."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.model.states import FINAL, InteractionState
from hub.pipeline.calls.arrangement import NOTHING, Arrangement, Monitor, Step, Talk, steps, wanted
from hub.store.legs import Leg, name_of, offer_of
from hub.store.parties import Kind, Party

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
ANN, BO, FOX, EVE = "offer:1", "offer:2", "party:1", "party:2"


def leg(number: int, *, up: bool, kind: str = "interaction", aside: bool = False) -> Leg:
    return Leg(number, number, kind, up, False, NOON, NOON, aside=aside)


legs = st.lists(st.tuples(st.integers(1, 5), st.booleans()), unique_by=lambda each: each[0], max_size=4).map(
    lambda found: [leg(number, up=up) for number, up in sorted(found)]
)


def party(number: int, kind: Kind, *, up: bool, mode: str = "") -> Party:
    return Party(number, kind, up, 9, {}, mode, 1, 9, NOON, NOON)


parties = st.lists(
    st.builds(
        lambda number, kind, up, mode: party(number, kind, up=up, mode=mode),
        st.integers(1, 5),
        st.sampled_from(Kind),
        st.booleans(),
        st.sampled_from(["LISTEN", "WHISPER", "BARGE"]),
    ),
    unique_by=lambda each: each.id,
    max_size=3,
)
audio = st.fixed_dictionaries(
    {}, optional={"muted": st.lists(st.sampled_from([ANN, BO]), max_size=2), "record": st.sampled_from([True, False])}
)
states = st.sampled_from(list(InteractionState))
arrangements = st.builds(wanted, states, legs, parties, audio)


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
        (InteractionState.CONFERENCED, 2, Talk.BRIDGED),
        (InteractionState.TRANSFERRING, 1, Talk.PASSED_OUT),
        (InteractionState.PARKED, 0, Talk.HELD),
        (InteractionState.ABANDONED, 0, Talk.OVER),
    ],
)
def test_what_the_customer_has_follows_from_the_state_and_who_is_there(
    state: InteractionState, up: int, talk: Talk
) -> None:
    assert wanted(state, [leg(number, up=True) for number in range(1, up + 1)], [], {}).talk is talk


def test_what_is_as_it_shall_be_needs_no_step() -> None:
    talking = Arrangement(Talk.BRIDGED, agents=(ANN,))
    assert list(steps(talking, talking)) == []


def test_a_phone_that_was_answered_does_not_ring_again_and_the_others_stop() -> None:
    before = Arrangement(Talk.WAITING, frozenset({ANN, BO}))
    assert list(steps(before, Arrangement(Talk.BRIDGED, agents=(ANN,)))) == [
        Step("bridge", (ANN,)),
        Step("release", (BO,)),
    ]


def test_handing_over_connects_the_colleague_before_the_first_is_let_go() -> None:
    before = Arrangement(Talk.CONSULT, aside=(ANN, BO))
    assert list(steps(before, Arrangement(Talk.BRIDGED, agents=(BO,)))) == [
        Step("bridge", (BO,)),
        Step("release", (ANN,)),
    ]


def test_hold_is_resumed_and_not_bridged_anew() -> None:
    held, talking = Arrangement(Talk.HELD, agents=(ANN,)), Arrangement(Talk.BRIDGED, agents=(ANN,))
    assert list(steps(talking, held)) == [Step("hold")]
    assert list(steps(held, talking)) == [Step("resume", (ANN,))]


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

    def about(command: str) -> set[str]:
        return {leg for step in done if step.command == command for leg in step.legs}

    assert about("ring") == after.ringing - before.legs
    assert about("invite") == after.calling - before.legs
    assert about("release") == before.legs - after.legs
    assert len([step for step in done if step.command in ("bridge", "consult", "hold", "resume", "waiting")]) <= 1


@given(before=arrangements, after=arrangements)
def test_nobody_who_is_muted_is_heard_and_a_supervisor_only_as_the_record_says(
    before: Arrangement, after: Arrangement
) -> None:
    muted, monitors = set(before.muted), set(before.monitors)
    for step in steps(before, after):
        match step.command:
            case "mute":
                muted |= {*step.legs}
            case "unmute" | "release":
                muted -= {*step.legs}
            case "monitor":
                assert step.monitor in after.monitors
                monitors |= {step.monitor}
            case "bridge" | "consult":
                assert after.muted <= muted, "muted before they are heard"
    if after.talk is not Talk.OVER:
        assert muted == after.muted
        assert set(after.monitors) <= monitors


def test_a_supervisor_who_takes_over_is_bridged_by_the_leg_they_had_and_the_agent_let_go() -> None:
    before = Arrangement(Talk.BRIDGED, agents=(ANN,), monitors=(Monitor(EVE, "LISTEN"),))
    after = Arrangement(Talk.BRIDGED, agents=(EVE,))
    assert list(steps(before, after)) == [Step("bridge", (EVE,)), Step("release", (ANN,))]


def test_a_word_in_private_leaves_the_others_with_the_customer_and_begins_when_both_are_there() -> None:
    ann, bo = leg(1, up=True), leg(2, up=True, kind="consult")
    fox = [party(1, Kind.OUTSIDE, up=True)]
    three = wanted(InteractionState.CONFERENCED, [ann, bo], fox, {})
    assert list(steps(NOTHING, three)) == [Step("bridge", (ANN, BO, FOX))]
    asked = wanted(InteractionState.CONSULTING, [ann, bo, leg(3, up=False, kind="consult", aside=True)], fox, {})
    assert list(steps(three, asked)) == [Step("ring", ("offer:3",))]
    cy = leg(3, up=True, kind="consult", aside=True)
    private = wanted(InteractionState.CONSULTING, [ann, bo, cy], fox, {})
    assert list(steps(asked, private)) == [Step("consult", (ANN, "offer:3"), (BO, FOX))]
    four = wanted(InteractionState.CONFERENCED, [ann, bo, replace(cy, aside=False)], fox, {})
    assert list(steps(private, four)) == [Step("bridge", (ANN, BO, "offer:3", FOX))]


@pytest.mark.parametrize("state", [InteractionState.QUEUED, InteractionState.OFFERED, InteractionState.PARKED])
def test_who_is_not_alone_while_there_is_no_agent_hears_the_others_and_no_music(state: InteractionState) -> None:
    fox = [party(1, Kind.OUTSIDE, up=True)]
    assert wanted(state, [leg(2, up=True, kind="consult")], fox, {}).talk is Talk.BRIDGED
    before, after = wanted(state, [], fox, {}), wanted(state, [], [], {})
    assert next(step.command for step in steps(before, after)) == ("hold" if after.talk is Talk.HELD else "waiting")


@given(state=states, found=legs, others=parties, said=audio)
def test_doing_it_twice_does_nothing(
    state: InteractionState, found: list[Leg], others: list[Party], said: dict[str, Any]
) -> None:
    after = wanted(state, found, others, said)
    list(steps(NOTHING, after))
    assert list(steps(after, wanted(state, found, others, said))) == []


@given(found=legs, others=parties, said=audio)
def test_nobody_rings_or_talks_in_what_is_over(found: list[Leg], others: list[Party], said: dict[str, Any]) -> None:
    for state in FINAL:
        assert wanted(state, found, others, said) == Arrangement(Talk.OVER)


@given(st.text())
def test_only_what_the_hub_named_is_an_agents_leg(name: str) -> None:
    number = offer_of(name)
    assert number is None or name_of(number) == name or name.removeprefix("offer:").startswith("0")


@given(st.integers(1, 10**17))
def test_a_legs_name_leads_back_to_its_offer(number: int) -> None:
    assert offer_of(name_of(number)) == number
