"""Identities: one spelling per address."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.model.identity import knows_identity, normalise_identity

MOBILE = "+8613800138000"


@pytest.mark.parametrize(
    "written",
    [
        "13800138000",
        "138-0013-8000",
        "+86 138 0013 8000",
        "0086 13800138000",
        "8613800138000",
        "１３８００１３８０００",
        "tel:+86-138-0013-8000",
        "sip:+8613800138000@trunk.example",
        "(138) 0013 8000",
        "+86 (0)138 0013 8000",
    ],
)
def test_one_mobile_has_one_spelling(written: str) -> None:
    assert normalise_identity("tel", written) == MOBILE


@pytest.mark.parametrize(
    ("written", "region", "expected"),
    [
        ("010-8888 8888", "CN", "+861088888888"),
        ("010-88888888转123", "CN", "+861088888888"),
        ("(650) 253-0000", "US", "+16502530000"),
        ("001 650 253 0000", "CN", "+16502530000"),
        ("13800138000", "US", MOBILE),
        ("12900138000", "CN", "12900138000"),
        ("19900138000", "CN", "+8619900138000"),
        ("10086", "CN", "10086"),
        ("*72", "CN", "*72"),
        ("MyBank", "CN", "mybank"),
        ("移动客服", "CN", "移动客服"),
    ],
)
def test_numbers_of_every_kind(written: str, region: str, expected: str) -> None:
    assert normalise_identity("tel", written, region) == expected


@pytest.mark.parametrize("scheme", ["tel", "mailto", "visitor", "pager"])
@pytest.mark.parametrize("written", ["", "  ", "Anonymous", "withheld", "PRIVATE", "匿名"])
def test_a_withheld_identity_gives_none(scheme: str, written: str) -> None:
    assert normalise_identity(scheme, written) is None


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Wang.Wei@Example.COM", "wang.wei@example.com"),
        ("王伟 <Wang.Wei@Example.com>", "wang.wei@example.com"),
        ("mailto:a@b.example", "a@b.example"),
        ("a@b.example.", "a@b.example"),
        ("info@例子.中国", "info@xn--fsqu00a.xn--fiqs8s"),
        ("info@xn--fsqu00a.xn--fiqs8s", "info@xn--fsqu00a.xn--fiqs8s"),
        ("<>", None),
        ("nobody", None),
        ("a b@c.example", None),
    ],
)
def test_mail_addresses(written: str, expected: str | None) -> None:
    assert normalise_identity("mailto", written) == expected


def test_a_scheme_nobody_knows_is_left_as_it_is() -> None:
    assert normalise_identity("visitor", "  aB3-x ") == "aB3-x"


@given(
    st.sampled_from(["tel", "mailto", "visitor", "pager"]), st.text(max_size=40), st.sampled_from(["CN", "US", "DE"])
)
def test_normalising_twice_changes_nothing(scheme: str, written: str, region: str) -> None:
    once = normalise_identity(scheme, written, region)
    assert once is None or normalise_identity(scheme, once, region) == once


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_every_chinese_mobile_is_recognised_with_and_without_its_country(number: str) -> None:
    assert normalise_identity("tel", number) == normalise_identity("tel", f"+86{number}") == f"+86{number}"


IDENTITIES = [("tel", MOBILE), ("mailto", "wang.wei@example.com"), ("visitor", "8888")]


@pytest.mark.parametrize("said", ["8000", " ８０００ ", "138 0013 8000", "Wang.Wei@example.com"])
def test_who_knows_an_identity_may_see_the_status(said: str) -> None:
    assert knows_identity(said, IDENTITIES)


@pytest.mark.parametrize("said", ["", "000", "0000", "8888", "38000", "wang.wei", "@", "anonymous", "x@example.com"])
def test_who_guesses_may_not(said: str) -> None:
    assert not knows_identity(said, IDENTITIES)
