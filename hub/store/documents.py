"""JSON as it is stored: compact, UTF-8, the same for both databases."""

from typing import Any

import orjson


def dump(value: Any) -> str:
    """To JSON text. Raises TypeError for what JSON has no word for."""
    return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS).decode()


def load(text: str | bytes | float) -> Any:
    """From JSON text. SQLite hands a bare number back as one: a column of type JSON has numeric affinity."""
    return orjson.loads(text) if isinstance(text, str | bytes) else text
