"""Names as people type them with Latin letters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.model.pinyin import full_pinyin, initials, pinyin_keys


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("重置", {"zz", "cz"}),
        ("单田芳", {"stf", "dtf"}),
        ("曾国藩", {"zgf", "cgf"}),
        ("重庆长城", {"cqcc", "zqzc"}),
        ("张三 Ltd", {"zsl"}),
        ("John Smith", {"js"}),
        ("", set()),
        ("（）！", set()),
    ],
)
def test_every_reading_of_a_name_gives_initials(name: str, wanted: set[str]) -> None:
    assert wanted <= set(initials(name))
    assert bool(wanted) == bool(initials(name))


@pytest.mark.parametrize(
    ("name", "wanted"), [("吕布", "lvbu"), ("曾国藩", "zengguofan"), ("单田芳", "shantianfang"), ("王Wei", "wangwei")]
)
def test_full_pinyin_carries_no_tones(name: str, wanted: str) -> None:
    assert wanted in full_pinyin(name)


def test_a_given_name_alone_is_enough() -> None:
    assert {"zsf", "sf", "zhangsanfeng", "sanfeng"} <= set(pinyin_keys("张三丰"))


def test_the_inner_part_of_a_company_is_enough() -> None:
    assert any(key.startswith("yqdz") for key in pinyin_keys("上海一汽大众特约维修站（浦东）"))


def test_the_commonest_reading_comes_first() -> None:
    assert initials("王芳")[0] == "wf"


@given(st.text("重行长解单曾乐和仇朴查尉 A1，", max_size=60) | st.text(max_size=60))
def test_any_name_gives_a_bounded_number_of_keys(name: str) -> None:
    keys = pinyin_keys(name)
    assert len(keys) == len(set(keys)) <= 12 * 2 * 32
    assert set(initials(name)) | set(full_pinyin(name)) <= set(keys)
