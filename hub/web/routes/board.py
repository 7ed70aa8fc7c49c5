"""The queue board."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import Connection

from hub.model.permissions import Permission
from hub.store import board
from hub.store.board import Board, Scene
from hub.web.call import Call
from hub.web.routing import Routes

routes = Routes("routing")


@routes.get("/routing/board", Permission.INTERACTIONS_SUPERVISE)
async def show_board(call: Call) -> Board:
    """What waits in each queue, who is there, and how today went; at most a second old."""
    seen = call.node.services.store.tail.last
    return board.board_for(call.actor, await call.node.scene.get(lambda: call.read(_scene(call)), seen))


def _scene(call: Call) -> Callable[[Connection], Scene]:
    return lambda conn: board.scene(conn, datetime.now(UTC), call.node.diary)
