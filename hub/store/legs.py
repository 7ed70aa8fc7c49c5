"""Calls as the store knows them. An agent's leg is their offer: it rings while the offer is open, and is up from
BRIDGED until the work it was for has ended. Who took a call over has the leg they listened with."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from hub.model.states import FINAL, InteractionState, OfferState, WorkState
from hub.store import parties
from hub.store.rows import Row, inserted, many, one
from hub.store.tables import interactions, offers, work
from hub.store.tables import parties as others
from hub.store.unit import Tx

PREFIX = "offer:"
ASIDE = "aside"
"""In the payload of a colleague's work: they were asked for a word in private."""
TALKING = ("interaction", "consult")  # kinds of work whose agent talks with the customer, or about them


@dataclass(frozen=True, slots=True)
class Leg:
    """One agent's leg. `kind` is that of the work: "interaction" or "consult"; `since` when it rang, or came up;
    `called` is its name where that is not the offer's; `aside`: a colleague whom the customer does not hear."""

    offer: int
    user: int
    kind: str
    up: bool
    accepted: bool
    since: datetime
    expires_at: datetime
    called: str = ""
    aside: bool = False

    @property
    def name(self) -> str:
        return self.called or name_of(self.offer)


def name_of(offer_id: int) -> str:
    """What the leg of this offer is called towards the channel."""
    return f"{PREFIX}{offer_id}"


def offer_of(name: str) -> int | None:
    """The offer whose leg has this name; None when it is no agent's."""
    number = name.removeprefix(PREFIX)
    is_one = name.startswith(PREFIX) and number.isascii() and number.isdecimal() and len(number) < 19
    return int(number) if is_one else None


def offer_by(conn: Connection, name: str) -> int | None:
    """As `offer_of`, whatever the agent's leg is called."""
    party = parties.number_in(name)
    row = parties.get(conn, party) if party is not None else None
    return row["offer_id"] if row else offer_of(name)


def calls_among(conn: Connection, ids: Collection[int]) -> list[Row]:
    """Those of these interactions that are calls."""
    return many(conn, select(interactions).where(interactions.c.id.in_(ids), interactions.c.call))


def open_calls(conn: Connection, account_id: int) -> list[Row]:
    """Calls on this account that have not ended."""
    c = interactions.c
    return many(conn, select(interactions).where(c.account_id == account_id, c.call, c.closed_at.is_(None)))


def ended_among(conn: Connection, account_id: int, threads: Collection[str]) -> list[Row]:
    """The newest call of each of these threads that is over."""
    c = interactions.c
    found = many(conn, select(interactions).where(c.account_id == account_id, c.call, c.thread.in_(threads)))
    newest = {row["thread"]: row for row in sorted(found, key=lambda row: int(row["id"]))}
    return [row for row in newest.values() if row["state"] in FINAL]


def legs_of(conn: Connection, interaction_id: int) -> list[Leg]:
    """Every agent's leg that rings or is up, oldest first. None while self-service has the customer: who had them
    before may still wrap up, and their work stands until then."""
    return [leg for _, leg in legs_among(conn, [interaction_id])]


def legs_among(conn: Connection, ids: Collection[int]) -> list[tuple[int, Leg]]:
    """As `legs_of`, of several interactions, each leg with its own."""
    joined = select(offers, work.c.kind.label("kind"), work.c.state.label("work_state"), work.c.user_id.label("holder"))
    joined = joined.add_columns(others.c.id.label("party"), work.c.payload.label("about"))
    joined = joined.join(work, work.c.id == offers.c.work_id)
    taken_over = (others.c.interaction_id == offers.c.interaction_id) & (others.c.offer_id == offers.c.id)
    joined = joined.outerjoin(others, taken_over)
    joined = joined.join(interactions, interactions.c.id == offers.c.interaction_id)
    mine = joined.where(offers.c.interaction_id.in_(list(ids)), work.c.ended_at.is_(None), work.c.kind.in_(TALKING))
    mine = mine.where(interactions.c.state != InteractionState.SELF_SERVICE)
    return [(row["interaction_id"], _leg(row)) for row in many(conn, mine.order_by(offers.c.id)) if _lives(row)]


def up_for(conn: Connection, interaction_id: int, user_id: int) -> bool:
    """Whether this agent's leg is up."""
    return any(leg.up and leg.user == user_id for leg in legs_of(conn, interaction_id))


def summon(tx: Tx, interaction: Row, user_id: int, expires_at: datetime) -> int:
    """Have this agent's device ring for work that is theirs already; returns the offer's id."""
    mine = select(work).where(work.c.interaction_id == interaction["id"], work.c.user_id == user_id)
    row = one(tx.conn, mine.where(work.c.ended_at.is_(None)))
    assert row is not None, "only who has the work is summoned"
    values = {
        "work_id": row["id"],
        "interaction_id": interaction["id"],
        "queue_id": row["queue_id"],
        "user_id": user_id,
        "state": OfferState.ACCEPTED,
        "created_at": tx.now,
        "expires_at": expires_at,
    }
    number = inserted(tx.conn, insert(offers), values)
    subjects = {"interaction": interaction["id"], "queue": row["queue_id"], "user": user_id}
    tx.event("offer.created", **subjects, offer=number, work=row["id"], expires_at=expires_at.isoformat())
    return number


def seize(tx: Tx, work_id: int, interaction: Row, user_id: int) -> int:
    """An offer that is BRIDGED from the beginning: they are in the call already. Returns its id."""
    values = {
        "work_id": work_id,
        "interaction_id": interaction["id"],
        "queue_id": interaction["queue_id"],
        "user_id": user_id,
        "state": OfferState.BRIDGED,
        "created_at": tx.now,
        "expires_at": tx.now,
        "ended_at": tx.now,
    }
    return inserted(tx.conn, insert(offers), values)


def _lives(row: Row) -> bool:
    held = row["work_state"] == WorkState.ASSIGNED and row["holder"] == row["user_id"]
    return row["ended_at"] is None or (row["state"] == OfferState.BRIDGED and held)


def _leg(row: Row) -> Leg:
    up = row["state"] == OfferState.BRIDGED
    accepted = row["state"] == OfferState.ACCEPTED
    since = row["ended_at"] or row["created_at"]
    aside = row["kind"] == "consult" and bool(row["about"].get(ASIDE))
    called = parties.name_of(row["party"]) if row["party"] is not None else ""
    return Leg(row["id"], row["user_id"], row["kind"], up, accepted, since, row["expires_at"], called, aside)
