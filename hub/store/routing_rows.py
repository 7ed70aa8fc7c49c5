"""What routing reads besides work: the site's rules, and what is known of the customer."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, select

from hub.model.states import OfferState, WorkState
from hub.store.rows import Row, one
from hub.store.tables import accounts, customers, interactions, offers, segments, site, work

SETTINGS = "routing"
_SETTINGS = select(site.c.value).where(site.c.key == SETTINGS)
_CUSTOMER = select(customers).where(customers.c.id == bindparam("customer"))
_ACCOUNT = select(accounts.c.address).where(accounts.c.id == bindparam("account"))
_LAST_AGENT = (
    select(segments.c.user_id)
    .join(interactions, interactions.c.id == segments.c.interaction_id)
    .where(interactions.c.customer_id == bindparam("customer"), segments.c.kind == "AGENT")
    .order_by(segments.c.id.desc())
    .limit(1)
)
OF_LATE = 20_000  # offers: what lies further back decides nobody's turn
_LATE = offers.c.id > select(func.coalesce(func.max(offers.c.id), 0) - OF_LATE).scalar_subquery()
_TURNS = (
    select(offers.c.queue_id, offers.c.user_id)
    .where(_LATE, offers.c.queue_id.in_(bindparam("queues", expanding=True)))
    .order_by(offers.c.id)
)
_REFUSALS = (
    select(offers.c.work_id, offers.c.user_id, offers.c.ended_at)
    .join(work, work.c.id == offers.c.work_id)
    .where(_LATE, offers.c.state == OfferState.REJECTED, work.c.state == WorkState.WAITING)
    .order_by(offers.c.id)
)
_AGENT_BEFORE = _LAST_AGENT.where(interactions.c.id < bindparam("interaction"))
_THEIRS = select(interactions.c.id).where(interactions.c.customer_id == bindparam("customer")).limit(1)
_OTHER = _THEIRS.where(interactions.c.id != bindparam("interaction"))
_EARLIER = _THEIRS.where(interactions.c.id < bindparam("interaction"))


def settings(conn: Connection) -> dict[str, Any]:
    """The site's routing rules and settings as they were saved; empty before anybody did."""
    found = conn.execute(_SETTINGS).scalar()
    return dict(found) if found else {}


def blending(conn: Connection) -> dict[str, Any]:
    """What blocks what, site-wide, as `Capacity.of` takes it beside an agent's own limits."""
    return blending_of(settings(conn))


def blending_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """The same, as these settings have it."""
    found = document.get("blending") or {}
    return {key: value for key, value in found.items() if value is not None}


def customer(conn: Connection, customer_id: int | None) -> Row | None:
    """The customer's row."""
    return None if customer_id is None else one(conn, _CUSTOMER, customer=customer_id)


def account_address(conn: Connection, account_id: int) -> str:
    """The address of ours that was called or written to."""
    return str(conn.execute(_ACCOUNT, {"account": account_id}).scalar() or "")


def last_agent(conn: Connection, customer_id: int, before: int | None = None) -> int | None:
    """Who had the customer last; `before` this interaction, where one is named."""
    known = {"customer": customer_id} if before is None else {"customer": customer_id, "interaction": before}
    found: int | None = conn.execute(_LAST_AGENT if before is None else _AGENT_BEFORE, known).scalar()
    return found


def has_history(conn: Connection, customer_id: int | None, interaction_id: int, earlier: bool = False) -> bool:
    """Whether the customer has been here before; `earlier`: not counting what came after this interaction."""
    known = {"customer": customer_id, "interaction": interaction_id}
    return customer_id is not None and conn.execute(_EARLIER if earlier else _OTHER, known).first() is not None


def turns(conn: Connection, queues: Collection[int]) -> list[tuple[int, int]]:
    """(queue, user) of the offers of late, the oldest first."""
    if not queues:
        return []
    return [(row.queue_id, row.user_id) for row in conn.execute(_TURNS, {"queues": list(queues)})]


def refusals(conn: Connection) -> list[tuple[int, int, datetime]]:
    """(work, user, when) of what was rejected of late and waits."""
    return [(row.work_id, row.user_id, row.ended_at) for row in conn.execute(_REFUSALS)]
