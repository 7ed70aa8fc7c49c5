"""Small rules of a call: when keys are an answer, who calls, why it ended, what those who wait are told."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sipmessage import Request

from hub.api import Cause, Choice, Conversation, EstimatedWait
from plugins.sip.calls.keys import Collector, Expected
from plugins.sip.calls.states import TRANSITIONS, CallState
from plugins.sip.lines.announcing import words
from plugins.sip.tests.test_transactions import answer
from plugins.sip.tests.test_transactions import request as asking
from plugins.sip.transport.framing import Framing, Unframed
from plugins.sip.wire import causes
from plugins.sip.wire.message import read, refusal
from plugins.sip.wire.numbers import as_uri, called, caller, diverted_by

MENU = {"choices": [{"key": "1", "label": "A"}, {"key": "2", "label": "B"}]}
SERIAL = {"entry": {"kind": "DIGITS", "longest": 4, "terminator": "#", "pause": 3.0}}


def pressed(fields: dict[str, Any], keys: str) -> list[str]:
    collector = Collector()
    if expected := Expected.of(fields):
        collector.expect(expected)
    return [collector.press(key, float(at)) for at, key in enumerate(keys)]


def test_one_key_answers_a_menu() -> None:
    assert pressed(MENU, "2") == ["2"]


def test_a_key_that_is_no_choice_is_an_answer_too_for_the_flow_to_judge() -> None:
    assert pressed(MENU, "7") == ["7"]


def test_longer_choices_wait_for_their_second_key() -> None:
    fields = {"choices": [{"key": "1"}, {"key": "12"}]}
    assert pressed(fields, "12") == ["", "12"]


@pytest.mark.parametrize(("keys", "answers"), [("12#", ["", "", "12"]), ("1234", ["", "", "", "1234"]), ("#", [""])])
def test_digits_end_with_their_terminator_or_when_all_are_there(keys: str, answers: list[str]) -> None:
    assert pressed(SERIAL, keys) == answers


def test_a_pause_ends_an_entry() -> None:
    collector = Collector()
    expected = Expected.of(SERIAL)
    assert expected is not None
    collector.expect(expected)
    collector.press("1", 10.0)
    assert (collector.due, collector.tick(12.9), collector.tick(13.0)) == (13.0, "", "1")


@given(st.text("0123456789*#ABCD", max_size=30))
def test_no_key_is_told_twice_and_none_is_made_up(keys: str) -> None:
    told = "".join(pressed(SERIAL, keys))
    assert keys.replace("#", "").startswith(told)


def invite(*headers: str, to: str = "+861058880000") -> Request:
    lines = [
        f"INVITE sip:{to}@hub SIP/2.0", "Via: SIP/2.0/UDP h;branch=z9hG4bK1", "To: <sip:b@h>", "Call-ID: 1",
        "CSeq: 1 INVITE", *headers, "", "",
    ]  # fmt: skip
    message = read("\r\n".join(lines).encode())
    assert isinstance(message, Request)
    return message


def test_an_asserted_identity_goes_before_from() -> None:
    request = invite("From: <sip:x@h>;tag=1", "P-Asserted-Identity: Wang <sip:+8613800138000@h>")
    assert caller(request) == ("+8613800138000", "Wang")


@pytest.mark.parametrize("header", ["Privacy: id", "Privacy: header;ID"])
def test_who_asks_for_privacy_has_it(header: str) -> None:
    assert caller(invite("From: <sip:1@h>;tag=1", "P-Asserted-Identity: <sip:+861@h>", header)) == ("", "")


def test_anonymous_is_nobody_and_a_diversion_names_who_was_dialled() -> None:
    assert caller(invite("From: Anonymous <sip:anonymous@anonymous.invalid>;tag=1")) == ("", "")
    assert diverted_by(invite("From: <sip:1@h>;tag=1", "Diversion: <sip:+86400@h>;reason=unconditional")) == "+86400"


def test_parameters_in_the_user_part_are_no_part_of_the_number() -> None:
    assert called(invite("From: <sip:1@h>;tag=1", to="+8610;phone-context=x")) == "+8610"


@pytest.mark.parametrize("number", ["", "+", "12a", "1@evil", "１２"])
def test_only_numbers_are_dialled(number: str) -> None:
    with pytest.raises(ValueError, match=r"number|valid"):
        as_uri(number, "192.0.2.1:5060")


@pytest.mark.parametrize(
    ("code", "reason", "cause"),
    [
        (486, "", Cause.BUSY), (404, "", Cause.UNREACHABLE), (480, "", Cause.NO_ANSWER), (603, "", Cause.REJECTED),
        (500, "", Cause.FAILED), (403, "Q.850;cause=21", Cause.REJECTED), (404, "Q.850 ;cause=34", Cause.FAILED),
        (404, 'Q.850;text="x";cause=17', Cause.BUSY), (486, "SIP;cause=200", Cause.BUSY),
    ],
)  # fmt: skip
def test_a_q850_cause_says_it_better_than_the_status(code: int, reason: str, cause: Cause) -> None:
    response = answer(code)
    if reason:
        response.headers.add("Reason", reason)
    assert causes.of_refusal(code, response) is cause


def test_every_state_of_a_leg_can_end_and_the_last_cannot_be_left() -> None:
    assert all(CallState.RELEASED in after for state, after in TRANSITIONS.items() if state is not CallState.RELEASED)
    assert TRANSITIONS[CallState.RELEASED] == frozenset() and set(TRANSITIONS) == set(CallState)


@pytest.mark.parametrize(
    ("ahead", "wait", "language", "said"),
    [
        (0, None, "en", "You are next."),
        (1, EstimatedWait(30, 90), "en", "There is one caller before you. We expect to answer in less than 2 minutes."),
        (3, EstimatedWait(120, 300), "en", "There are 3 callers before you. We expect to answer in 2 to 5 minutes."),
        (9, EstimatedWait(7200, None), "zh", "您前面还有9位。 可能需要等待120分钟以上。"),
        (None, None, "zh", ""),
    ],
)
def test_who_waits_is_told_their_place(ahead: int | None, wait: EstimatedWait | None, language: str, said: str) -> None:
    waiting = Conversation(1, "QUEUED", "t", "", ahead, "", (), wait)
    assert words(waiting, language) == said


@pytest.mark.parametrize(
    ("language", "labels", "place", "said"),
    [
        ("en", ("Leave a message", "Hear our hours"), True, "You are next. Press 1 to leave a message."),
        ("zh", ("留言", "营业时间"), False, "留言请按1。"),
    ],
)
def test_who_waits_is_told_what_a_key_does(language: str, labels: tuple[str, str], place: bool, said: str) -> None:
    choices = (Choice("1", labels[0]), Choice("hours", labels[1]))  # a phone has no key of this name
    assert words(Conversation(1, "QUEUED", "t", "", 0, "", (), choices=choices), language, place) == said


def test_what_is_pressed_while_a_recording_is_asked_for_is_no_answer() -> None:
    assert pressed({"entry": {"kind": "RECORDING"}}, "1#") == ["", ""]


STREAM = b"".join(
    b"OPTIONS sip:a SIP/2.0\r\nContent-Length: %d\r\n\r\n%s" % (size, b"x" * size) for size in (0, 5, 300)
)


@given(st.lists(st.integers(1, 200), max_size=12))
def test_a_stream_gives_the_same_messages_however_it_is_cut(cuts: list[int]) -> None:
    framing, found, at = Framing(), [], 0
    for cut in [*cuts, len(STREAM)]:
        found += framing.feed(STREAM[at : at + cut])
        at += cut
    assert [len(message.partition(b"\r\n\r\n")[2]) for message in found] == [0, 5, 300]


@pytest.mark.parametrize(
    "head", [b"A b SIP/2.0\r\n\r\n", b"A b SIP/2.0\r\nl: 1\r\nContent-Length: 2\r\n\r\n", b"x" * 70_000]
)
def test_a_stream_that_lost_its_place_is_given_up(head: bytes) -> None:
    with pytest.raises(Unframed):
        Framing().feed(head)


def test_a_ping_between_messages_is_told() -> None:
    assert Framing().feed(b"\r\n\r\n") == [b""]


@pytest.mark.parametrize(("method", "left", "status"), [("INVITE", 0, 483), ("INVITE", 1, None), ("OPTIONS", 0, None)])
def test_a_call_that_has_gone_round_long_enough_is_not_taken(method: str, left: int, status: int | None) -> None:
    made = asking(method)
    made.headers.set("Max-Forwards", str(left))
    found = refusal(made, frozenset((method,)), frozenset())
    assert (found and found.status) == status
