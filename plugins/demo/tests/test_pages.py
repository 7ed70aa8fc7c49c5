"""Which language the desk speaks, and that it leaves no word out."""

from __future__ import annotations

import re

import pytest

from plugins.demo import pages
from plugins.demo.devices import DEVICES
from plugins.demo.phone.stages import Stage, Why


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-GB,en;q=0.9,zh;q=0.1", "en"),
        ("fr,de;q=0.9,zh;q=0.5,en;q=0.4", "zh"),
        ("en;q=0.3, zh;q=0.9", "zh"),
        ("*", "en"),
        ("", "en"),
        ("zh;q=much", "zh"),
    ],
)
def test_the_browsers_preference_decides(accepted: str, language: str) -> None:
    assert pages.preferred(accepted) == language


def test_both_languages_have_the_same_words() -> None:
    assert pages.words("en").keys() == pages.words("zh").keys()


def test_every_word_a_page_or_script_asks_for_is_there() -> None:
    filled = {"lang", "devices", "page", "shape", "title", "hint"}
    asked = _found("pages/*.html", r"\{\{(\w+)\}\}") - filled
    said = _found("static/*.js", r"\b((?:mail|phone|handset)_\w+)\b")
    titles = {name for device in DEVICES for name in (device.title, device.hint)}
    assert asked | said | titles <= pages.words("zh").keys()


def test_a_call_is_put_into_words_whatever_becomes_of_it() -> None:
    of_the_browser = _found("static/phone*.js", r'"(OFFLINE|N[A-Z_]+)"')
    codes = {*Stage, *Why, *of_the_browser} - {Stage.ENDED}
    assert {"OFFLINE", "NO_MICROPHONE"} <= of_the_browser
    assert {f"phone_{code.lower()}" for code in codes} <= pages.words("zh").keys()


def _found(files: str, pattern: str) -> set[str]:
    return {key for file in pages.HERE.glob(files) for key in re.findall(pattern, file.read_text(encoding="utf-8"))}
