"""Who I am, how I want things, and whether I take work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from hub.model.named import Named
from hub.model.states import Presence
from hub.pipeline import presence
from hub.store import admin_agents, users
from hub.store.admin_agents import PresenceRecord
from hub.store.unit import Tx
from hub.web.call import Call
from hub.web.fields import Attributes, Body, Language, Short
from hub.web.routing import Routes

routes = Routes("me")


@dataclass(frozen=True, slots=True)
class Profile:
    """The user who asks. `permissions` are what is left after roles, grants and denials."""

    id: int
    login: str
    name: str
    language: str
    roles: list[str]
    permissions: list[str]
    department: Named | None
    capacity: dict[str, int]
    preferences: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Site:
    """What every screen shows of the site."""

    name: str
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Me:
    """`csrf` goes into X-CSRF-Token of changes made by cookie; `seq` is where a stream should begin."""

    user: Profile
    presence: PresenceRecord
    csrf: str
    site: Site
    seq: int


class ProfileChange(Body):
    """What a user may change about themself; `preferences` are merged, null removes one."""

    language: Language | None = None
    preferences: Attributes | None = None


class PresenceChange(Body):
    """`reason` tells why not ready, in the site's own words."""

    state: Presence
    reason: Short = ""


@routes.get("/me")
async def get_me(call: Call) -> Me:
    """The user who asks, with presence and what a page needs to begin."""
    seq = call.node.services.store.tail.last
    return await call.read(lambda conn: _me(call, conn, seq))


@routes.patch("/me")
async def change_me(call: Call, body: ProfileChange) -> Me:
    """Change language or preferences."""
    await call.write(lambda tx: _change(tx, call.actor.user_id, body))
    return await get_me(call)


@routes.put("/me/presence")
async def set_presence(call: Call, body: PresenceChange) -> PresenceRecord:
    """Be READY, NOT_READY or LOGGED_OUT. During work the change waits (`pending`) until the work ends."""
    user_id = call.actor.user_id
    return await call.write(lambda tx: _choose(tx, user_id, body))


def _choose(tx: Tx, user_id: int, body: PresenceChange) -> PresenceRecord:
    presence.choose(tx, user_id, body.state, body.reason)
    return admin_agents.presence_of(tx.conn, user_id)


def _change(tx: Tx, user_id: int, body: ProfileChange) -> None:
    values: dict[str, Any] = {} if body.language is None else {"language": body.language}
    if body.preferences is not None:
        merged = {**users.own_profile(tx.conn, user_id)[1], **body.preferences}
        values["preferences"] = {key: value for key, value in merged.items() if value is not None}
    users.update_user(tx, user_id, values)


def _me(call: Call, conn: Connection, seq: int) -> Me:
    user, preferences = users.own_profile(conn, call.actor.user_id)
    profile = Profile(
        id=user.id,
        login=user.login,
        name=user.name,
        language=user.language,
        roles=user.roles,
        permissions=sorted(call.actor.permissions),
        department=user.department,
        capacity=user.capacity,
        preferences=preferences,
    )
    settings = call.node.services.settings
    site = Site(settings.site_name, settings.languages)
    return Me(profile, admin_agents.presence_of(conn, user.id), call.login.csrf, site, seq)
