"""One interaction in whole, as the conversation's screen needs it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from hub.api import Medium
from hub.model.actor import Actor
from hub.model.named import Named
from hub.model.states import WorkState
from hub.store import legs, listing, presences, segments, work
from hub.store.candidates import Candidate, candidates
from hub.store.heard import ATTRIBUTE, HeardItem, heard
from hub.store.interaction_item import InteractionItem
from hub.store.segments import SegmentItem
from hub.store.tables import interactions


@dataclass(frozen=True, slots=True)
class CapabilitiesItem:
    """What the channel can carry; `reply_window` in seconds. Screens show and hide by these."""

    medium: Medium
    live: bool
    typing: bool
    receipts: bool
    html: bool
    attachments: bool
    max_attachment_bytes: int
    max_text: int
    fields: tuple[str, ...]
    kinds: tuple[str, ...]
    can_start: bool
    start_scheme: str
    calls: bool
    reply_window: float | None


@dataclass(frozen=True, slots=True)
class LegItem:
    """An agent in a call: `up` when they talk, else their device rings; `accepted` when they have said yes to it."""

    offer: int
    user: int
    up: bool
    accepted: bool
    since: datetime


@dataclass(frozen=True, slots=True)
class ConsultItem:
    """A colleague was asked for; `user` is null until one is in it. `aside`: the customer does not hear them."""

    work: int
    user: Named | None
    queue: int
    since: datetime
    aside: bool


@dataclass(frozen=True, slots=True)
class TaskItem:
    """Work that is no conversation (a call-back, a missed call): done by POST /work-items/{id}/done. `count`: how often
    they tried."""

    id: int
    kind: str
    count: int


@dataclass(frozen=True, slots=True)
class InteractionDetail(InteractionItem):
    """One interaction in whole. `reply_to` is where an answer goes; `explanation` says why routing offered it as it
    did; `capabilities` is null when the channel's plugin is not there; `related` are others of the same ticket;
    `candidates` are the customers it may be from besides the one it belongs to; `call`: it has legs, which are the
    agents'; `heard` is how well those that are over were heard; `consult` is the colleague who was asked for: the
    reader, the one asked aside, or the last; `tasks` are the reader's own, about it."""

    segments: list[SegmentItem]
    capabilities: CapabilitiesItem | None
    reply_to: dict[str, Any]
    attributes: dict[str, Any]
    related: list[InteractionItem]
    explanation: dict[str, Any]
    candidates: list[Candidate]
    call: bool
    legs: list[LegItem]
    heard: list[HeardItem]
    consult: ConsultItem | None
    tasks: list[TaskItem]


def get_detail(
    conn: Connection, actor: Actor, interaction_id: int, capabilities: dict[str, CapabilitiesItem]
) -> InteractionDetail:
    """Raises NotFound unless the actor sees it. `capabilities` are by channel."""
    found = listing.get_interaction(conn, actor, interaction_id)
    c = interactions.c
    more = conn.execute(select(c.reply_to, c.attributes, c.call).where(c.id == interaction_id)).one()
    return InteractionDetail(
        **{field.name: getattr(found, field.name) for field in fields(InteractionItem)},
        segments=segments.segments_of(conn, interaction_id),
        capabilities=capabilities.get(found.channel),
        reply_to=more.reply_to,
        attributes={name: value for name, value in more.attributes.items() if name != ATTRIBUTE},
        related=listing.related(conn, actor, found),
        explanation=segments.last_explanation(conn, interaction_id),
        candidates=candidates(conn, actor, interaction_id),
        call=more.call,
        legs=_legs(conn, interaction_id) if more.call else [],
        heard=heard(conn, more.attributes) if more.call else [],
        consult=_consult(conn, actor, interaction_id),
        tasks=_tasks(conn, actor, interaction_id),
    )


def _tasks(conn: Connection, actor: Actor, interaction_id: int) -> list[TaskItem]:
    held = work.held_by(conn, interaction_id, actor.user_id)
    others = [row for row in held if row["kind"] not in legs.TALKING]
    return [TaskItem(row["id"], row["kind"], row["payload"].get("count", 1)) for row in others]


def _legs(conn: Connection, interaction_id: int) -> list[LegItem]:
    found = legs.legs_of(conn, interaction_id)
    return [LegItem(each.offer, each.user, each.up, each.accepted, each.since) for each in found]


def _consult(conn: Connection, actor: Actor, interaction_id: int) -> ConsultItem | None:
    asked = work.open_of(conn, interaction_id, "consult")
    if not asked:
        return None
    row = max(asked, key=lambda row: (row["user_id"] == actor.user_id, bool(row["payload"].get(legs.ASIDE)), row["id"]))
    is_in = row["state"] == WorkState.ASSIGNED
    user = Named(row["user_id"], presences.name_of(conn, row["user_id"]) or "") if is_in else None
    return ConsultItem(row["id"], user, row["queue_id"], row["created_at"], bool(row["payload"].get(legs.ASIDE)))
