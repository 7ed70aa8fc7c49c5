"""Asks the site's own systems over HTTP: only those it lists, no redirects, in time, and no more than a little."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx

from plugins.self_service.settings import SelfServiceSettings

log = logging.getLogger(__name__)


class Fetcher:
    """One a site. What goes wrong is logged without the address's path, which may name a customer."""

    def __init__(self, settings: SelfServiceSettings, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._allowed = {origin(host) for host in settings.hosts}
        self._largest = settings.largest_answer
        self._transport = transport

    async def fetch(
        self, url: str, method: str, headers: Mapping[str, str], body: Mapping[str, Any] | None, timeout: float
    ) -> Any:
        """What it answered as JSON, or None: not allowed, not in time, not 2xx, too large, no JSON."""
        whose = origin(url)
        if whose not in self._allowed:
            log.error("a flow may not ask %s: it is not among [plugins.self_service] hosts", whose or "such an address")
            return None
        client = httpx.AsyncClient(
            timeout=timeout, follow_redirects=False, transport=self._transport, trust_env=False, headers=dict(headers)
        )
        try:
            async with client, client.stream(method, url, json=body) as answer:
                return json.loads(await self._content(answer))
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            log.warning("a flow asked %s in vain: %s", whose, type(error).__name__)
            return None

    async def _content(self, answer: httpx.Response) -> bytes:
        answer.raise_for_status()
        content = b""
        async for piece in answer.aiter_bytes():
            content += piece
            if len(content) > self._largest:
                raise ValueError("too large")
        return content


def origin(url: str) -> str:
    """`https://erp.example:8443`, or "" for what is no such address."""
    try:
        parts = urlsplit(url.strip().lower())
        port = parts.port
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username is not None:
        return ""
    usual = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{parts.hostname}" + (f":{port}" if port not in {None, usual} else "")
