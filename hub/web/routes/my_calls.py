"""The calls I am in, for the bar that stays over every screen."""

from __future__ import annotations

from sqlalchemy import Connection

from hub.model.permissions import Permission
from hub.store import details, listing
from hub.store.details import InteractionDetail
from hub.store.my_calls import my_calls
from hub.store.paging import Page
from hub.web.call import Call
from hub.web.capabilities import all_capabilities
from hub.web.routing import Routes

routes = Routes("calls")


@routes.get("/me/calls", Permission.INTERACTIONS_REPLY)
async def list_my_calls(call: Call) -> Page[InteractionDetail]:
    """Every call in which I talk, or for which my device rings after I said yes."""
    return Page(await call.read(lambda conn: _mine(call, conn)))


def _mine(call: Call, conn: Connection) -> list[InteractionDetail]:
    can = all_capabilities(call.node.services.registry)
    seen = {item.id for item in listing.items_of(conn, call.actor, my_calls(conn, call.actor.user_id))}
    return [details.get_detail(conn, call.actor, number, can) for number in sorted(seen)]
