"""JSON as it is stored: compact, UTF-8, the same for both databases."""

from typing import Any

import orjson


def dump(value: Any) -> str:
    """To JSON text. Raises TypeError for what JSON has no word for."""
    return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS).decode()


def load(text: str | bytes) -> Any:
    """From JSON text."""
    return orjson.loads(text)
