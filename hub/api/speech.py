"""Speech: what a channel asks for when text has to be heard. A service; whoever speaks is behind it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class Audio:
    """A wav file: 8,000 frames a second, one channel, signed 16 bit little-endian; `seconds` long.

    The file is the service's: read or copy it soon, never change it. `provider` names who spoke; "chime" says that
    nobody could and a short tone stands in the words' place.
    """

    path: Path
    seconds: float
    provider: str


@runtime_checkable
class Speech(Protocol):
    """`context.service(Speech)` gives it, or None when the site has none."""

    async def speak(self, text: str, language: str, voice: str = "", rate: float = 1.0) -> Audio:
        """Text, or SSML when it begins with `<speak`, as audio. `language` is "en" or "zh", `rate` 0.5 to 2.

        Never raises and never takes longer than the service's own deadline: a call must not be held up. The same words
        come from a cache and cost a look at the disk.
        """
        ...
