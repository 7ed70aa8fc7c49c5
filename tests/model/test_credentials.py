"""Passwords and keys that came with an input are not kept; what proves who sent it is."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.api import Json, Raw
from hub.model.credentials import NOT_KEPT, without_credentials


def kept(**meta: Any) -> dict[str, Json]:
    return dict(without_credentials(Raw(b"body", meta)).meta)


@pytest.mark.parametrize(
    ("name", "value", "stored"),
    [
        ("authorization", "Bearer s3cret", f"Bearer {NOT_KEPT}"),
        ("authorization", "Basic dTpw", f"Basic {NOT_KEPT}"),
        ("authorization", "s3cret", NOT_KEPT),
        ("authorization", "s3 cret", NOT_KEPT),
        ("Proxy-Authorization", "basic dTpw", f"basic {NOT_KEPT}"),
        ("authorization", 'Digest username="u", response="6629"', 'Digest username="u", response="6629"'),
        ("authorization", "AWS4-HMAC-SHA256 Signature=fe5f80", "AWS4-HMAC-SHA256 Signature=fe5f80"),
        ("cookie", "session=1", NOT_KEPT),
        ("x-api-key", "s3cret", NOT_KEPT),
        ("X-Auth-Token", "s3cret", NOT_KEPT),
        ("x-client-secret", "s3cret", NOT_KEPT),
        ("x-twilio-signature", "0/KCTR6DLpKmkAf8muzZqo1nDgQ=", "0/KCTR6DLpKmkAf8muzZqo1nDgQ="),
        ("hub-signature", "t=1,v1=ab", "t=1,v1=ab"),
        ("content-type", "text/plain", "text/plain"),
        ("x-timestamp", "1700000000", "1700000000"),
    ],
)
def test_a_header_is_kept_unless_it_is_a_credential(name: str, value: str, stored: str) -> None:
    assert kept(headers={name: value}) == {"headers": {name: stored}}


def test_a_password_in_the_query_is_gone_from_the_address_too() -> None:
    url = "https://hub.test/c/sms/106900/report?user=shop&pass%77ord=s3cret&sign=ab12&to=%2B86#x"
    found = kept(url=url, query={"user": "shop", "password": "s3cret", "sign": "ab12"}, client="192.0.2.1")
    assert found["query"] == {"user": "shop", "password": NOT_KEPT, "sign": "ab12"}
    assert found["url"] == url.replace("s3cret", NOT_KEPT)
    assert found["client"] == "192.0.2.1"


@pytest.mark.parametrize(("name", "secret"), [
    ("token", True), ("access_token", True), ("client-auth-token", True),
    ("message_token", False), ("tokens", False), ("msgid", False),
])  # fmt: skip
def test_a_token_in_the_query_may_be_the_name_of_a_message(name: str, secret: bool) -> None:
    found = kept(query={name: "7"}, url=f"https://hub.test/c/sms?{name}=7")
    assert (found["query"] == {name: NOT_KEPT}) == secret == (NOT_KEPT in str(found["url"]))


def test_what_has_no_credentials_is_the_very_same() -> None:
    raw = Raw(b"mail", {"from": "a@b.test", "to": ["c@d.test"], "headers": "none", "url": 5})
    assert without_credentials(raw) is raw


_TOLD = st.sampled_from(["a", "Basic x y", "digest", "?token=1&a=2", "", "\0"]) | st.none() | st.integers(0, 9)
_NAMES = st.sampled_from(["authorization", "Cookie", "x-api-key", "a", ""])


@given(st.dictionaries(st.sampled_from(["headers", "query", "url"]), _TOLD | st.dictionaries(_NAMES, _TOLD)))
def test_it_is_total_and_once_is_enough(meta: dict[str, Any]) -> None:
    once = without_credentials(Raw(b"", meta))
    assert without_credentials(once) == once
