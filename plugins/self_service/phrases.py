"""What the machine says of itself, in both languages."""

from __future__ import annotations

import re
from collections.abc import Mapping

PHRASES: Mapping[str, tuple[str, str]] = {
    "not_understood": ("Sorry, I did not understand that.", "抱歉，我没有听懂。"),
    "nothing_heard": ("Are you still there?", "请问您还在吗？"),
    "wrong_pin": ("That is not right.", "密码不正确。"),
    "press": ("For {label}, press {key}.", "{label}请按{key}。"),
    "rate": ("Press one to five; five is best.", "请按一到五，五为最满意。"),
    "end_with": ("Then press {key}.", "按{key}结束。"),
    "#": ("hash", "井号键"),
    "*": ("star", "星号键"),
}


GREETINGS = frozenset(
    {
        "",
        "hello",
        "hi",
        "hey",
        "there",
        "good",
        "morning",
        "afternoon",
        "evening",
        "day",
        "你好",
        "您好",
        "在吗",
        "有人吗",
    }
)


def is_greeting(text: str) -> bool:
    """Whether somebody said no more than hello, in either language."""
    words = re.split(r"[\s,.!?，。！？、~]+", text.strip().casefold())
    return GREETINGS.issuperset(words) or len(text.strip()) < 2


def phrase(name: str, language: str) -> str:
    """In this language."""
    return PHRASES[name][language == "zh"]


def key(pressed: str, language: str) -> str:
    """What a key is called."""
    return phrase(pressed, language) if pressed in PHRASES else pressed
