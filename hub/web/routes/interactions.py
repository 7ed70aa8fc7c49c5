"""Interactions as lists and in whole."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field
from sqlalchemy import Connection

from hub.model.permissions import Permission
from hub.model.states import InteractionState
from hub.store import access, counts, details, listing, search_results, timeline
from hub.store.counts import Counts
from hub.store.details import InteractionDetail
from hub.store.interaction_item import InteractionItem
from hub.store.listing import View, Wanted
from hub.store.paging import Page
from hub.store.timeline import MessageItem
from hub.web.call import Call
from hub.web.capabilities import all_capabilities, of_its_account
from hub.web.fields import Limit, Paging, Position, Query, QueryId, Short
from hub.web.routing import Routes

routes = Routes("interactions")
READ = Permission.INTERACTIONS_READ


class InteractionFilter(Paging):
    """`state` may be repeated or comma-separated, and without it every state is meant; `queue` is an id or a key;
    `q` looks into the messages, the customer and the ticket."""

    state: Annotated[list[InteractionState | Literal[""]], Field(max_length=20)] = Field(default_factory=list)
    queue: Short = ""
    channel: Short = ""
    agent: QueryId | None = None
    customer: QueryId | None = None
    ticket: QueryId | None = None
    view: View | None = None
    q: Annotated[str, Field(max_length=200)] = ""


class MessageFilter(Query):
    """Positions in the interaction; without either the newest messages come."""

    after: Position | None = None
    before: Position | None = None
    limit: Limit = 50


@routes.get("/interactions", READ)
async def list_interactions(call: Call, query: InteractionFilter) -> Page[InteractionItem]:
    """Interactions, the latest change first; the view `waiting` is in the order of waiting."""
    return await call.read(lambda conn: _list(call, conn, query))


@routes.get("/interactions/counts", READ)
async def count_interactions(call: Call) -> Counts:
    """How many open interactions each view and queue has; at most a second old."""
    groups = await call.node.open_groups.get(lambda: call.read(counts.open_groups))
    return counts.counts_for(call.actor, groups)


@routes.get("/interactions/{interaction_id}", READ)
async def get_interaction(call: Call, interaction_id: int) -> InteractionDetail:
    """One interaction with its segments, what its channel can carry, others of its ticket, and whose it may be."""
    can = all_capabilities(call.node.services.registry)
    found = await call.read(lambda conn: details.get_detail(conn, call.actor, interaction_id, can))
    return of_its_account(found, call.node.services.directory)


@routes.get("/interactions/{interaction_id}/messages", READ)
async def list_messages(call: Call, interaction_id: int, query: MessageFilter) -> Page[MessageItem]:
    """Messages in order: those after a position, or the newest (before a position). `next` goes on that way."""
    return await call.read(lambda conn: _messages(call, conn, interaction_id, query))


def _list(call: Call, conn: Connection, query: InteractionFilter) -> Page[InteractionItem]:
    wanted = Wanted(
        states=[InteractionState(state) for state in query.state if state],
        queue=query.queue,
        channel=query.channel,
        agent=query.agent,
        customer=query.customer,
        ticket=query.ticket,
        view=query.view,
        among=search_results.matching_interactions(conn, call.actor, query.q) if query.q.strip() else None,
    )
    return listing.list_interactions(conn, call.actor, wanted, query.cursor, query.limit)


def _messages(call: Call, conn: Connection, interaction_id: int, query: MessageFilter) -> Page[MessageItem]:
    access.require_interaction(conn, call.actor, interaction_id)
    return timeline.list_messages(conn, interaction_id, after=query.after, before=query.before, limit=query.limit)
