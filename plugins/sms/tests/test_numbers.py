"""One number, however a carrier writes it; and the account a text is for."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.api import Address, AnyAccount
from plugins.sms import numbers
from plugins.sms.settings import SmsAccount
from plugins.sms.tests.test_contract import ACCOUNT

MOBILE = "+8613800138000"


@pytest.mark.parametrize(
    "written",
    ["13800138000", "8613800138000", "008613800138000", "+86 138 0013 8000", "+8613800138000", "86-13800138000"],
)
def test_a_chinese_mobile_is_one_number(written: str) -> None:
    assert numbers.normalise(written, "CN") == MOBILE


def test_other_numbers_are_what_their_country_makes_of_them() -> None:
    assert numbers.normalise("02079460000", "GB") == "+442079460000"
    assert numbers.normalise("442079460000", "CN") == "+442079460000"
    assert numbers.normalise("19912345678", "CN") == "+8619912345678"
    assert numbers.normalise("10690001", "CN") == "10690001"
    assert numbers.normalise("GARAGE", "CN") == "GARAGE"


@given(number=st.text(max_size=30))
def test_whatever_a_carrier_writes_is_one_spelling(number: str) -> None:
    once = numbers.normalise(number, "CN")
    assert numbers.normalise(once, "CN") == once
    assert numbers.is_number(once) in (True, False)


def test_a_name_cannot_be_answered() -> None:
    assert numbers.is_number("10690001")
    assert numbers.is_number(MOBILE)
    assert not numbers.is_number("GARAGE")
    assert not numbers.is_number("")


def account(number: str, ident: int, **settings: str) -> AnyAccount:
    return replace(ACCOUNT, id=ident, address=Address("tel", number), settings=SmsAccount.model_validate(settings))


def test_a_text_finds_its_account() -> None:
    own = [account(MOBILE, 1), account("10690001", 2), account("GARAGE", 3, sender="95588"), account("+12025550123", 4)]

    def found(recipient: str) -> int:
        account = numbers.account_of(recipient, own, "CN")
        return account.id if account else 0

    assert [found(each) for each in ("13800138000", "8613800138000", "10690001", "8610690001")] == [1, 1, 2, 2]
    assert found("106900015588") == 2, "digits of the customer's choice behind a carrier's number"
    assert found("95588") == 3
    assert found("2025550123") == 0, "that would be a number of another country"
    assert found("+12025550123") == 4
    assert [found(each) for each in ("10700000", "", "1069", "NOBODY")] == [0, 0, 0, 0]
