"""Why a fax did not go, in the language of who asks. What is noted with it is in the account's, or the far side's."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

from hub.api import Cause
from plugins.fax.terminal.ending import DIED, DISK, INCOMPLETE, STUCK, ending

_CALLS: Final[Mapping[str, tuple[str, str]]] = {
    Cause.BUSY: ("The number is busy.", "对方号码占线。"),
    Cause.NO_ANSWER: ("Nobody answered.", "无人应答。"),
    Cause.REJECTED: ("The call was refused.", "对方拒接。"),
    Cause.UNREACHABLE: ("The number cannot be reached.", "无法接通该号码。"),
    "TOO_LATE": (
        "It could not be dialled in time; send it again, or by other means.",
        "未能在规定时间内拨出；请重新发送或改用其他方式。",
    ),
    "INVALID": ("This is no number that can be faxed to.", "这不是可以发送传真的号码。"),
    "OURS": ("A fault on our side; it will be tried again.", "我方故障，稍后将重试。"),
    "OUTCOME_UNKNOWN": (
        "The hub lost sight of it while pages were going; ask the recipient.",
        "传送过程中断，结果未知；请向收件人确认。",
    ),
}
_SAID: Final[Mapping[str, str]] = {
    "calls to this number are not allowed": "不允许拨打该号码。",
    "not a number": "这不是电话号码。",
}
"""What the telephony says of a number it does not call, for those who do not read English."""
_OF_A_FAX: Final = 62
"""T.30's ends are counted below this."""


def remark(code: str, text: str, language: str) -> str:
    """The words for this code; `text`, which was noted with it, where there are none."""
    english, chinese = _words().get(code, (text, _SAID.get(text, text)))
    return chinese if language.startswith("zh") else english


@cache
def _words() -> Mapping[str, tuple[str, str]]:
    ends = [ending(number) for number in (*range(_OF_A_FAX), INCOMPLETE, STUCK, DIED, DISK)]
    return {**{end.name: (end.text["en"], end.text["zh"]) for end in ends}, **_CALLS}
