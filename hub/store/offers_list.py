"""What is offered to an agent now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from hub.api import Medium
from hub.model.actor import Actor
from hub.model.states import OfferState
from hub.store import held_work, listing, on_the_way, work
from hub.store.interaction_item import InteractionItem
from hub.store.legs import TALKING


@dataclass(frozen=True, slots=True)
class Carried:
    """What comes with the work when it is taken: the words of a note, and what stands in open forms, by name."""

    text: str
    forms: dict[str, str]


@dataclass(frozen=True, slots=True)
class OfferItem:
    """One open offer, of work of this `kind`. `seconds_left` is the countdown when this was read. ACCEPTED: a call that
    is mine as soon as I answer my device. `carried` is what whoever passes it on had begun."""

    id: int
    state: OfferState
    kind: str
    interaction: InteractionItem | None
    queue: int | None
    created_at: datetime
    expires_at: datetime
    seconds_left: float
    carried: Carried | None


def open_offers(conn: Connection, actor: Actor, now: datetime) -> list[OfferItem]:
    """Mine: those for whom somebody is there now come before what can wait; then oldest first."""
    rows = work.open_offers(conn, user_id=actor.user_id)
    offered = [row["interaction_id"] for row in rows if row["interaction_id"] is not None]
    items = {item.id: item for item in listing.items_of(conn, actor, offered)} if offered else {}
    works = held_work.works(conn, [row["work_id"] for row in rows])
    found = [
        OfferItem(
            id=row["id"],
            state=OfferState(row["state"]),
            kind=works[row["work_id"]]["kind"],
            interaction=items.get(row["interaction_id"]),
            queue=row["queue_id"],
            created_at=row["created_at"],
            expires_at=row["expires_at"],
            seconds_left=max(0.0, (row["expires_at"] - now).total_seconds()),
            carried=_carried(works[row["work_id"]]["payload"].get(on_the_way.CARRIED)),
        )
        for row in rows
    ]
    return sorted(found, key=lambda each: not _somebody_is_there(each))


def _carried(said: Mapping[str, Any] | None) -> Carried | None:
    return Carried(str(said.get("text", "")), dict(said.get("forms", {}))) if said else None


def _somebody_is_there(item: OfferItem) -> bool:
    """A call that rings, a chat; not a call-back, for which its customer has gone."""
    there = item.interaction is not None and item.interaction.medium != Medium.DEFERRED
    return there and item.kind in TALKING
