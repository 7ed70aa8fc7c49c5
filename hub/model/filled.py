"""Which words a template was filled with, told from the text it became."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

PLACE: Final = re.compile(r"\{\{?\s*([\w.]+)\s*\}?\}")  # {customer.name}, {{ serial }}: as the inbox fills them in
LONGEST: Final = 400  # of one value: more is no name, number or date but a text of its own


def values_of(template: str, text: str) -> Mapping[str, str] | None:
    """What stands in `text` for each place of the template, in their order; None when it was not made from it, or is
    another text by now. Where several cuts are possible each value is as short as it can be. Linear."""
    words = PLACE.split(template.strip())  # literal, name, literal, name, …, literal
    text, at = text.strip(), len(words[0])
    if not text.startswith(words[0]):
        return None
    found: dict[str, str] = {}
    for place in range(1, len(words), 2):
        name, after, is_last = words[place], words[place + 1], place + 2 == len(words)
        end = _end(text, after, at, is_last=is_last)
        if not 0 <= end - at <= LONGEST or found.setdefault(name, text[at:end]) != text[at:end]:
            return None
        at = end + len(after)
    return found if at == len(text) else None


def _end(text: str, after: str, at: int, *, is_last: bool) -> int:
    """Where the value that begins at `at` ends, -1 when nowhere: what follows the last one is the end of the text."""
    if not is_last:
        return text.find(after, at)
    end = len(text) - len(after)
    return end if end >= at and text.endswith(after) else -1
