"""Whom a line over TLS believes."""

from __future__ import annotations

import ssl

from hub.api import Misconfigured
from plugins.sms.smpp.settings import SmppSettings


def trust(settings: SmppSettings) -> ssl.SSLContext | None:
    """The system's authorities, or the one that is named; None without TLS. Raises Misconfigured."""
    if not settings.tls:
        return None
    try:
        return ssl.create_default_context(cafile=settings.tls_ca or None)
    except OSError as error:
        raise Misconfigured(f"tls_ca cannot be read: {type(error).__name__}") from None
