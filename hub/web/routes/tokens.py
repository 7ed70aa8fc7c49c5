"""Tokens for other systems: each acts with its user's rights."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from hub.model.errors import Conflict, Forbidden, NotFound
from hub.model.permissions import Permission
from hub.store import admin_agents, sessions, users
from hub.store.sessions import ApiToken
from hub.store.unit import Tx
from hub.web.call import Call
from hub.web.fields import Body, Id, Moment, Name
from hub.web.routing import Routes
from hub.web.sessions import API_PREFIX

routes = Routes("tokens")
MANAGE = Permission.TOKENS_MANAGE


@dataclass(frozen=True, slots=True)
class NewApiToken:
    """The token itself is shown this once."""

    id: int
    token: str


class TokenBody(Body):
    """For which user (oneself, if none is named), what it is for, and until when."""

    name: Name
    user: Id | None = None
    expires_at: Moment | None = None


@routes.get("/tokens", MANAGE)
async def list_tokens(call: Call) -> list[ApiToken]:
    """All tokens of users one sees, never the tokens themselves."""
    return await call.read(lambda conn: sessions.api_tokens_seen(conn, call.actor))


@routes.post("/tokens", MANAGE, status=201)
async def create_token(call: Call, body: TokenBody) -> NewApiToken:
    """Make a token for a user whose rights one has oneself."""
    token = API_PREFIX + secrets.token_urlsafe(32)
    return await call.write(lambda tx: _create(call, tx, body, token))


@routes.delete("/tokens/{token_id}", MANAGE)
async def delete_token(call: Call, token_id: int) -> None:
    """End a token at once."""
    await call.write(lambda tx: _delete(call, tx, token_id))


def _create(call: Call, tx: Tx, body: TokenBody, token: str) -> NewApiToken:
    user_id = body.user if body.user is not None else call.actor.user_id
    admin_agents.require_user(tx.conn, call.actor, user_id)
    owner = users.load_actor(tx.conn, user_id)
    if owner is None:
        raise NotFound("There is no such user.")
    if not owner.permissions <= call.actor.permissions:
        raise Forbidden("This user has rights you do not have.")
    if body.expires_at is not None and body.expires_at <= tx.now:
        raise Conflict("This moment has passed.")
    made = sessions.insert_api_token(tx, user_id, body.name, token, body.expires_at)
    call.record(tx, "token.created", "token", made, user=user_id)
    return NewApiToken(made, token)


def _delete(call: Call, tx: Tx, token_id: int) -> None:
    if all(token.id != token_id for token in sessions.api_tokens_seen(tx.conn, call.actor)):
        raise NotFound
    owner = sessions.delete_api_token(tx, token_id)
    tx.event("session.ended", user=owner)
    tx.after_commit(call.node.sessions.forget)
    call.record(tx, "token.deleted", "token", token_id, user=owner)
