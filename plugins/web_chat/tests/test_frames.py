"""What a client may say is read strictly, and nothing it says can raise anything but NotUnderstood."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.web_chat.frames import MAX_FRAME, Hello, Leave, NotUnderstood, Rate, Receipts, Say, parse

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
kinds = st.sampled_from(["hello", "message", "leave", "typing", "receipt", "end", "rating", "transcript", "ping"])
members = st.sampled_from(
    ["id", "text", "token", "since", "version", "ids", "state", "stars", "mailto", "answers", "page"]
)
almost_frames = st.builds(
    lambda kind, rest: {**rest, "type": kind}, kinds, st.dictionaries(members, json_values, max_size=6)
)


def read(frame: dict[str, Any]) -> object:
    return parse(json.dumps(frame))


@given(st.text() | st.binary())
def test_no_text_raises_anything_but_not_understood(text: str | bytes) -> None:
    with suppress(NotUnderstood):
        parse(text)


@given(almost_frames)
def test_no_almost_frame_raises_anything_but_not_understood(frame: dict[str, Any]) -> None:
    try:
        understood = parse(json.dumps(frame))
    except NotUnderstood:
        return
    assert understood.type == frame["type"]


@given(st.text(min_size=1, max_size=500))
def test_what_is_understood_can_be_stored_anywhere(text: str) -> None:
    try:
        frame = read({"type": "message", "id": "a1", "text": text})
    except NotUnderstood:
        return
    assert isinstance(frame, Say)
    assert "\0" not in frame.text
    frame.text.encode()  # no lone surrogates, which no database takes


@pytest.mark.parametrize(
    "frame",
    [
        {"type": "message", "id": "a b", "text": "x"},
        {"type": "message", "id": "", "text": "x"},
        {"type": "message", "id": "a", "text": ""},
        {"type": "message", "id": "a", "text": "x" * (MAX_FRAME + 1)},
        {"type": "message", "id": "a", "text": "x", "answers": {"Not A Key": "x"}},
        {"type": "receipt", "state": "SEEN", "ids": ["m1"]},
        {"type": "receipt", "state": "READ", "ids": ["1 OR 1=1"]},
        {"type": "receipt", "state": "READ", "ids": []},
        {"type": "rating", "id": "a", "stars": 6},
        {"type": "rating", "id": "a", "stars": 0},
        {"type": "transcript", "mailto": "a@b.c\r\nBcc: x@y.z"},
        {"type": "transcript", "mailto": "a@b.c,x@y.z"},
        {"type": "hello", "since": {"interaction": -1, "position": 0}},
        {"type": "nonsense"},
        {},
    ],
)
def test_what_follows_no_form_is_refused(frame: dict[str, Any]) -> None:
    with pytest.raises(NotUnderstood):
        read(frame)


def test_unknown_members_are_passed_over_so_that_newer_clients_may_speak_to_us() -> None:
    assert read({"type": "hello", "version": 1, "screen": "4k"}) == Hello(type="hello")


def test_a_left_message_is_a_message_of_its_own_kind() -> None:
    frame = read({"type": "leave", "id": "a", "text": "call me", "answers": {"tel": "13800138000"}})
    assert isinstance(frame, Leave)
    assert frame.answers == {"tel": "13800138000"}


def test_ratings_and_receipts_are_read() -> None:
    assert isinstance(read({"type": "rating", "id": "a", "stars": 5, "comment": "很好"}), Rate)
    assert isinstance(read({"type": "receipt", "state": "DELIVERED", "ids": ["m1", "m22"]}), Receipts)
