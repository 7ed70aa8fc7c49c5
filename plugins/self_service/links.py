"""Addresses under which a file beside the scripts can be fetched for a while, by whoever was sent one. Pure."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime
from typing import Final
from urllib.parse import quote

PURPOSE: Final = "links"
ROUTE: Final = "/files/{until}/{signature}/{name}"
_LENGTH: Final = 32
"""Of a signature in an address: 128 bits."""


def path(key: bytes, name: str, until: datetime) -> str:
    """Of the address, below the plugin's own; the name of a file has no folder in it."""
    end = str(int(until.timestamp()))
    return f"/files/{end}/{_signature(key, name, end)}/{quote(name, safe='')}"


def holds(key: bytes, name: str, until: str, signature: str, now: datetime) -> bool:
    """Whether we made it, and not too long ago."""
    ours = hmac.compare_digest(_signature(key, name, until).encode(), signature.encode())
    return ours and until.isdecimal() and now.timestamp() < int(until)


def _signature(key: bytes, name: str, until: str) -> str:
    return hmac.new(key, f"{until}:{name}".encode(), hashlib.sha256).hexdigest()[:_LENGTH]
