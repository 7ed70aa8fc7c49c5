"""Who has room for one more."""

from __future__ import annotations

import pytest

from hub.model.capacity import Capacity, has_room


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
