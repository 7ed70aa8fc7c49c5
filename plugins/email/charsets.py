"""Bytes to text under whatever charset label a mail carries: always an answer, never an exception.

Labels lie. Chinese mailers write `gb2312` over GBK and GB18030 text, western ones `iso-8859-1` over windows-1252, and
many write nothing at all, so each label is read as its superset (WHATWG Encoding Standard §4.2) and undecodable text
is guessed.
"""

from __future__ import annotations

import codecs
import re
from contextlib import suppress
from functools import lru_cache
from typing import Final

_SUPERSETS: Final = {
    **dict.fromkeys(
        ("gb2312", "gb-2312", "gb_2312", "gb2312-80", "gb_2312-80", "csgb2312", "euc-cn", "euccn", "x-euc-cn", "hz-gb"),
        "gb18030",
    ),
    **dict.fromkeys(
        ("gbk", "x-gbk", "cp936", "ms936", "windows-936", "x-mac-chinesesimp", "gb18030", "gb-18030"), "gb18030"
    ),
    **dict.fromkeys(("big5", "big-5", "x-x-big5", "cn-big5", "big5-hkscs", "cp950", "windows-950"), "big5hkscs"),
    **dict.fromkeys(("shift_jis", "shift-jis", "sjis", "x-sjis", "ms_kanji", "windows-31j"), "cp932"),
    **dict.fromkeys(("ks_c_5601-1987", "ks_c_5601", "ksc5601", "ks_c_5601-1989", "euc-kr", "windows-949"), "cp949"),
    **dict.fromkeys(("iso-8859-1", "iso8859-1", "iso_8859-1", "latin1", "latin-1", "l1"), "cp1252"),
    **dict.fromkeys(("iso-2022-jp", "csiso2022jp"), "iso2022_jp_ext"),
    **dict.fromkeys(("iso-8859-8-i", "iso-8859-8-e"), "iso8859_8"),
    **dict.fromkeys(("windows-874", "tis-620", "iso-8859-11"), "cp874"),
    **dict.fromkeys(("utf8", "utf-8", "unicode-1-1-utf-8", "x-unicode-2-0-utf-8", "utf8mb4", "utf-8mb4"), "utf-8"),
    **dict.fromkeys(("unicode-1-1-utf-7", "utf-7"), "utf-7"),
}
_UNTOLD: Final = frozenset(
    ("", "us-ascii", "ascii", "unknown-8bit", "x-unknown", "unknown", "8bit", "7bit", "binary", "default", "none")
)
# Quadratic in their input (punycode, idna), or no charsets at all though Python decodes by their name.
_REFUSED: Final = frozenset(
    ("punycode", "idna", "undefined", "unicode_escape", "raw_unicode_escape", "mbcs", "oem", "palmos")
)
_HIGH: Final = re.compile(rb"[\x80-\xff]")
_PAIR: Final = re.compile(rb"[\x81-\xfe][\x40-\x7e\x80-\xfe]")
_ALONE: Final = re.compile(rb"(?<![\x80-\xff])[\x80-\xff](?![\x80-\xff])")
_ESCAPED_HAN: Final = re.compile(rb"~\{[\x21-\x7e]{2,}?~\}")


@lru_cache(maxsize=512)
def codec_of(label: str) -> str | None:
    """The name of the Python codec to read `label` with, or None when it names no charset we can read."""
    wanted = label.strip().strip("\"'").lower()
    if wanted in _SUPERSETS:
        return _SUPERSETS[wanted]
    try:
        found = codecs.lookup(wanted)
        b"x".decode(found.name, "replace")  # raises LookupError for rot13 and the like
    except (LookupError, ValueError, TypeError):
        return None
    return None if found.name.replace("-", "_") in _REFUSED else found.name


def decode(data: bytes, label: str = "") -> tuple[str, str | None]:
    """The text of `data` and, where the label could not be honoured, one English line saying so."""
    if label.strip().lower() in _UNTOLD:
        return guess(data), None
    codec = codec_of(label)
    if codec is None:
        return guess(data), f"unknown charset {label[:40]!r}"
    try:
        return _storable(data.decode(codec)), None
    except (UnicodeError, ValueError):
        return _storable(_repaired(data, codec)), f"text is not valid {label[:40]!r}"


def guess(data: bytes) -> str:
    """Text whose charset nobody told: ASCII, HZ (RFC 1843), UTF-8, then GB18030, then windows-1252 (which takes any
    byte).
    """
    if data.isascii():
        return _storable(data.decode("hz", "replace") if _ESCAPED_HAN.search(data) else data.decode("ascii"))
    with suppress(UnicodeError):
        return _storable(data.decode("utf-8"))
    with suppress(UnicodeError):
        return data.decode("gb18030" if _looks_chinese(data) else "cp1252").replace("\x00", "")
    return _storable(data.decode("utf-8", "replace"))


def _storable(text: str) -> str:
    """Without NUL and lone surrogates (UTF-7 can make them): no database takes those."""
    text = text.replace("\x00", "")
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def _repaired(data: bytes, codec: str) -> str:
    """A few bad bytes under the right label must not turn the rest into noise; a wrong label must not either."""
    told = data.decode(codec, "replace")
    if told.count("\ufffd") * 8 < len(told):
        return told
    guessed = guess(data)
    return guessed if guessed.count("\ufffd") < told.count("\ufffd") else told


def _looks_chinese(data: bytes) -> bool:
    """GB18030 writes Han in pairs whose lead byte is high; an accent in a western text stands alone between ASCII
    letters.
    """
    sample = data[:4096]
    high = len(_HIGH.findall(sample))
    return len(_PAIR.findall(sample)) * 2 >= high - 1 and len(_ALONE.findall(sample)) * 3 < high
