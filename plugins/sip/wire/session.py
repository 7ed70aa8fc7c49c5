"""Session timers (RFC 4028): how long a call may go on without a sign of life, and who gives it. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from sipmessage import Message, Request, Response

LEAST: Final = 90
"""Seconds; what asks for less is answered 422 (§4), or not heeded where nobody could ask again."""
_EXPIRES: Final = re.compile(r"(\d{1,9})\s*(?:;.*)?", re.DOTALL)
_REFRESHER: Final = re.compile(r";\s*refresher\s*=\s*(uac|uas)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Session:
    """It ends after `expires` seconds unless refreshed; `ours`: by us."""

    expires: int
    ours: bool

    @property
    def refresh_after(self) -> float:
        """§10: half of it, for whoever refreshes."""
        return self.expires / 2

    @property
    def ends_after(self) -> float:
        """§10: a little before, for both."""
        return self.expires - min(32, self.expires / 3)


def asked(request: Request) -> Session | None:
    """What a request asks of who answers it: they refresh, unless they want us to, or cannot (§9)."""
    expires, refresher = _read(request)
    return Session(expires, refresher == "uas" or not knows(request)) if expires >= LEAST else None


def agreed(answer: Response) -> Session | None:
    """What an answer to our request says: we refresh, unless they will."""
    expires, refresher = _read(answer)
    return Session(expires, refresher != "uas") if expires >= LEAST else None


def too_short(request: Request) -> bool:
    """Whether it must ask again for more (§9): only who knows session timers can."""
    expires, _ = _read(request)
    return 0 < expires < LEAST and knows(request)


def least(answer: Response) -> int:
    """What a 422 asks for (§6)."""
    found = _EXPIRES.fullmatch((answer.headers.get("Min-SE") or "").strip())
    return int(found[1]) if found else 0


def knows(message: Message) -> bool:
    """Whether its sender can refresh."""
    words = " ".join(message.headers.getlist("Supported")).replace(",", " ").lower().split()
    return "timer" in words


def _read(message: Message) -> tuple[int, str]:
    value = (message.headers.get("Session-Expires") or "").strip()
    found, who = _EXPIRES.fullmatch(value), _REFRESHER.search(value)
    return (int(found[1]) if found else 0), (who[1].lower() if who else "")
