"""The address at which a provider fetches a picture: it cannot be guessed, and does not last. Pure."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from typing import Final

LONGEST: Final = 100


def name(secret: bytes, account: str, picture: int, until: int) -> str:
    """What the picture is called until then (seconds since 1970), on this account alone."""
    return f"{picture}.{until}.{_signed(secret, account, picture, until)}"


def picture_of(secret: bytes, account: str, called: str, now: int) -> int | None:
    """Which picture is called so; None for a name that is none of ours, or no longer."""
    picture, _, rest = called.partition(".")
    until, _, signed = rest.partition(".")
    if len(called) > LONGEST or not all(part.isascii() and part.isdecimal() for part in (picture, until)):
        return None
    wanted = _signed(secret, account, int(picture), int(until))
    same = hmac.compare_digest(wanted.encode(), signed.encode("utf-8", "replace"))
    return int(picture) if same and now < int(until) else None


def _signed(secret: bytes, account: str, picture: int, until: int) -> str:
    proof = hmac.digest(secret, f"{account}/{picture}/{until}".encode(), "sha256")
    return urlsafe_b64encode(proof).decode().rstrip("=")
