"""Who must not hear whom: muted legs, supervisors."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hub.api import Monitoring
from plugins.sip.lines.hearing import Member, Monitor, unheard

CUSTOMER, ANN, BO, EVE = (Member(leg, f"audio{leg}") for leg in ("", "offer:1", "offer:2", "party:1"))
ROOM = (CUSTOMER, ANN, BO, EVE)
WAYS = st.sampled_from(list(Monitoring))


def who_hears(speaker: Member, muted: set[str], monitors: dict[str, Monitor]) -> set[str]:
    silent = unheard(ROOM, muted, monitors)
    return {each.leg for each in ROOM if each is not speaker and (each.audio, speaker.audio) not in silent}


def test_where_everybody_hears_everybody_there_is_nothing_to_turn_down() -> None:
    assert unheard(ROOM, (), {}) == {}


def test_a_whisper_is_for_its_agent_alone_and_never_for_the_customer() -> None:
    monitors = {EVE.leg: Monitor(Monitoring.WHISPER, ANN.leg)}
    assert who_hears(EVE, set(), monitors) == {ANN.leg}
    assert who_hears(ANN, set(), monitors) == {CUSTOMER.leg, BO.leg, EVE.leg}


def test_who_listens_is_heard_by_nobody_and_who_barges_in_by_all() -> None:
    assert who_hears(EVE, set(), {EVE.leg: Monitor(Monitoring.LISTEN)}) == set()
    assert who_hears(EVE, set(), {EVE.leg: Monitor(Monitoring.BARGE)}) == {CUSTOMER.leg, ANN.leg, BO.leg}


def test_a_whisper_to_somebody_who_has_left_is_heard_by_nobody() -> None:
    assert who_hears(EVE, set(), {EVE.leg: Monitor(Monitoring.WHISPER, "offer:9")}) == set()


@given(muted=st.sets(st.sampled_from([each.leg for each in ROOM])), way=WAYS)
def test_nobody_hears_who_is_muted_and_they_hear_on(muted: set[str], way: Monitoring) -> None:
    monitors = {EVE.leg: Monitor(way, ANN.leg)}
    for member in ROOM:
        if member.leg in muted:
            assert who_hears(member, muted, monitors) == set()
    if not muted & {CUSTOMER.leg, ANN.leg}:
        assert {ANN.leg, BO.leg} <= who_hears(CUSTOMER, muted, monitors)
