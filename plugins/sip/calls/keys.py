"""When what a caller presses is an answer. Pure: the time is passed in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

KEYS: Final = "0123456789*#ABCD"


@dataclass(frozen=True, slots=True)
class Expected:
    """The answer a prompt expects: one of `choices`, or up to `longest` keys (0: any number) until `terminator`, or
    `pause` seconds after the last. Nothing is expected where both are empty."""

    choices: tuple[str, ...] = ()
    longest: int = 0
    terminator: str = "#"
    pause: float = 4.0
    free: bool = False

    @classmethod
    def of(cls, fields: Mapping[str, Any]) -> Expected | None:
        """From a message's fields; None when it asks for nothing. A recording is begun by a key, not answered."""
        choices = tuple(str(c.get("key", "")) for c in fields.get("choices") or [] if isinstance(c, dict))
        entry = fields.get("entry")
        if isinstance(entry, dict) and entry.get("kind") in ("DIGITS", "TEXT"):
            longest, pause = int(entry.get("longest") or 0), float(entry.get("pause") or 4.0)
            return cls(choices, longest, str(entry.get("terminator") or "#"), pause, free=True)
        recording = isinstance(entry, dict) and entry.get("kind") == "RECORDING"
        return cls(choices) if choices or recording else None


class Collector:
    """Keys as they come; an answer as soon as it is one."""

    def __init__(self) -> None:
        self._expected = Expected(free=True)
        self._held = ""
        self.due: float | None = None

    def expect(self, expected: Expected) -> None:
        """A new question: what was pressed before it is no answer to it."""
        self._expected, self._held, self.due = expected, "", None

    def press(self, key: str, now: float) -> str:
        """The answer, when this key completes one, else ""."""
        expected = self._expected
        if not expected.free and not expected.choices:
            return ""
        if expected.free and key == expected.terminator:
            return self._take()
        self._held += key
        self.due = now + expected.pause
        if expected.free and not expected.choices:
            return self._take() if 0 < expected.longest <= len(self._held) else ""
        return "" if self._may_go_on() else self._take()

    def tick(self, now: float) -> str:
        """The answer that a pause completes, else ""."""
        return self._take() if self.due is not None and now >= self.due else ""

    def _may_go_on(self) -> bool:
        longer = any(each.startswith(self._held) and each != self._held for each in self._expected.choices)
        room = self._expected.free and not 0 < self._expected.longest <= len(self._held)
        return longer or (room and self._held not in self._expected.choices)

    def _take(self) -> str:
        held, self._held, self.due = self._held, "", None
        return held


def by_info(content_type: str) -> bool:
    """Whether an INFO (RFC 2976) of this kind carries a key."""
    return content_type.partition(";")[0].strip().lower() in ("application/dtmf-relay", "application/dtmf")


def in_info(body: bytes) -> str:
    """The key in it, "" for none: "Signal=5" among other lines, or "5" alone; some gear writes * as 10 and # as 11."""
    lines = body.decode("ascii", "replace").upper().splitlines()
    named = [line.partition("=")[2] for line in lines if line.startswith("SIGNAL=")]
    key = (named or lines or [""])[0].strip()
    if key.isdecimal() and len(key) == 2 and int(key) < len(KEYS):
        return KEYS[int(key)]
    return key if len(key) == 1 and key in KEYS else ""
