"""Who may call: finds the login of a request, checks CSRF, then the permission."""

from __future__ import annotations

from hmac import compare_digest
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection, Request

from hub.model.errors import Forbidden
from hub.web.call import NOBODY
from hub.web.errors import CsrfMissing, LoginRequired
from hub.web.routing import SAFE, Operation
from hub.web.sessions import Login, Sessions

COOKIE = "hub_session"
CSRF_HEADER = "x-csrf-token"


async def admit(operation: Operation, request: Request, sessions: Sessions) -> Login:
    """The login behind a request. Raises LoginRequired, CsrfMissing, Forbidden."""
    if operation.public:
        return NOBODY
    login = await _login(request, sessions)
    if operation.permission and not login.actor.may(operation.permission):
        raise Forbidden
    return login


async def find_login(request: HTTPConnection, sessions: Sessions) -> Login | None:
    """The login of a request's bearer token or cookie, if it has one."""
    token = bearer(request) or request.cookies.get(COOKIE)
    return await sessions.find(token) if token else None


def bearer(request: HTTPConnection) -> str:
    """The token of the Authorization header (RFC 6750), "" without one."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def origin_allowed(connection: HTTPConnection, allowed: tuple[str, ...]) -> bool:
    """Whether a websocket may be opened from that page. A client that is no browser sends no Origin."""
    origin = connection.headers.get("origin")
    if origin is None or origin in allowed:
        return True
    return urlsplit(origin).netloc == connection.headers.get("host")


async def _login(request: Request, sessions: Sessions) -> Login:
    login = await find_login(request, sessions)
    if login is None:
        raise LoginRequired
    by_cookie = not bearer(request)
    if by_cookie and request.method not in SAFE:
        _check_csrf(request, login)
    return login


def _check_csrf(request: Request, login: Login) -> None:
    sent = request.headers.get(CSRF_HEADER, "")
    if not compare_digest(sent.encode(), login.csrf.encode()):
        raise CsrfMissing
