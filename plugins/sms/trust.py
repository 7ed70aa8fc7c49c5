"""Whom a line over TLS believes."""

from __future__ import annotations

import ssl
from typing import Protocol

from hub.api import Misconfigured


class Secured(Protocol):
    """The settings of a line that may be over TLS; `tls_ca` is a PEM file, "" for the system's authorities."""

    @property
    def tls(self) -> bool: ...

    @property
    def tls_ca(self) -> str: ...


def trust(settings: Secured) -> ssl.SSLContext | None:
    """The system's authorities, or the one that is named; None without TLS. Raises Misconfigured."""
    if not settings.tls:
        return None
    try:
        return ssl.create_default_context(cafile=settings.tls_ca or None)
    except OSError as error:
        raise Misconfigured(f"tls_ca cannot be read: {type(error).__name__}") from None
