"""Origins, rates, forms and cards: the rules that need no house."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from plugins.web_chat import form
from plugins.web_chat.cards import card
from plugins.web_chat.origins import allowed
from plugins.web_chat.rates import Bucket, Buckets, Rate, take
from plugins.web_chat.settings import WebChatAccount
from plugins.web_chat.visitors import Visitor

# --- origins ----------------------------------------------------------------------------------------------------------

LISTED = ["https://shop.example", "https://*.shop.cn", "self"]


@pytest.mark.parametrize(
    "origin",
    ["https://shop.example", "HTTPS://Shop.Example", "https://www.shop.cn", "https://a.b.shop.cn", "http://hub"],
)
def test_a_listed_page_may_embed_the_widget(origin: str) -> None:
    assert allowed(LISTED, {"origin": origin, "host": "hub"})


@pytest.mark.parametrize(
    "origin",
    [
        "http://shop.example", "https://shop.example.evil.test", "https://shop.example:444", "https://evil-shop.cn",
        "https://shop.cn", "https://evil.test#.shop.cn", "https://evil.test/.shop.cn", "null", "https://hub.evil.test",
    ],
)  # fmt: skip
def test_any_other_page_may_not(origin: str) -> None:
    assert not allowed(LISTED, {"origin": origin, "host": "hub"})


def test_a_program_without_a_page_is_no_web_page() -> None:
    assert allowed(LISTED, {"host": "hub"})


def test_an_origin_that_is_none_is_a_mistake_in_the_settings() -> None:
    for wrong in ("shop.example", "https://", "ftp://x", "https://shop.example/path", "https://a*b.cn"):
        with pytest.raises(ValidationError):
            WebChatAccount(origins=(wrong,))


# --- rates ------------------------------------------------------------------------------------------------------------


@given(st.integers(1, 600), st.lists(st.floats(0, 120), max_size=60))
def test_never_more_pass_than_the_burst_and_the_rate_allow(per_minute: int, gaps: list[float]) -> None:
    rate, bucket, now, passed = Rate.of(per_minute), None, 1000.0, 0
    for gap in gaps:
        now += gap
        bucket, wait = take(bucket, rate, now)
        passed += wait == 0.0
    assert passed <= rate.burst + (now - 1000.0) * per_minute / 60 + 1e-6


@given(st.floats(0, 0.999), st.integers(1, 600))
def test_who_waits_as_long_as_told_may_pass(tokens: float, per_minute: int) -> None:
    rate = Rate.of(per_minute)
    bucket, wait = take(Bucket(tokens, 0.0), rate, 0.0)
    assert take(bucket, rate, wait + 1e-6)[1] == 0.0


def test_buckets_are_forgotten_oldest_first_and_each_is_its_own() -> None:
    buckets = Buckets(most=2)
    rate = Rate(1, 1)
    assert [buckets.take("say", who, rate, 0.0) for who in ("a", "b", "a")] == [0.0, 0.0, 60.0]
    assert buckets.take("say", "c", rate, 0.0) == 0.0
    assert buckets.take("say", "b", rate, 0.0) == 0.0, "b was forgotten, and is full again"


def test_no_limit_is_no_limit() -> None:
    buckets = Buckets()
    assert not any(buckets.take("say", "a", Rate.of(0), 0.0) for _ in range(1000))


# --- the form ---------------------------------------------------------------------------------------------------------

ASKED = WebChatAccount.model_validate(
    {
        "form": [
            {"kind": "name", "required": True},
            {"kind": "tel", "key": "mobile"},
            {"kind": "mailto", "required": True},
            {"kind": "choice", "key": "topic", "choices": ["Order", "Repair"], "required": True},
            {"kind": "text", "key": "order_number"},
        ]
    }
)
STRANGER = Visitor("x", 1)
GOOD = {"name": "王小明", "mailto": "w@example.cn", "topic": "Repair", "mobile": "138 0013 8000"}


def test_nothing_is_owed_when_all_is_answered() -> None:
    assert form.owed(ASKED, STRANGER, GOOD) == []


@pytest.mark.parametrize(
    ("name", "answer"),
    [("name", ""), ("mailto", "w@"), ("mailto", ""), ("topic", "Bribe"), ("topic", ""), ("mobile", "call me")],
)
def test_what_is_missing_or_wrong_is_asked_again(name: str, answer: str) -> None:
    assert form.owed(ASKED, STRANGER, {**GOOD, name: answer}) == [name]


def test_what_the_shop_vouches_for_is_not_asked() -> None:
    known = Visitor("x", 1, "4711", "Wang", "w@example.cn")
    assert form.owed(ASKED, known, {"topic": "Order"}) == []


def test_answers_reach_the_core_under_its_own_names_and_strangers_keys_do_not() -> None:
    said = form.profile(ASKED, STRANGER, {**GOOD, "order_number": "A-1", "admin": "yes", "verified": "mailto"})
    assert said == {
        "name": "王小明", "tel": "138 0013 8000", "mailto": "w@example.cn", "topic": "Repair", "order_number": "A-1",
    }  # fmt: skip


def test_what_the_shop_vouched_for_outweighs_what_was_typed_and_is_marked_verified() -> None:
    said = form.profile(ASKED, Visitor("x", 1, "4711", "Wang", "w@shop.cn"), {"mailto": "evil@x.cn", "mobile": "10086"})
    assert said == {
        "name": "Wang", "mailto": "w@shop.cn", "tel": "10086", "shop_customer": "4711", "verified": ["mailto"],
    }  # fmt: skip


@pytest.mark.parametrize(
    "fields",
    [
        [{"kind": "text"}],
        [{"kind": "choice", "key": "topic"}],
        [{"kind": "text", "key": "a", "choices": ["x"]}],
        [{"kind": "name"}, {"kind": "text", "key": "name"}],
        [{"kind": "text", "key": "Bad Key"}],
    ],
)
def test_a_form_that_makes_no_sense_is_a_mistake_in_the_settings(fields: list[dict[str, object]]) -> None:
    with pytest.raises(ValidationError):
        WebChatAccount.model_validate({"form": fields})


# --- cards ------------------------------------------------------------------------------------------------------------


def test_a_card_leads_to_its_address_or_to_the_first_link_in_the_text() -> None:
    assert card("", {"url": "https://a.test/x", "title": " T "}) == {
        "url": "https://a.test/x", "mode": "link", "title": "T",
    }  # fmt: skip
    assert card("see https://a.test/y please", {"mode": "page"}) == {"url": "https://a.test/y", "mode": "page"}


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "https://a b", "//a.test", "", 7])
def test_a_card_never_leads_anywhere_else(url: str | int) -> None:
    assert card("", {"url": url}) is None
