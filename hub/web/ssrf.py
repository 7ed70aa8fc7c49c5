"""Keeps requests that users ask for away from what only this machine and its neighbours may reach."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from hub.api import HubError


class ForbiddenTarget(HubError):
    """The address is private, loopback or link-local, and the site does not allow such."""

    code = "FORBIDDEN_TARGET"
    line = "This address is not on the public internet; the site does not allow such webhooks."


@dataclass(frozen=True, slots=True)
class Target:
    """A URL with the one address that was looked at: asking for it again could bring another."""

    url: str
    host: str
    headers: dict[str, str]


async def checked_target(url: str, *, private_allowed: bool) -> Target:
    """Resolve the URL's host and pin it. Raises ForbiddenTarget, OSError."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(entry[4][0]) for entry in found]
    if not private_allowed and not all(is_public(address) for address in addresses):
        raise ForbiddenTarget
    pinned = f"[{addresses[0]}]" if ":" in addresses[0] else addresses[0]
    return Target(parts._replace(netloc=f"{pinned}:{port}").geturl(), host, {"host": parts.netloc})


def is_public(address: str) -> bool:
    """Whether an address belongs to the public internet; one in disguise is judged by what it hides."""
    ip = ip_address(address.partition("%")[0])
    hidden = getattr(ip, "ipv4_mapped", None) or getattr(ip, "sixtofour", None)
    return (hidden or ip).is_global and not ip.is_multicast
