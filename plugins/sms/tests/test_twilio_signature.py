"""Who is Twilio: its own published vectors, and every one of them altered."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr, ValidationError
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]  # does not say it has types

from plugins.sms.twilio.settings import TwilioSettings
from plugins.sms.twilio.signature import is_signed, signature

CORPUS = Path(__file__).parents[3].parent / "shared" / "corpus" / "sms-twilio" / "vectors.json"
here = pytest.mark.skipif(not CORPUS.is_file(), reason="the shared corpora (../shared/corpus) are not here")
FOUND: dict[str, Any] = json.loads(CORPUS.read_text()) if CORPUS.is_file() else {"vectors": [], "negatives_derived": []}
URL = "https://hub.example/c/sms/+18005551212/message"
WORD = st.text(st.characters(codec="utf-8"), max_size=12)


@here
@pytest.mark.parametrize("vector", FOUND["vectors"] + FOUND["negatives_derived"], ids=lambda vector: str(vector["id"]))
def test_a_vector_is_judged_as_its_source_says(vector: dict[str, Any]) -> None:
    fields = [(str(name), str(value)) for name, value in vector.get("params") or []]
    body = vector.get("body", urlencode(fields)).encode()
    assert is_signed(FOUND["auth_token"], vector["signature"], [vector["url"]], fields, body) is vector["valid"]


@given(fields=st.dictionaries(WORD, WORD, max_size=5))
def test_twilios_own_library_signs_the_same(fields: dict[str, str]) -> None:
    theirs = RequestValidator("a token").compute_signature(URL, fields)
    assert signature("a token", URL, list(fields.items())) == theirs
    assert is_signed("a token", theirs, [URL], list(fields.items()))
    assert not is_signed("another", theirs, [URL], list(fields.items()))


def test_an_empty_token_signs_nothing() -> None:
    assert not is_signed("", signature("", URL), [URL], [])
    with pytest.raises(ValidationError):
        TwilioSettings(account_sid="AC1", auth_token=SecretStr(""), api_key_sid="SK", api_key_secret=SecretStr("x"))


@given(url=st.text(max_size=30), signed=st.text(max_size=30))
def test_no_address_and_no_signature_can_hurt(url: str, signed: str) -> None:
    assert not is_signed("a token", signed, [url, URL], [("a", "b")])
