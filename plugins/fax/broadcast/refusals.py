"""Why a broadcast was not begun or changed, in the language of who asks, saying what to do next."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from plugins.fax.broadcast.numbers import MOST


class Wrong(StrEnum):
    """`field` of the form, and what is the matter with it."""

    FORM = "form"
    ACCOUNT = "account"
    NO_NUMBER = "no_number"
    TOO_MANY = "too_many"
    LINES = "lines"
    TURN = "to"
    GONE = "gone"


_LINES: Final[Mapping[Wrong, tuple[str, str]]] = {
    Wrong.FORM: (
        "This is not complete: a title, numbers, and something to send.",
        "内容不完整：需要标题、号码和要发送的内容。",
    ),
    Wrong.ACCOUNT: (
        "This number cannot send any more: it is switched off or gone. Choose another.",
        "此发件号码已停用或已删除，请另选一个。",
    ),
    Wrong.NO_NUMBER: (
        "There is no number to send to. Put one on each line.",
        "没有可发送的号码。请每行填写一个。",
    ),
    Wrong.TOO_MANY: (
        f"{{count}} numbers are more than {MOST}. Send to them in parts.",
        f"共 {{count}} 个号码，超过上限 {MOST} 个。请分批发送。",
    ),
    Wrong.LINES: ("No number stands in line {lines}.", "第 {lines} 行没有号码。"),
    Wrong.TURN: ("This can be done: pause, resume, cancel, again.", "可执行的操作：pause、resume、cancel、again。"),
    Wrong.GONE: ("There is no such broadcast.", "没有此群发任务。"),
}


def sentence(wrong: Wrong, language: str, **values: Any) -> str:
    """For whoever reads it."""
    return _LINES[wrong][int(language.startswith("zh"))].format(**values)
