"""The words by which a person says STOP, and takes it back. The whole text must be one, whatever its case and width."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from enum import StrEnum
from typing import Final


class Wish(StrEnum):
    """What a text asks for."""

    NONE = "NONE"
    STOP = "STOP"
    START = "START"


_STOP: Final = frozenset(
    {"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "optout", "td", "t"}
    | {"退订", "退訂", "拒收", "取消订阅", "取消訂閱"}
)
_START: Final = frozenset({"start", "unstop", "optin", "subscribe", "恢复", "恢復", "恢复订阅", "重新订阅"})
_AROUND: Final = " \t\r\n.,!?;:\"'()[]{}<>。，！？；：“”‘’（）【】《》、·-_*#"


def fold(text: str) -> str:
    """What two spellings of one word share."""
    return unicodedata.normalize("NFKC", text).strip(_AROUND).casefold().replace(" ", "").replace("-", "")


def wish(text: str, further: Iterable[str] = ()) -> Wish:
    """What the text asks for; `further` words of the site's own mean STOP too."""
    if len(text) > 40:
        return Wish.NONE
    word = fold(text)
    if word in _STOP or word in {fold(each) for each in further}:
        return Wish.STOP
    return Wish.START if word in _START else Wish.NONE
