"""What is written in figures is read as people read it, in both languages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.tts.reading import english, mandarin, plain, said_as


@pytest.mark.parametrize(
    ("number", "en", "zh"),
    [
        (0, "zero", "零"),
        (10, "ten", "十"),
        (21, "twenty-one", "二十一"),
        (105, "one hundred and five", "一百零五"),
        (1010, "one thousand and ten", "一千零一十"),
        (10_050, "ten thousand and fifty", "一万零五十"),
        (110_000, "one hundred and ten thousand", "十一万"),
        (10_010_001, "ten million ten thousand and one", "一千零一万零一"),
        (100_000_000, "one hundred million", "一亿"),
    ],
)
def test_amounts(number: int, en: str, zh: str) -> None:
    assert (english.cardinal(number), mandarin.cardinal(number)) == (en, zh)


@pytest.mark.parametrize(
    ("written", "en", "zh"),
    [
        ("4821-9035-6", "four eight two one, nine zero three five, six", "四八二一，九零三五，六"),
        ("2026-03-04", "March the fourth, twenty twenty-six", "二零二六年三月四日"),
        ("14:05", "two oh five p.m.", "下午两点零五分"),
        ("¥12.50", "twelve yuan and fifty cents", "十二元五角"),
        ("$1", "one dollar", "一美元"),
        ("3.05元", "three yuan and five cents", "三元零五分"),
        ("15%", "fifteen per cent", "百分之十五"),
        ("-1.05", "minus one point zero five", "负一点零五"),
        ("138 0013 8000", "one hundred and thirty-eight thirteen eight thousand", "一百三十八 十三 八千"),
        ("13800138000", "one three eight zero zero one three eight zero zero zero", "幺三八零零幺三八零零零"),
        ("+86 10-6552", "plus eight six, one zero, six five five two", "加八六，幺零，六五五二"),
        ("2026-02-31", "2026-02-31", "2026-02-31"),
    ],
)
def test_running_text(written: str, en: str, zh: str) -> None:
    assert (plain(written, "en"), plain(written, "zh")) == (en, zh)


@pytest.mark.parametrize(
    ("how", "text", "en", "zh"),
    [
        ("digits", "4821-9035-6", "four eight two one, nine zero three five, six", "四八二一，九零三五，六"),
        ("telephone", "010 6552", "zero one zero, six five five two", "零幺零，六五五二"),
        ("cardinal", "42", "forty-two", "四十二"),
        ("currency", "99 GBP", "ninety-nine pounds", "九十九英镑"),
        ("date", "2005-01-01", "January the first, two thousand and five", "二零零五年一月一日"),
        ("time", "00:15", "twelve fifteen a.m.", "凌晨零点十五分"),
        ("date", "soon", "soon", "soon"),
        ("unheard-of", "3", "three", "三"),
    ],
)
def test_what_is_marked_is_read_as_marked(how: str, text: str, en: str, zh: str) -> None:
    assert (said_as(text, "en", how), said_as(text, "zh", how)) == (en, zh)


@given(st.integers(min_value=0, max_value=10**12 - 1))
def test_every_amount_has_one_reading_of_its_own(number: int) -> None:
    assert mandarin.cardinal(number) != mandarin.cardinal(number + 1)
    assert english.cardinal(number) != english.cardinal(number + 1)
    assert "零零" not in mandarin.cardinal(number)


@given(st.text(max_size=200))
def test_whatever_is_written_can_be_read(text: str) -> None:
    for language in ("en", "zh"):
        assert plain(plain(text, language), language) == plain(text, language), "what is read stands in words"
