"""Visitor ids and customers' signatures: only what we, or the shop, made is believed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.web_chat.visitors import SIGNED_FOR, Forged, Visitor, Visitors, sign, vouched

KEY, OTHER = b"k" * 32, b"o" * 32
NOW = 1_790_000_000


def test_a_token_is_read_back_by_the_account_that_gave_it() -> None:
    visitors = Visitors(KEY)
    visitor = visitors.customer(3, "c-7", "王小明", "wang@example.cn")
    assert visitors.read(visitors.token(visitor), 3) == visitor


def test_a_token_of_another_account_or_another_hub_is_forged() -> None:
    token = Visitors(KEY).token(Visitors(KEY).new(3))
    for visitors, account in ((Visitors(KEY), 4), (Visitors(OTHER), 3)):
        with pytest.raises(Forged):
            visitors.read(token, account)


@given(st.data())
def test_a_token_with_one_letter_changed_is_forged(data: st.DataObject) -> None:
    visitors = Visitors(KEY)
    token = visitors.token(Visitor("somebody", 3))
    place = data.draw(st.integers(0, len(token) - 1))
    letter = data.draw(st.sampled_from("abcXYZ019.-_").filter(lambda each: each != token[place]))
    changed = token[:place] + letter + token[place + 1 :]
    try:
        read = visitors.read(changed, 3)
    except Forged:
        return
    assert read == Visitor("somebody", 3)  # base64 has spare bits at the very end; they say nothing


@given(st.text())
def test_no_text_is_a_token_by_chance(text: str) -> None:
    with pytest.raises(Forged):
        Visitors(KEY).read(text, 3)


def test_a_customer_is_the_same_visitor_on_every_device_and_of_one_account_only() -> None:
    visitors = Visitors(KEY)
    assert visitors.customer(3, "7", "A", "").id == visitors.customer(3, "7", "B", "b@x.cn").id
    assert visitors.customer(3, "7", "A", "").id != visitors.customer(4, "7", "A", "").id


def test_a_link_to_a_file_names_thread_and_file_and_cannot_be_bent() -> None:
    visitors = Visitors(KEY)
    link = visitors.file_link("visitor:x", 12)
    assert visitors.file(link) == ("visitor:x", 12)
    for bent in (link[:-2] + "zz", visitors.token(Visitor("x", 1)), ""):
        with pytest.raises(Forged):
            visitors.file(bent)


def test_what_the_shop_signed_is_believed_for_a_day() -> None:
    facts = ("7", "王小明", "wang@example.cn")
    signature = sign("s3cret", *facts, NOW)
    assert vouched("s3cret", *facts, NOW, signature, NOW + 10)
    assert vouched("s3cret", *facts, NOW, signature.upper(), NOW + 10)
    assert not vouched("s3cret", *facts, NOW, signature, NOW + SIGNED_FOR + 1)
    assert not vouched("s3cret", *facts, NOW, signature, NOW - 3600), "signed in the future"


def test_the_documented_example_of_a_signature_is_true() -> None:
    assert sign("s3cret", "4711", "王小明", "wang@example.cn", 1_790_000_000) == (
        "93645ed2f8ee6ca90c2c7dbb1ddcce97253339492dd6c693d037dc12133a7c49"
    )


@pytest.mark.parametrize("changed", [("8", "Wang", "w@a.cn"), ("7", "Wan", "w@a.cn"), ("7", "Wang", "w@a.cnx")])
def test_nothing_that_was_signed_can_be_changed(changed: tuple[str, str, str]) -> None:
    signature = sign("s3cret", "7", "Wang", "w@a.cn", NOW)
    assert vouched("s3cret", "7", "Wang", "w@a.cn", NOW, signature, NOW)
    assert not vouched("s3cret", *changed, NOW, signature, NOW)


def test_a_line_cannot_be_moved_from_one_field_into_the_next() -> None:
    assert not vouched("s3cret", "7\nWang", "", "", NOW, sign("s3cret", "7\nWang", "", "", NOW), NOW)
