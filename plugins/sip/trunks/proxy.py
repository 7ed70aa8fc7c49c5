"""One place a trunk's calls go out by, and how it fares. Pure: the time is passed in, of any steady clock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from plugins.sip.trunks.locating import Target

FIRST_REST: Final = 5.0
LONGEST_REST: Final = 300.0


@dataclass(slots=True, eq=False)
class Proxy:
    """`failures` in a row. It is left alone until `down_until`, and not even asked until `asked_until`: it said so."""

    target: Target
    failures: int = 0
    down_until: float = 0.0
    asked_until: float = 0.0

    @property
    def where(self) -> str:
        """As an administrator reads it."""
        return self.target.where

    def failed(self, now: float, retry_after: float = 0.0) -> None:
        """It did not answer, or cannot serve: left alone for 5 s, 10 s, … 5 min, and as long as it asks to be."""
        self.asked_until = now + retry_after
        self.down_until = max(self.asked_until, now + min(LONGEST_REST, FIRST_REST * 2**self.failures))
        self.failures = min(self.failures + 1, 16)

    def answered(self, now: float) -> None:
        """It is there; if it asked to be left alone it means it."""
        self.failures = 0
        self.down_until = self.asked_until if self.asked_until > now else 0.0
