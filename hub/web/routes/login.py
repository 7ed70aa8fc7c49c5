"""Logging in and out, and changing one's password."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from hub.model.errors import Invalid, TooMany
from hub.model.named import Named
from hub.model.states import Presence
from hub.pipeline import presence
from hub.store import audit, users
from hub.store.sessions import end_session, has_sessions, token_hash
from hub.store.unit import Tx
from hub.store.users import Credentials
from hub.web import metrics
from hub.web.call import Call
from hub.web.credentials import COOKIE
from hub.web.errors import WrongLogin
from hub.web.fields import Body
from hub.web.json import JsonResponse
from hub.web.node import FAILURES_A_LOGIN
from hub.web.routing import Routes
from hub.web.sessions import NewSession

routes = Routes("login")
LOCK = timedelta(minutes=1)
Password = Annotated[str, Field(min_length=8, max_length=200)]


class Login(Body):
    """Who wants in."""

    login: Annotated[str, Field(max_length=80)]
    password: Annotated[str, Field(max_length=200)]


class NewPassword(Body):
    """`current` proves that it is the user who asks."""

    current: Annotated[str, Field(max_length=200)]
    new: Password


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """The token goes into `Authorization: Bearer`; browsers use the cookie, with `csrf` in `X-CSRF-Token`."""

    token: str
    csrf: str
    user: Named


@routes.post("/login", public=True, raises=(WrongLogin, TooMany), returns=LoggedIn)
async def log_in(call: Call, body: Login) -> Response:
    """Log in; answers with a token and sets the session cookie.

    A session the request still carries ends. Five wrong passwords lock the login for a minute, then for longer.
    """
    user = await _checked(call, body)
    old = call.request.cookies.get(COOKIE)
    session, name = await call.write(lambda tx: _open(call, tx, user, old))
    return _answer(call.request, session, Named(user, name))


@routes.post("/logout")
async def log_out(call: Call) -> None:
    """End this session and its streams."""
    await call.write(lambda tx: _close(call, tx))


@routes.put("/me/password", returns=LoggedIn)
async def change_password(call: Call, body: NewPassword) -> Response:
    """Change one's own password: every session ends, and a new one begins with this answer."""
    actor = call.actor
    stored = await call.read(lambda conn: users.password_hash(conn, actor.user_id))
    if not await call.node.passwords.verify(body.current, stored):
        raise Invalid(fields={"current": "This is not your password."})
    hashed = await call.node.passwords.hash(body.new)
    session = await call.write(lambda tx: _replace(call, tx, hashed))
    return _answer(call.request, session, Named(actor.user_id, actor.name))


async def _checked(call: Call, body: Login) -> int:
    """The user's id once the password is right. Raises WrongLogin, TooMany; both look alike for unknown logins."""
    name, node = body.login.casefold(), call.node
    node.failures_by_client.check(call.client)
    node.failures_by_login.check(name)
    found = await call.read(lambda conn: users.find_credentials(conn, name))
    _check_lock(found)
    right = await node.passwords.verify(body.password, found.password_hash if found and found.enabled else None)
    if found is None or not right:
        await _count_failure(call, name, found)
        raise WrongLogin
    node.failures_by_login.clear(name)
    return found.id


def _check_lock(found: Credentials | None) -> None:
    now = datetime.now(UTC)
    if found and found.locked_until and found.locked_until > now:
        raise TooMany(retry_after=(found.locked_until - now).total_seconds())


async def _count_failure(call: Call, name: str, found: Credentials | None) -> None:
    metrics.LOGIN_FAILURES.inc()
    call.node.failures_by_client.count(call.client)
    call.node.failures_by_login.count(name)
    if found:
        await call.write(lambda tx: _note_failure(call, tx, found.id))


def _note_failure(call: Call, tx: Tx, user_id: int) -> None:
    users.note_failed_login(tx, user_id, FAILURES_A_LOGIN, LOCK)
    audit.record(tx, user_id, "login.failed", "user", user_id, client=call.client)


def _open(call: Call, tx: Tx, user_id: int, old: str | None) -> tuple[NewSession, str]:
    if old:
        end_session(tx, token_hash(old))  # a session fixed on the browser before must not survive
    users.note_login(tx, user_id)
    audit.record(tx, user_id, "login", "user", user_id, client=call.client)
    presence.logged_in(tx, user_id)
    name = users.name_of(tx.conn, user_id)
    return call.node.sessions.open(tx, user_id, call.client), name


def _close(call: Call, tx: Tx) -> None:
    call.node.sessions.end(tx, call.login.key)
    if not has_sessions(tx.conn, call.actor.user_id):
        presence.choose(tx, call.actor.user_id, Presence.LOGGED_OUT)
    call.record(tx, "logout", "user", call.actor.user_id)


def _replace(call: Call, tx: Tx, hashed: str) -> NewSession:
    user_id = call.actor.user_id
    users.update_user(tx, user_id, {"password_hash": hashed})
    call.node.sessions.end_all(tx, user_id)
    call.record(tx, "password.changed", "user", user_id)
    return call.node.sessions.open(tx, user_id, call.client)


def _answer(request: Request, session: NewSession, user: Named) -> Response:
    response = JsonResponse(LoggedIn(session.token, session.csrf, user))
    secure = request.url.scheme == "https"
    response.set_cookie(COOKIE, session.token, httponly=True, samesite="strict", secure=secure, path="/")
    return response
