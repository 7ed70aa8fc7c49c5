"""What Twilio's webhooks and the answers of its API mean."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.api import (
    Attachment,
    Malformed,
    Misconfigured,
    OutcomeUnknown,
    Raw,
    ReceiptState,
    Rejected,
    SendError,
    Throttled,
    TooLarge,
    Unreachable,
)
from plugins.sms.provider import Heard, OptedOut, Report
from plugins.sms.twilio import meaning
from plugins.sms.twilio.errors import send_error

TEXT = {"MessageSid": "SM1", "From": "+8613800138000", "To": "+18005551212", "Body": "你好"}


def posted(action: str, **fields: str) -> Raw:
    return Raw(urlencode(fields).encode(), {"method": "POST", "action": action})


def test_a_text_is_heard() -> None:
    assert meaning.read(posted("message", **TEXT)) == [Heard("+8613800138000", "+18005551212", text="你好", id="SM1")]


def test_a_text_of_pictures_alone_waits_for_them() -> None:
    fields = {
        **TEXT,
        "Body": "",
        "NumMedia": "1",
        "MediaUrl0": "https://api.twilio.com/x",
        "MediaContentType0": "image/png",
    }
    assert meaning.read(posted("message", **fields)) == []
    files = [Attachment("1.png", "image/png", b"\x89PNG")]
    (heard,) = meaning.read(Raw(meaning.fetched(fields, files), {"action": "media"}))
    assert isinstance(heard, Heard) and heard.attachments == tuple(files) and heard.id == "SM1/media"


def test_pictures_nobody_could_fetch_leave_a_mark() -> None:
    (heard,) = meaning.read(Raw(meaning.fetched(TEXT, []), {"action": "media"}))
    assert isinstance(heard, Heard) and heard.text == meaning.NOT_FETCHED


@pytest.mark.parametrize(
    ("status", "state"),
    [("sent", "SENT"), ("delivered", "DELIVERED"), ("read", "READ"), ("undelivered", "FAILED"), ("failed", "FAILED")],
)
def test_a_status_is_a_report(status: str, state: str) -> None:
    (report,) = meaning.read(posted("status", MessageSid="SM1", MessageStatus=status, ErrorCode="30003", To="+86"))
    assert isinstance(report, Report) and report.state is ReceiptState[state] and report.refers_to == "SM1"
    assert (report.code, bool(report.detail)) == (("30003", True) if state == "FAILED" else ("", False))


@pytest.mark.parametrize("status", ["queued", "accepted", "sending", "", "whatever comes next"])
def test_a_status_before_anything_happened_says_nothing(status: str) -> None:
    assert meaning.read(posted("status", MessageSid="SM1", MessageStatus=status)) == []


@pytest.mark.parametrize("action", ["message", "status"])
def test_what_names_no_text_is_kept_for_a_person(action: str) -> None:
    with pytest.raises(Malformed):
        meaning.read(posted(action, Body="x"))


@given(body=st.binary(max_size=300), action=st.sampled_from(["message", "status", "media", ""]))
def test_whatever_is_posted_is_read_or_malformed(body: bytes, action: str) -> None:
    for each in (
        body,
        b"MessageSid=SM1&From=1&NumMedia=" + body,
        b'{"MessageSid":1,"From":2,"To":3,"files":[' + body + b"]}",
    ):
        try:
            meaning.read(Raw(each, {"method": "POST", "action": action}))
        except Malformed:
            continue


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (400, 21211, Rejected),
        (400, 21610, OptedOut),
        (400, 21606, Misconfigured),
        (400, 21617, TooLarge),
        (401, 20003, Misconfigured),
        (429, 20429, Throttled),
        (429, None, Throttled),
        (503, None, Unreachable),
        (500, 20500, OutcomeUnknown),
        (400, 99999, Rejected),
    ],
)
def test_a_refusal_is_an_error_of_the_hub(status: int, code: int | None, error: type[SendError]) -> None:
    assert type(send_error(status, code, "as Twilio says")) is error
