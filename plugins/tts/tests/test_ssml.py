"""The subset of SSML we read, and what becomes of the rest."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.tts.segments import Pause, Segment, Words
from plugins.tts.ssml import LONGEST_PAUSE, segments


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("Hello", [Words("Hello", "en")]),
        ("<speak>Hello</speak>", [Words("Hello", "en")]),
        ('<speak>a<break time="300ms"/>b</speak>', [Words("a", "en"), Pause(0.3), Words("b", "en")]),
        ('<speak>a<break time="1h"/>b</speak>', [Words("a", "en"), Pause(0.4), Words("b", "en")]),
        ('<speak>a<break time="999s"/>b</speak>', [Words("a", "en"), Pause(LONGEST_PAUSE), Words("b", "en")]),
        ('<speak>a <lang xml:lang="zh-CN">按 2</lang></speak>', [Words("a", "en"), Words("按 二", "zh")]),
        ('<speak>No. <say-as interpret-as="digits">12</say-as>!</speak>', [Words("No. one two !", "en")]),
        ("<speak><prosody rate='slow'>a <b>b</b></prosody></speak>", [Words("a b", "en")]),
        ("<speak><p>a</p></speak>", [Words("a", "en"), Pause(0.7)]),
        ("<speak>a &amp; b <unclosed></speak>", [Words("a & b", "en")]),
        ('<!DOCTYPE x [<!ENTITY e "ha">]><speak>&e;</speak>', None),
        ("", []),
    ],
)
def test_what_is_heard(text: str, heard: list[Segment] | None) -> None:
    found = segments(text, "en")
    assert found == heard if heard is not None else all(isinstance(each, Words) for each in found)


def test_a_bomb_of_entities_does_not_go_off() -> None:
    bomb = '<speak><!DOCTYPE s [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>&b;</speak>'
    assert "hahaha" not in str(segments(bomb, "en"))


@given(st.text(max_size=200), st.sampled_from(["en", "zh", "zh_CN", "tlh"]))
def test_anything_can_be_heard(text: str, language: str) -> None:
    for written in (text, f"<speak>{text}</speak>"):
        assert all(isinstance(each, Pause) or each.text for each in segments(written, language))
