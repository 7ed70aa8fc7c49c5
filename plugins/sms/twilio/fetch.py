"""Fetching a picture from a host that is allowed, and from no other, however it is asked for.

An address outside the list is not called, nor one to which an allowed host passes us on; the name is looked up once and
what was found is what is called, so that no second look-up leads elsewhere; private addresses are called only where the
administrator named the host as the API's own.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Collection
from ipaddress import ip_address
from typing import Final
from urllib.parse import urljoin, urlsplit

import httpx

REDIRECTS: Final = 3
TYPES: Final = ("image/", "video/", "audio/", "text/vcard", "text/x-vcard", "text/calendar", "application/pdf")


class NotFetched(Exception):
    """The picture was not fetched; `again` says whether it may help to come again."""

    def __init__(self, why: str, *, again: bool = False) -> None:
        super().__init__(why)
        self.again = again


async def fetch(
    url: str, home: str, hosts: Collection[str], login: tuple[str, str], most: int, timeout: float
) -> tuple[bytes, str]:
    """The octets (at most `most`) and their media type. `home` is the API's base, the one host that gets the login.
    Raises NotFetched."""
    try:
        async with httpx.AsyncClient(timeout=timeout, follow_redirects=False) as client:
            return await _followed(client, url, home, hosts, login, most)
    except (ValueError, httpx.InvalidURL):
        raise NotFetched("its address is none") from None


async def _followed(
    client: httpx.AsyncClient, url: str, home: str, hosts: Collection[str], login: tuple[str, str], most: int
) -> tuple[bytes, str]:
    for _ in range(REDIRECTS + 1):
        at_home = _origin(url) == _origin(home)
        if not at_home and (urlsplit(url).scheme != "https" or urlsplit(url).hostname not in hosts):
            raise NotFetched("its host is not one that pictures are fetched from")
        found = await _one(client, url, login if at_home else None, most)
        if isinstance(found, tuple):
            return found
        url = urljoin(url, found)
    raise NotFetched("it is passed on too often")


async def _one(
    client: httpx.AsyncClient, url: str, login: tuple[str, str] | None, most: int
) -> tuple[bytes, str] | str:
    """The picture, or where to look for it."""
    host = urlsplit(url).netloc
    pinned = await _pinned(url, private_allowed=login is not None)
    extensions = {"sni_hostname": urlsplit(url).hostname or ""}
    request = client.build_request("GET", pinned, headers={"host": host}, extensions=extensions)
    auth = httpx.BasicAuth(*login) if login else None
    try:
        answer = await client.send(request, auth=auth, stream=True)
        try:
            if answer.is_redirect:
                return str(answer.headers.get("location", ""))
            return await _content(answer, most)
        finally:
            await answer.aclose()
    except httpx.HTTPError as error:
        raise NotFetched(type(error).__name__, again=True) from error


async def _content(answer: httpx.Response, most: int) -> tuple[bytes, str]:
    if not answer.is_success:
        later = answer.status_code >= 500 or answer.status_code in (404, 429)
        raise NotFetched(f"its host says {answer.status_code}", again=later)
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not kind.startswith(TYPES) or kind.startswith("image/svg"):
        raise NotFetched(f"it is of a type that is not taken ({kind[:60] or 'none'})")
    octets = bytearray()
    async for chunk in answer.aiter_bytes():
        octets += chunk
        if len(octets) > most:
            raise NotFetched(f"it has more than {most} octets")
    return bytes(octets), kind


async def _pinned(url: str, *, private_allowed: bool) -> str:
    """The same address, by the number its host was found under."""
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        found = await asyncio.get_running_loop().getaddrinfo(parts.hostname or "", port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise NotFetched("its host is not found", again=True) from error
    numbers = [str(entry[4][0]) for entry in found]
    if not private_allowed and not all(_is_public(number) for number in numbers):
        raise NotFetched("its host is not on the public internet")
    host = f"[{numbers[0]}]" if ":" in numbers[0] else numbers[0]
    return parts._replace(netloc=f"{host}:{port}").geturl()


def _is_public(number: str) -> bool:
    ip = ip_address(number.partition("%")[0])
    hidden = getattr(ip, "ipv4_mapped", None) or getattr(ip, "sixtofour", None)
    return (hidden or ip).is_global and not ip.is_multicast


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc.rpartition("@")[2].lower()
