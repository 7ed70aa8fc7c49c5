"""Capacity and presence."""

from __future__ import annotations

import pytest

from hub.model.capacity import Capacity, has_room
from hub.model.presence import PresenceStatus, ask_presence, force_presence, presence_after_work
from hub.model.states import NotReadyReason, Presence

READY = PresenceStatus(Presence.READY)


@pytest.mark.parametrize(
    ("load", "medium", "room"),
    [
        ({}, "LIVE_TEXT", True),
        ({"LIVE_TEXT": 2}, "LIVE_TEXT", True),
        ({"LIVE_TEXT": 3}, "LIVE_TEXT", False),
        ({"LIVE_TEXT": 4}, "LIVE_TEXT", False),
        ({"VOICE": 1}, "LIVE_TEXT", False),
        ({"VOICE": 0}, "LIVE_TEXT", True),
        ({"LIVE_TEXT": 1}, "VOICE", False),
        ({"DEFERRED": 5}, "VOICE", True),
        ({}, "PIGEON", False),
    ],
)
def test_room_for_one_more(load: dict[str, int], medium: str, room: bool) -> None:
    assert has_room(load, medium, Capacity()) is room


def test_an_agents_own_limits_go_over_the_defaults() -> None:
    capacity = Capacity.of({"LIVE_TEXT": 1})
    assert not has_room({"LIVE_TEXT": 1}, "LIVE_TEXT", capacity)
    assert has_room({"LIVE_TEXT": 1}, "DEFERRED", capacity)


def test_a_break_asked_for_during_work_begins_after_it_and_nothing_new_comes() -> None:
    asked = ask_presence(READY, Presence.NOT_READY, "LUNCH", working=True)
    assert asked.state is Presence.READY
    assert not asked.routable
    assert presence_after_work(asked) == PresenceStatus(Presence.NOT_READY, "LUNCH")


def test_a_break_asked_for_while_idle_begins_at_once() -> None:
    assert ask_presence(READY, Presence.NOT_READY, "LUNCH", working=False) == force_presence(
        Presence.NOT_READY, "LUNCH"
    )


def test_ready_again_takes_back_what_was_pending() -> None:
    asked = ask_presence(READY, Presence.NOT_READY, "LUNCH", working=True)
    again = ask_presence(asked, Presence.READY, "", working=True)
    assert again == READY == presence_after_work(again)
    assert again.routable


def test_who_did_not_answer_is_not_ready_at_once() -> None:
    assert not force_presence(Presence.NOT_READY, NotReadyReason.NO_ANSWER).routable
