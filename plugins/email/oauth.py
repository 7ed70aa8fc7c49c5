"""XOAUTH2: short-lived access tokens from a long-lived refresh token (RFC 6749 §6)."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hub.api import Misconfigured, Unreachable
from plugins.email.settings import EmailConnection

if TYPE_CHECKING:
    import httpx

_EARLY = 60.0  # seconds before its end at which a token is no longer used


@dataclass(frozen=True, slots=True)
class _Token:
    value: str
    until: float


class TokenSource:
    """The current access token of each refresh token; fetched once for all who wait."""

    def __init__(self) -> None:
        self._tokens: dict[str, _Token] = {}
        self._lock = asyncio.Lock()

    async def token(self, settings: EmailConnection) -> str:
        """A token good for at least a minute. Raises Misconfigured (refused) or Unreachable."""
        async with self._lock:
            held = self._tokens.get(_key(settings))
            if held is None or held.until <= time.monotonic():
                held = await _fetch(settings)
                self._tokens[_key(settings)] = held
            return held.value

    def forget(self, settings: EmailConnection) -> None:
        """Fetch anew next time: the server refused what we hold."""
        self._tokens.pop(_key(settings), None)


def _key(settings: EmailConnection) -> str:
    return f"{settings.oauth_url} {settings.oauth_client_id} {settings.oauth_refresh_token.get_secret_value()}"


async def _fetch(settings: EmailConnection) -> _Token:
    import httpx  # a twentieth of a start, for the few mailboxes that want tokens

    form = {
        "grant_type": "refresh_token",
        "refresh_token": settings.oauth_refresh_token.get_secret_value(),
        "client_id": settings.oauth_client_id,
        "client_secret": settings.oauth_client_secret.get_secret_value(),
        "scope": settings.oauth_scope,
    }
    try:
        async with httpx.AsyncClient(timeout=20) as client:
            answer = await client.post(settings.oauth_url, data={name: said for name, said in form.items() if said})
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise Unreachable(f"token server: {type(error).__name__}") from error
    return _read(answer)


def _read(answer: httpx.Response) -> _Token:
    if answer.status_code >= 500:
        raise Unreachable(f"token server answered {answer.status_code}")
    try:
        told = answer.json()
        return _Token(str(told["access_token"]), time.monotonic() + float(told.get("expires_in", 300)) - _EARLY)
    except (ValueError, KeyError, TypeError) as error:
        raise Misconfigured(f"token server answered {answer.status_code}") from error
