"""The lists of interactions an inbox shows: each item whole in one read, at the same cost on every page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, bindparam, func, or_, select, true

from hub.model.actor import Actor
from hub.model.errors import NotFound
from hub.model.states import WAITING_FOR_AGENT, InteractionState
from hub.store.access import visible_interactions
from hub.store.interaction_item import COLUMNS, REFERENCES, InteractionItem, read
from hub.store.paging import Order, Page, next_cursor, window
from hub.store.tables import accounts, interactions, queues

_i = interactions.c


class View(StrEnum):
    """mine: in my hands; team: in a colleague's; waiting: for an agent; unassigned: nobody's; all: each one."""

    MINE = "mine"
    TEAM = "team"
    WAITING = "waiting"
    UNASSIGNED = "unassigned"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to list; empty means everything. `queue` is an id or a key, `agent` an id; `calls`: those that go on."""

    states: Sequence[InteractionState] = ()
    queue: str = ""
    channel: str = ""
    agent: int | None = None
    customer: int | None = None
    ticket: int | None = None
    view: View | None = None
    among: Sequence[int] | None = None
    calls: bool = False


# said so that no index on states fits: the one with the list's order is to be taken, or thousands are sorted for a page
_WAITS = (_i.state + "").in_([state.value for state in WAITING_FOR_AGENT])
BY_CHANGE = Order(_i.updated_at, _i.id)
BY_WAIT = Order(_i.enqueued_at, _i.id, descending=False)


def list_interactions(conn: Connection, actor: Actor, wanted: Wanted, cursor: str, limit: int) -> Page[InteractionItem]:
    """Newest change first; the view `waiting` is in the order of its first enqueue time."""
    order = BY_WAIT if wanted.view is View.WAITING else BY_CHANGE
    chosen = select(_i.id).where(visible_interactions(actor), *_conditions(actor, wanted))
    rows = conn.execute(_items(window(chosen, order, cursor, limit), order)).mappings().all()
    return Page(read(conn, actor, rows[:limit]), next_cursor(rows, order, limit))


def get_interaction(conn: Connection, actor: Actor, interaction_id: int) -> InteractionItem:
    """Raises NotFound unless the actor sees it."""
    found = items_of(conn, actor, [interaction_id])
    if not found:
        raise NotFound
    return found[0]


def items_of(conn: Connection, actor: Actor, ids: Sequence[int]) -> list[InteractionItem]:
    """Those of these interactions that the actor sees, newest change first."""
    found = read(conn, actor, conn.execute(_BY_IDS, {"ids": list(ids)}).mappings().all())
    far = [each.id for each in found if not _near(actor, each)]
    if far:  # on offer to them, perhaps
        near = set(conn.execute(select(_i.id).where(_i.id.in_(far), visible_interactions(actor))).scalars())
        found = [each for each in found if each.id in near or each.id not in far]
    return found


def _near(actor: Actor, found: InteractionItem) -> bool:
    """Whether they see it whoever it is offered to (as `access.visible_interactions`)."""
    mine = found.agent is not None and found.agent.id == actor.user_id
    return mine or actor.departments is None or found.department is None or found.department.id in actor.departments


def related(conn: Connection, actor: Actor, found: InteractionItem, most: int = 20) -> list[InteractionItem]:
    """Other interactions of the same ticket."""
    if found.ticket is None:
        return []
    same = (_i.ticket_id == found.ticket.id, _i.id != found.id, visible_interactions(actor))
    chosen = select(_i.id).where(*same).order_by(*BY_CHANGE.clauses()).limit(most)
    return read(conn, actor, conn.execute(_items(chosen, BY_CHANGE)).mappings().all())


def _conditions(actor: Actor, wanted: Wanted) -> list[ColumnElement[bool]]:
    found = [_in_view(actor, wanted.view)] if wanted.view else []
    if wanted.states:
        found.append(_i.state.in_(wanted.states))
    if wanted.queue:
        found.append(_in_queue(wanted.queue))
    if wanted.channel:
        found.append(_i.channel == wanted.channel)
    if wanted.calls:
        found.append(_i.call & _i.closed_at.is_(None))
    if wanted.among is not None:
        found.append(_i.id.in_(wanted.among))
    references = ((_i.agent_id, wanted.agent), (_i.customer_id, wanted.customer), (_i.ticket_id, wanted.ticket))
    return [*found, *(column == value for column, value in references if value is not None)]


def _in_view(actor: Actor, view: View) -> ColumnElement[bool]:
    is_open = _i.closed_at.is_(None)  # what ended has a time of ending; open ones have an index of their own
    match view:
        case View.MINE:
            return is_open & (_i.agent_id == actor.user_id)
        case View.TEAM:
            return is_open & _i.agent_id.is_not(None) & (_i.agent_id != actor.user_id)
        case View.WAITING:
            return is_open & _WAITS
        case View.UNASSIGNED:
            # written so that the index of open ones, which has the list's order, is taken, and not the agents'
            return is_open & (func.coalesce(_i.agent_id, 0) == 0)
        case View.ALL:
            return true()


def _in_queue(queue: str) -> ColumnElement[bool]:
    named = queues.c.key == queue
    if queue.isascii() and queue.isdigit() and len(queue) <= 18:
        named = or_(named, queues.c.id == int(queue))
    return _i.queue_id.in_(select(queues.c.id).where(named))


def _items(chosen: Select[Any], order: Order) -> Select[Any]:
    """The chosen ids as whole items. They are chosen first, so that no plan joins more rows than one page has."""
    page = chosen.subquery("page")
    joined = interactions.join(page, page.c.id == _i.id).join(accounts, accounts.c.id == _i.account_id)
    for table, key in REFERENCES:
        joined = joined.outerjoin(table, table.c.id == key)
    return select(*COLUMNS).select_from(joined).order_by(*order.clauses())


_BY_IDS = _items(select(_i.id).where(_i.id.in_(bindparam("ids", expanding=True))), BY_CHANGE)
