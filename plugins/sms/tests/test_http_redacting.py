"""A shared word by which a gateway proves its callbacks is not stored with them; what the customer says is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.api import Json, Raw, Unauthenticated
from plugins.sms.http import calling, redacting
from plugins.sms.http.settings import HttpSettings
from plugins.sms.provider import Heard
from plugins.sms.tests.test_http_meaning import GATEWAY, SETTINGS

WORD = {"sign": {"template": "{key}", "algorithm": "none"}}
OPEN = [
    ("header:x-key", "form", b"mobile=1&content=s3cret", {"headers": {"x-key": "s3cret", "host": "h"}}),
    ("query:key", "form", b"mobile=1&content=Hi", {"query": {"key": "s3cret"}, "url": "https://h/c?a=1&key=s3cret"}),
    ("field:key", "form", b"key=s3cret&mobile=1&content=my+s3cret", {}),
    ("field:key", "json", b'{"mobile": "1", "key": "s3cret", "content": "my s3cret"}', {}),
]


@pytest.mark.parametrize(("where", "form", "body", "meta"), OPEN, ids=[f"{each[0]}-{each[1]}" for each in OPEN])
def test_a_shared_word_is_not_kept(where: str, form: str, body: bytes, meta: dict[str, Json]) -> None:
    heard = {"format": form, "sender": "mobile", "text": "content", "proof": {"where": where, **WORD}}
    settings = HttpSettings.model_validate({**GATEWAY, "heard": heard})
    raw = Raw(body, {"action": "message", "method": "POST", **meta})
    calling.authenticate(settings, raw)
    kept = redacting.without_word(settings, raw)
    with pytest.raises(Unauthenticated):
        calling.authenticate(settings, kept)
    before, after = (next(calling.read(settings, each)) for each in (raw, kept))
    assert isinstance(before, Heard) and isinstance(after, Heard)
    assert (before.sender, before.text) == (after.sender, after.text), "what the customer says is theirs"
    assert "key=s3cret" not in str(kept.meta.get("url", ""))


def test_a_signature_is_kept() -> None:
    raw = Raw(b"{}", {"action": "message", "headers": {"x-sign": "abc"}})
    assert redacting.without_word(SETTINGS, raw) is raw
    assert redacting.without_word(SETTINGS, Raw(b"", {"action": "else"})).body == b""


@given(body=st.binary(max_size=80))
def test_whatever_comes_can_be_kept(body: bytes) -> None:
    heard = {"format": "form", "sender": "a", "text": "b", "proof": {"where": "field:key", **WORD}}
    settings = HttpSettings.model_validate({**GATEWAY, "heard": heard})
    assert isinstance(redacting.without_word(settings, Raw(body, {"action": "message"})).body, bytes)
