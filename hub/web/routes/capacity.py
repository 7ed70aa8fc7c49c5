"""How much agents take at once, and the skills they have."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from hub.api import Medium
from hub.model.permissions import Permission
from hub.store import admin_agents, limits, skills
from hub.store.limits import ChannelLoad, MediumLoad
from hub.store.skills import SkillTable
from hub.store.unit import Tx
from hub.web.call import Call
from hub.web.fields import Body, Id
from hub.web.routes.users import Level, Levels
from hub.web.routing import Routes

routes = Routes("capacity")
SUPERVISE = Permission.INTERACTIONS_SUPERVISE
MANAGE = Permission.QUEUES_MANAGE


class LimitsChange(Body):
    """How many of each medium at once. A medium that is not named is left to the next above: the supervisor's limit
    over one's own, the site's over the supervisor's."""

    limits: dict[Medium, Level]


class SkilledUserBody(Body):
    """A user and all their skills."""

    user: Id
    skills: Levels


class SkillsChange(Body):
    """Only who is named changes."""

    users: Annotated[list[SkilledUserBody], Field(max_length=2000)]


@routes.get("/me/limits")
async def get_my_limits(call: Call) -> list[MediumLoad]:
    """How much of each medium one holds, and may."""
    return await call.read(lambda conn: limits.media_for(conn, call.actor.user_id))


@routes.put("/me/limits")
async def choose_my_limits(call: Call, body: LimitsChange) -> list[MediumLoad]:
    """Take less than the supervisor allows; an empty object takes all that again."""
    return await call.write(lambda tx: _choose(call, tx, body))


@routes.put("/agents/{user_id}/limits", SUPERVISE)
async def give_limits(call: Call, user_id: int, body: LimitsChange) -> list[MediumLoad]:
    """Say how much an agent takes at once; it stands in the audit log."""
    return await call.write(lambda tx: _give(call, tx, user_id, body))


@routes.get("/me/channels")
async def get_my_channels(call: Call) -> list[ChannelLoad]:
    """How much of each channel one holds, and may, and whether one more would be given now."""
    known = sorted(call.node.services.registry.channels.items())
    media = {name: channel.capabilities.medium for name, channel in known}
    return await call.read(lambda conn: limits.channels_for(conn, call.actor.user_id, media))


@routes.get("/skills", Permission.INTERACTIONS_TRANSFER)
async def list_skills(call: Call) -> list[str]:
    """The skills there are, by name: what something may be passed on for."""
    return await call.read(skills.skill_names)


@routes.get("/routing/skills", MANAGE)
async def get_skills(call: Call) -> SkillTable:
    """Everybody's skills."""
    return await call.read(lambda conn: skills.skill_table(conn, call.actor))


@routes.put("/routing/skills", MANAGE)
async def set_skills(call: Call, body: SkillsChange) -> SkillTable:
    """Set the skills of several users together."""
    return await call.write(lambda tx: _set_skills(call, tx, body))


def _choose(call: Call, tx: Tx, body: LimitsChange) -> list[MediumLoad]:
    limits.choose(tx, call.actor.user_id, _plain(body))
    return limits.media_for(tx.conn, call.actor.user_id)


def _give(call: Call, tx: Tx, user_id: int, body: LimitsChange) -> list[MediumLoad]:
    admin_agents.require_user(tx.conn, call.actor, user_id)
    limits.give(tx, user_id, _plain(body))
    call.record(tx, "limits.given", "user", user_id, limits=_plain(body))
    return limits.media_for(tx.conn, user_id)


def _plain(body: LimitsChange) -> dict[str, int]:
    return {medium.value: limit for medium, limit in body.limits.items()}


def _set_skills(call: Call, tx: Tx, body: SkillsChange) -> SkillTable:
    wanted = {each.user: each.skills for each in body.users}
    for user_id in wanted:
        admin_agents.require_user(tx.conn, call.actor, user_id)
    skills.set_skills(tx, wanted)
    call.record(tx, "skills.changed", "user", users=sorted(wanted))
    return skills.skill_table(tx.conn, call.actor)
