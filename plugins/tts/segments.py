"""What is to be heard, piece by piece."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """To be spoken in one language; numbers and the like already stand as they are read."""

    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Pause:
    """Silence."""

    seconds: float


Segment = Words | Pause
