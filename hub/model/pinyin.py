"""How a Chinese name may be typed with Latin letters: its initials and its full pinyin.

A character with several readings keeps them all (重置 is found by `zz` and by `cz`), because neither
surnames (单 shan, 曾 zeng) nor short codes follow the commonest one. Other words count as one syllable.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path

from hub.model.searching import CJK

_VARIANTS = 32  # combinations of readings kept of one name
_SYLLABLES = 12  # read of one name; also how many places in it a search may begin at
_SYLLABLE = re.compile(rf"[{CJK}]|[^\W_{CJK}]+")


def initials(name: str) -> list[str]:
    """王重置 → `wzz`, `wcz`, … the commonest reading first; `John Smith` → `js`."""
    return _spell(_letters(_readings(name)))


def full_pinyin(name: str) -> list[str]:
    """张三丰 → `zhangsanfeng`; ü is `v`, as on every keyboard."""
    return _spell(_readings(name))


def pinyin_keys(name: str) -> list[str]:
    """What a search finds the name by, from each of its syllables on: 张三丰 → zsf, sf, zhangsanfeng, sanfeng, …"""
    readings = _readings(name)
    tails = [readings[start:] for start in range(len(readings))]
    return _unique(key for tail in tails for key in _spell(_letters(tail)) + _spell(tail))


def _readings(name: str) -> list[list[str]]:
    syllables = _SYLLABLE.findall(unicodedata.normalize("NFKC", name).casefold())
    return [_syllable(each) for each in syllables[:_SYLLABLES] if each.isalnum()]


def _syllable(written: str) -> list[str]:
    toned = _table().get(ord(written)) if len(written) == 1 else None
    return _unique(map(_without_tone, toned.split(","))) if toned else [written]


def _without_tone(syllable: str) -> str:
    """lǚ → lv."""
    decomposed = unicodedata.normalize("NFD", syllable).replace("u\N{COMBINING DIAERESIS}", "v")
    return "".join(character for character in decomposed if not unicodedata.combining(character))


@cache
def _table() -> Mapping[int, str]:
    """Readings by code point, from pypinyin's single-character table alone.

    Importing the package loads its phrases too: 58 MB and 0.3 s, for nothing, since all readings are kept.
    """
    package = find_spec("pypinyin")
    assert package is not None and package.submodule_search_locations
    path = Path(package.submodule_search_locations[0]) / "pinyin_dict.py"
    spec = spec_from_file_location("pypinyin_single_characters", path)
    assert spec is not None and spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    table: Mapping[int, str] = module.pinyin_dict
    return table


def _letters(readings: Sequence[Sequence[str]]) -> list[list[str]]:
    return [_unique(reading[:1] for reading in each) for each in readings]


def _spell(readings: Sequence[Sequence[str]]) -> list[str]:
    """Every combination while they are few; from then on only the commonest reading."""
    spelled = [""] if readings else []
    for choice in readings:
        kept = choice if len(spelled) * len(choice) <= _VARIANTS else choice[:1]
        spelled = [head + syllable for head in spelled for syllable in kept]
    return spelled


def _unique(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(texts))
