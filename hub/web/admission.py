"""Who may call: finds the login of a request, checks CSRF, then the permission."""

from __future__ import annotations

from hmac import compare_digest

from starlette.requests import Request

from hub.model.errors import Forbidden
from hub.web.call import NOBODY
from hub.web.credentials import bearer, token_of
from hub.web.errors import CsrfMissing, LoginRequired
from hub.web.routing import SAFE, Operation
from hub.web.sessions import Login, Sessions

CSRF_HEADER = "x-csrf-token"


async def admit(operation: Operation, request: Request, sessions: Sessions) -> Login:
    """The login behind a request. Raises LoginRequired, CsrfMissing, Forbidden."""
    if operation.public:
        return NOBODY
    login = await require_login(request, sessions)
    if operation.permission and not login.actor.may(operation.permission):
        raise Forbidden
    return login


async def require_login(request: Request, sessions: Sessions) -> Login:
    """The login of a request. Raises LoginRequired, CsrfMissing."""
    token = token_of(request)
    login = await sessions.find(token) if token else None
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
