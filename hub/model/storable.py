"""Text that both databases can hold and hand back as it came."""

from __future__ import annotations

import re
from collections.abc import Mapping

from hub.api import Json

_BREAKS = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")


def storable(text: str) -> str:
    """Without NUL and lone surrogates, which PostgreSQL or UTF-8 cannot hold; nothing else is touched."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def one_line(text: str) -> str:
    """As `storable`, with control characters and line breaks turned into single spaces and none at the ends."""
    return _BREAKS.sub(" ", storable(text)).strip()


def storable_json(value: Json) -> Json:
    """As `storable`, for every text inside, however deep."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, Mapping):
        return {storable(str(key)): storable_json(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [storable_json(each) for each in value]
    return value
