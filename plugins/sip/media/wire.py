"""What hub and worker say to each other: a line of JSON each, over the worker's standard input and output.

`[number, method, arguments]` asks, `[number, answer]` or `[number, null, sentence]` answers, `[0, event, values]`
tells. The worker's first line is READY.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any, Final

import orjson

from plugins.sip.media.engine import Crypto, Digit, DigitSource, Event, Played, Silence, Tone, ToneKind

Arguments = Mapping[str, Any]
Reply = Callable[..., None]
"""reply(answer) or reply(None, sentence); may be called from any thread."""
_EVENTS: Final[Mapping[str, Callable[..., Event]]] = {kind.__name__: kind for kind in (Digit, Played, Silence, Tone)}
_ENUMS: Final[Mapping[str, Callable[[str], object]]] = {"source": DigitSource, "kind": ToneKind}
READY: Final = b"[0]\n"


def line(*parts: object) -> bytes:
    """One frame."""
    return orjson.dumps(parts) + b"\n"


def event_line(event: Event) -> bytes:
    """An event, as the worker tells it."""
    return line(0, type(event).__name__, asdict(event))


def event(name: str, values: Arguments) -> Event:
    """An event, as the hub reads it. Raises KeyError, TypeError, ValueError when the two do not fit together."""
    return _EVENTS[name](**{key: _ENUMS[key](value) if key in _ENUMS else value for key, value in values.items()})


def keys_out(crypto: Crypto | None) -> list[str] | None:
    """Keys, to go on the line."""
    return [base64.b64encode(key).decode() for key in (crypto.sending, crypto.receiving)] if crypto else None


def keys_in(keys: list[str] | None) -> Crypto | None:
    """Keys, from the line."""
    return Crypto(*(base64.b64decode(key) for key in keys)) if keys else None
