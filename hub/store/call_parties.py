"""Who is in each of some calls, as a screen shows them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, select

from hub.model.actor import Actor
from hub.model.permissions import Permission
from hub.store import legs, parties
from hub.store.legs import Leg
from hub.store.parties import Kind
from hub.store.rows import Row
from hub.store.tables import users


class Role(StrEnum):
    """What somebody is in a call. COLLEAGUE: brought in by its AGENT."""

    AGENT = "AGENT"
    COLLEAGUE = "COLLEAGUE"
    OUTSIDE = "OUTSIDE"
    SUPERVISOR = "SUPERVISOR"


@dataclass(frozen=True, slots=True)
class PartyAddress:
    """Where a number outside was called."""

    scheme: str
    value: str


@dataclass(frozen=True, slots=True)
class PartyItem:
    """One of those in a call besides the customer. `state` RINGING or TALKING; `mode` is how a SUPERVISOR is in it, and
    `whom` the user they whisper to; `user` is null for an OUTSIDE number, which alone has an `address`."""

    leg: str
    role: Role
    name: str
    user: int | None
    state: str
    muted: bool
    mode: str
    whom: int | None
    since: datetime
    address: PartyAddress | None = None


def parties_in(conn: Connection, actor: Actor, muted: Mapping[int, Collection[str]]) -> dict[int, list[PartyItem]]:
    """By interaction; `muted` has, for each that is asked for, the legs nobody hears. A supervisor nobody is to know of
    is seen by supervisors alone."""
    agents = legs.legs_among(conn, muted)
    others = [row for row in parties.among(conn, list(muted)) if row["visible"] or _supervises(actor, row)]
    names = _names(conn, {leg.user for _, leg in agents} | {row["user_id"] for row in others if row["user_id"]})
    found: dict[int, list[PartyItem]] = defaultdict(list)
    for interaction_id, leg in agents:
        found[interaction_id].append(_agent(leg, names.get(leg.user, ""), leg.name in muted[interaction_id]))
    for row in others:
        found[row["interaction_id"]].append(_other(row, names.get(row["user_id"], "")))
    return found


def _supervises(actor: Actor, row: Row) -> bool:
    return actor.may(Permission.CALLS_MONITOR) or row["user_id"] == actor.user_id


def _names(conn: Connection, ids: Collection[int]) -> dict[int, str]:
    rows = conn.execute(select(users.c.id, users.c.name).where(users.c.id.in_(ids))) if ids else ()
    return {row.id: row.name for row in rows}


def _agent(leg: Leg, name: str, muted: bool) -> PartyItem:
    role = Role.COLLEAGUE if leg.kind == "consult" else Role.AGENT
    state = "TALKING" if leg.up else "RINGING"
    return PartyItem(leg.name, role, name, leg.user, state, muted, "", None, leg.since)


def _other(row: Row, name: str) -> PartyItem:
    outside, told = row["kind"] == Kind.OUTSIDE, row["address"]
    called = told.get("name") or told.get("value", "")
    return PartyItem(
        leg=parties.name_of(row["id"]),
        role=Role.OUTSIDE if outside else Role.SUPERVISOR,
        name=called if outside else name,
        user=row["user_id"],
        state=row["state"],
        muted=False,
        mode=row["mode"],
        whom=row["whom_id"],
        since=row["up_at"] or row["created_at"],
        address=PartyAddress(told["scheme"], told["value"]) if outside else None,
    )
