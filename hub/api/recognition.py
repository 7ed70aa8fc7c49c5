"""Recognition: what is asked for when something said has to be read. A service; whoever listens is behind it."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was heard. `language` is the one it was heard in, `provider` names who listened, `confidence` is 0 to 1
    where they tell, else 0."""

    text: str
    language: str
    provider: str
    confidence: float = 0.0


@runtime_checkable
class Recognition(Protocol):
    """`context.service(Recognition)` gives it, or None when the site has none."""

    async def recognise(self, audio: bytes, language: str, deadline: float) -> Transcript | None:
        """A wav file (8,000 frames a second or more, signed 16 bit little-endian; several channels are mixed) as words.

        `language` is that of the conversation ("en", "zh", "en-GB"). None when this provider does not know it, or heard
        no words; never raises and never takes longer than `deadline` seconds. What was said is content: a provider
        writes it into no log.
        """
        ...
