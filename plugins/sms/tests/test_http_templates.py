"""Templates: they say values and nothing else, and what is wrong with one is said before it is used."""

from __future__ import annotations

import json
from urllib.parse import parse_qsl, urlsplit
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from plugins.sms.http import template
from plugins.sms.http.asking import asked
from plugins.sms.http.pattern import values_in
from plugins.sms.http.settings import HttpSettings
from plugins.sms.http.template import TemplateError

NASTY = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=30)


def test_a_template_says_values() -> None:
    read = template.read("{{{to|digits}}} {text|upper|url} {nothing}")
    assert read.filled({"to": "+8613800138000", "text": "a b"}) == "{8613800138000} A%20B "
    assert read.names == {"to", "text", "nothing"}


@pytest.mark.parametrize(
    ("text", "words", "position"),
    [
        ("hello {to", "other half", 6),
        ("}", "other half", 0),
        ("{}", "nothing is called", 0),
        ("{to.__class__}", "nothing is called", 0),
        ("{to[0]}", "nothing is called", 0),
        ("{to!r}", "nothing is called", 0),
        ("{1+1}", "nothing is called", 0),
        ("ab {secret}", "there are text, to", 3),
        ("{to|eval}", "no filter “eval”", 0),
        ("x" * 4001, "4000 characters", 4000),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text: str, words: str, position: int) -> None:
    with pytest.raises(TemplateError, match=words) as raised:
        template.read(text, {"to", "text"})
    assert raised.value.position == position


@given(text=st.text(max_size=60), value=st.text(max_size=20))
def test_any_text_is_a_template_or_is_not(text: str, value: str) -> None:
    try:
        read = template.read(text, {"to"})
    except TemplateError:
        return
    read.filled({"to": value})


@given(code=st.text("0123456789", min_size=1, max_size=5), detail=NASTY)
def test_a_pattern_is_a_template_read_backwards(code: str, detail: str) -> None:
    read = template.read("{code}: {detail}!")
    found = values_in(read, read.filled({"code": code, "detail": detail}))
    assert found == {"code": code, "detail": detail.partition("!")[0]}


def gateway(**ask: object) -> HttpSettings:
    described = {"ask": {"url": "https://gateway.example/send", **ask}, "secrets": {"key": "s3cret"}}
    return HttpSettings.model_validate(described)


@given(text=NASTY)
def test_no_text_can_leave_its_place(text: str) -> None:
    """What a customer's agent writes stays one value: of the address, of a form, of JSON, of XML, of a header."""
    about = {"text": text, "to": "+86138"}
    got = asked(gateway(method="GET", url="https://gateway.example/{text}/x?to={to}", query={"t": "{text}"}), about)
    parts = urlsplit(got.url)
    assert parts.netloc == "gateway.example" and parts.path.count("/") == 2
    assert dict(parse_qsl(parts.query, keep_blank_values=True)) == {"to": "+86138", "t": text}
    form = asked(gateway(form={"t": "{text}", "to": "{to}"}), about).body.decode()
    assert dict(parse_qsl(form, keep_blank_values=True)) == {"t": text, "to": "+86138"}
    document = asked(gateway(document={"a": [{"t": "{text}", "n": 1}]}), about).body
    assert json.loads(document) == {"a": [{"t": text, "n": 1}]}
    xml = asked(gateway(content="<m to='{to}'>{text}</m>"), about).body.decode()
    assert (ElementTree.fromstring(xml).text or "") == text
    header = asked(gateway(headers={"x-text": "{text}\r\nx-evil: 1"}), about).headers["x-text"]
    assert "\n" not in header and "\r" not in header


def test_a_request_is_signed_over_its_sorted_fields() -> None:
    """The style of many Chinese gateways: MD5 in capitals over a=1&b=2 and the key."""
    sign = {"template": "{sorted}&key={key}", "algorithm": "md5", "encoding": "HEX"}
    about = {"to": "13800138000", "timestamp": "1764000000"}
    got = asked(gateway(form={"to": "{to}", "at": "{timestamp}", "none": "", "sign": "{signature}"}, sign=sign), about)
    told = dict(parse_qsl(got.body.decode(), keep_blank_values=True))
    wanted = template.FILTERS["md5"]("at=1764000000&to=13800138000&key=s3cret").upper()
    assert told == {"to": "13800138000", "at": "1764000000", "none": "", "sign": wanted}


def test_a_body_is_signed_in_a_header() -> None:
    """RFC 2104 over the octets that travel; checked against a digest made with openssl."""
    sign = {"template": "{body}", "algorithm": "hmac-sha256", "key": "{key}"}
    got = asked(gateway(document={"to": "{to}"}, headers={"x-sign": "{signature}"}, sign=sign), {"to": "1"})
    assert got.body == b'{"to": "1"}'
    assert got.headers["x-sign"] == "585c9009f30e13aab8d7d5be46393c5a9976ddb6b1add8be79f6f2edd0242fa9"


@pytest.mark.parametrize(
    "ask",
    [
        {"form": {"a": "{nobody}"}},
        {"document": {"a": {"b": ["{to|no}"]}}},
        {"form": {"a": "1"}, "content": "x"},
        {"sign": {"template": "{to"}},
        {"headers": {"a": "}"}},
    ],
)
def test_a_wrong_description_is_not_taken(ask: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        gateway(**ask)


def test_a_request_is_signed_as_alibaba_cloud_publishes() -> None:
    """The worked example of its documentation of SendSms, with the signature that stands there."""
    query = {
        "AccessKeyId": "testId",
        "Action": "SendSms",
        "Format": "XML",
        "OutId": "{id}",
        "PhoneNumbers": "{to|national}",
        "RegionId": "cn-hangzhou",
        "SignName": "阿里云短信测试专用",
        "SignatureMethod": "HMAC-SHA1",
        "SignatureNonce": "{nonce}",
        "SignatureVersion": "1.0",
        "TemplateCode": "SMS_71390007",
        "TemplateParam": '{{"customer":"{text|json}"}}',
        "Timestamp": "{iso}",
        "Version": "2017-05-25",
        "Signature": "{signature}",
    }
    signed = {"template": "GET&%2F&{sorted_url|url}", "algorithm": "hmac-sha1", "key": "{key}&", "encoding": "base64"}
    ask = {"method": "GET", "url": "http://x/", "query": query, "sign": signed}
    settings = HttpSettings.model_validate({"ask": ask, "secrets": {"key": "testSecret"}})
    moment = {"nonce": "45e25e9b-0a6f-4070-8c85-2956eda1b466", "iso": "2017-07-12T02:42:19Z"}
    about = {"id": "123", "to": "+8615300000001", "text": "test"}
    got = asked(settings, {**moment, **about})
    assert dict(parse_qsl(urlsplit(got.url).query))["Signature"] == "zJDF+Lrzhj/ThnlvIToysFRq6t4="
