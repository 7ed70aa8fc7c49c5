"""What a request carries to say who it is from: a bearer token or a cookie, and where a page of it came from."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

COOKIE = "hub_session"


def token_of(connection: HTTPConnection) -> str | None:
    """The token of the Authorization header, else of the cookie."""
    return bearer(connection) or connection.cookies.get(COOKIE)


def bearer(connection: HTTPConnection) -> str:
    """The token of the Authorization header (RFC 6750), "" without one."""
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def origin_allowed(connection: HTTPConnection, allowed: tuple[str, ...]) -> bool:
    """Whether a websocket may be opened from that page. A client that is no browser sends no Origin."""
    origin = connection.headers.get("origin")
    if origin is None or origin in allowed:
        return True
    return urlsplit(origin).netloc == connection.headers.get("host")
