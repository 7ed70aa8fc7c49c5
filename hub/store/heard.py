"""How well each leg of a call was heard, kept with the call once the leg is over."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, select

from hub.api import LegFact
from hub.model.named import Named
from hub.store import interactions, legs, work
from hub.store.rows import Row
from hub.store.tables import users
from hub.store.unit import Tx

ATTRIBUTE: Final = "legs_heard"


@dataclass(frozen=True, slots=True)
class HeardItem:
    """How well one leg was heard, from beginning to end, of both directions the worse; null is what nobody measured.
    `user` is the agent, null of the customer. `loss` is a share of packets, 0 to 1; `jitter` and `round_trip` are in
    milliseconds; `mos` is what listeners would say, 1 to 5, estimated (ITU-T G.107)."""

    leg: str
    user: Named | None
    at: datetime
    loss: float | None
    jitter: float | None
    round_trip: float | None
    mos: float | None


def note(tx: Tx, interaction: Row, fact: LegFact) -> Row:
    """Keep what the fact has of it; returns the interaction as it is then. Of numbers outside and supervisors nothing
    is kept: they are neither the customer nor an agent, and a supervisor is perhaps not to be known of."""
    number = legs.offer_by(tx.conn, fact.leg)
    if fact.quality is None or (fact.leg and number is None):
        return interaction
    known = interaction["attributes"].get(ATTRIBUTE, {})
    one = {"at": (fact.at or tx.now).isoformat(), "user": _user(tx, number), **asdict(fact.quality)}
    attributes = {**interaction["attributes"], ATTRIBUTE: {**known, fact.leg: one}}
    return interactions.change(tx, interaction, attributes=attributes)


def heard(conn: Connection, attributes: Mapping[str, Any]) -> list[HeardItem]:
    """Of these attributes of a call, in the order its legs ended."""
    known = attributes.get(ATTRIBUTE, {})
    names = _names(conn, {one["user"] for one in known.values()})
    return sorted((_item(leg, one, names.get(one["user"])) for leg, one in known.items()), key=lambda item: item.at)


def _user(tx: Tx, number: int | None) -> int | None:
    offer = work.get_offer(tx.conn, number) if number is not None else None
    return offer["user_id"] if offer else None


def _names(conn: Connection, ids: Collection[int | None]) -> dict[int, Named]:
    found = conn.execute(select(users.c.id, users.c.name).where(users.c.id.in_(ids)))
    return {number: Named(number, name) for number, name in found}


def _item(leg: str, one: Mapping[str, Any], user: Named | None) -> HeardItem:
    at = datetime.fromisoformat(one["at"])
    return HeardItem(leg, user, at, one["loss"], one["jitter"], one["round_trip"], one["mos"])
