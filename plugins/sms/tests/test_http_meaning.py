"""What a described gateway's answers and callbacks mean, and whose callbacks are taken."""

from __future__ import annotations

import hmac
import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from hub.api import (
    Json,
    Malformed,
    Misconfigured,
    OutcomeUnknown,
    Raw,
    ReceiptState,
    Rejected,
    SendError,
    Throttled,
    Unauthenticated,
    Unreachable,
)
from plugins.sms.http import calling, template
from plugins.sms.http.answering import submitted
from plugins.sms.http.reading import Format, Unreadable, document, text_at
from plugins.sms.http.settings import Answering, HttpSettings
from plugins.sms.provider import Heard, OptedOut, Report, Submitted

SIGNED = {"where": "field:sign", "sign": {"template": "{sorted}{key}", "algorithm": "md5"}}
GATEWAY: dict[str, Any] = {
    "ask": {"url": "https://gateway.example/"},
    "secrets": {"key": "s3cret"},
    "heard": {
        "format": "json",
        "each": "data",
        "sender": "mobile",
        "text": "content",
        "id": "msgid",
        "proof": {"where": "header:x-sign", "sign": {"template": "{body}", "algorithm": "hmac-sha1", "key": "{key}"}},
    },
    "reports": {
        "id": "msgid",
        "state": "status",
        "code": "err",
        "delivered": ["DELIVRD"],
        "ignored": ["ACCEPTD"],
        "proof": SIGNED,
    },
}
SETTINGS = HttpSettings.model_validate(GATEWAY)


@pytest.mark.parametrize(
    "sign",
    [
        {"template": "{body}", "key": "{kye}"},
        {"template": "{body}", "key": "{body}"},
        {"template": "{body}", "key": ""},
        {"template": "{body}", "key": "{nothing}"},
        {"template": "{sorted}{kye}", "algorithm": "md5"},
        {"template": "{app}{sorted}", "algorithm": "sha256"},
        {"template": "{kye}", "algorithm": "none"},
        {"template": "", "algorithm": "none"},
    ],
)
def test_a_proof_anybody_could_make_is_not_taken(sign: dict[str, str]) -> None:
    """A name mistyped is filled with nothing, or with what the caller likes."""
    reports = {**GATEWAY["reports"], "proof": {"where": "query:token", "sign": sign}}
    with pytest.raises(ValidationError):
        HttpSettings.model_validate({**GATEWAY, "values": {"app": "1", "nothing": ""}, "reports": reports})


def test_a_secret_is_not_empty() -> None:
    with pytest.raises(ValidationError):
        HttpSettings.model_validate({**GATEWAY, "secrets": {"key": ""}})


def called(action: str, body: str, **more: Json) -> Raw:
    return Raw(body.encode(), {"method": "POST", "action": action, "headers": {}, "query": {}, **more})


@pytest.mark.parametrize(
    ("form", "body"),
    [
        ("json", '{"data": [{"id": 17, "fee": 0.05}], "code": 0}'),
        ("xml", "<r xmlns='urn:x'><code>0</code><data><id>17</id><fee>0.05</fee></data><data/></r>"),
        ("form", "code=0&data.id=x"),
        ("text", "0: 17 0.05"),
    ],
)
def test_an_answer_is_read_in_every_format(form: str, body: str) -> None:
    paths = {
        "json": ("code", "data.0.id"),
        "xml": ("r.code", "r.data.0.id"),
        "form": ("code", ""),
        "text": ("code", "id"),
    }
    code, number = paths[form]
    pattern = "{code}: {id} {fee}" if form == "text" else ""
    answer = Answering(format=Format(form), code=code, id=number, pattern=pattern)
    assert submitted(answer, 200, body.encode(), "own") == Submitted("own" if form == "form" else "17")


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (200, '{"code": 8}', Throttled),
        (200, '{"code": 7}', Misconfigured),
        (400, '{"code": 5}', OptedOut),
        (200, '{"code": 99, "msg": "no"}', Rejected),
        (200, "<html>", OutcomeUnknown),
        (200, '{"other": 0}', OutcomeUnknown),
        (500, "", OutcomeUnknown),
        (502, "<html>", OutcomeUnknown),
        (503, "", Unreachable),
        (401, "", Misconfigured),
        (429, "", Throttled),
        (400, "", Rejected),
    ],
)
def test_a_refusal_is_an_error_of_the_hub(status: int, body: str, error: type[SendError]) -> None:
    answer = Answering(code="code", detail="msg", throttled=["8"], misconfigured=["7"], opted_out=["5"])
    with pytest.raises(SendError) as raised:
        submitted(answer, status, body.encode(), "own")
    assert type(raised.value) is error


def test_texts_are_heard_several_at_once() -> None:
    body = json.dumps(
        {"data": [{"mobile": "13800138000", "content": "TD", "msgid": 1}, {"mobile": "2", "content": ""}]}
    )
    first, second = calling.read(SETTINGS, called("message", body, at="2026-11-22"))
    assert first == Heard("13800138000", "", text="TD", id="1")
    (_, again) = calling.read(SETTINGS, called("message", body, at="2026-11-23"))
    assert isinstance(second, Heard) and isinstance(again, Heard) and second.sender == "2"
    assert second.id != again.id, "without an id of its own a text is named by when it came"


def test_a_text_may_be_octets_of_utf_16() -> None:
    """As Kannel has it in an address: every second octet of plain letters is a NUL."""
    heard = {"format": "query", "sender": "from", "text": "text", "unicode_where": "coding=2", "networks": ["::/0"]}
    settings = HttpSettings.model_validate({"ask": {"url": "http://x/"}, "heard": heard})
    url = "http://hub/c/sms/1/message?from=1&id=&coding=2&text=%60%A8Y%7D%00+%00%26%00+%00%3C%00b"
    (found,) = calling.read(settings, called("message", "", method="GET", url=url))
    assert isinstance(found, Heard) and found.text == "您好 & <b"


@pytest.mark.parametrize(("word", "state"), [("DELIVRD", "DELIVERED"), ("MK:0001", "FAILED"), ("ACCEPTD", "")])
def test_a_word_is_a_state(word: str, state: str) -> None:
    found = list(calling.read(SETTINGS, called("status", f"msgid=7&status={word}&err=X1")))
    if not state:
        assert found == []
        return
    (report,) = found
    assert isinstance(report, Report) and (report.refers_to, report.state) == ("7", ReceiptState[state])
    assert report.code == ("X1" if state == "FAILED" else "")


def test_a_callback_proves_who_it_is_from() -> None:
    body = '{"data": []}'
    good = template.FILTERS["md5"]("msgid=7&status=DELIVRDs3cret")
    calling.authenticate(SETTINGS, called("status", f"status=DELIVRD&msgid=7&sign={good}"))
    calling.authenticate(SETTINGS, called("message", body, headers={"x-sign": _hmac(body)}))
    forged = [
        called("status", f"status=UNDELIV&msgid=7&sign={good}"),
        called("status", "status=DELIVRD&msgid=7"),
        called("message", body + " ", headers={"x-sign": _hmac(body)}),
        called("message", body),
        called("another", body),
    ]
    for raw in forged:
        with pytest.raises(Unauthenticated):
            calling.authenticate(SETTINGS, raw)


def test_a_callback_may_be_known_by_where_it_comes_from() -> None:
    heard = {"sender": "from", "text": "text", "networks": ["203.0.113.0/24"]}
    settings = HttpSettings.model_validate({"ask": {"url": "http://x/"}, "heard": heard})
    calling.authenticate(settings, called("message", "", client="203.0.113.7"))
    for client in ("203.0.114.7", "", "::1"):
        with pytest.raises(Unauthenticated):
            calling.authenticate(settings, called("message", "", client=client))
    with pytest.raises(ValidationError, match="anybody could write"):
        HttpSettings.model_validate({"ask": {"url": "http://x/"}, "heard": {**heard, "networks": []}})


@given(body=st.binary(max_size=300), form=st.sampled_from(Format), path=st.text(max_size=10))
def test_whatever_is_written_is_a_document_or_none(body: bytes, form: Format, path: str) -> None:
    for each in (body, b'{"a":' + body + b"}", b"<a>" + body + b"</a>"):
        try:
            text_at(document(each, form), path)
        except Unreadable:
            continue


@given(body=st.binary(max_size=200), action=st.sampled_from(["message", "status", ""]))
def test_whatever_is_called_is_read_or_malformed_and_never_let_in(body: bytes, action: str) -> None:
    raw = Raw(body, {"method": "POST", "action": action})
    with suppress(Malformed):
        list(calling.read(SETTINGS, raw))
    with pytest.raises(Unauthenticated):
        calling.authenticate(SETTINGS, raw)


@pytest.mark.parametrize(
    "body", ['<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', "<a>" * 3000 + "</a>" * 3000, "<a>" + "x" * 300_000 + "</a>"]
)
def test_xml_that_is_made_to_hurt_is_not_read(body: str) -> None:
    with pytest.raises(Unreadable):
        document(body.encode(), Format.XML)


def _hmac(body: str) -> str:
    return hmac.new(b"s3cret", body.encode(), "sha1").hexdigest()
