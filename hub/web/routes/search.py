"""One field that finds customers, tickets and messages."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from hub.store import search_results
from hub.store.paging import Page
from hub.store.search_results import Hit
from hub.store.search_schema import KINDS
from hub.web.call import Call
from hub.web.fields import Limit, Query
from hub.web.routing import Routes

routes = Routes("search")


class SearchQuery(Query):
    """Words, a name's pinyin initials, a number or its end, an address, a serial number. `kinds` without one is all."""

    q: Annotated[str, Field(max_length=200)]
    kinds: Annotated[list[Literal["customer", "ticket", "message", ""]], Field(max_length=10)] = Field(
        default_factory=list
    )
    limit: Limit = 20


@routes.get("/search")
async def search(call: Call, query: SearchQuery) -> Page[Hit]:
    """Of each kind the newest, at most `limit`, as far as one may see them."""
    kinds: list[str] = [kind for kind in query.kinds if kind] or [*KINDS]
    return Page(await call.read(lambda conn: search_results.search(conn, call.actor, query.q, kinds, query.limit)))
