"""A supervisor in others' calls."""

from __future__ import annotations

from hub.api import Monitoring
from hub.model.permissions import Permission
from hub.pipeline.calls import supervision
from hub.pipeline.calls.supervision import How
from hub.store.interaction_item import InteractionItem
from hub.store.unit import Tx
from hub.web.call import Call
from hub.web.fields import Body, Id
from hub.web.routes.calls import act
from hub.web.routing import Routes

routes = Routes("supervision")
MONITOR = Permission.CALLS_MONITOR


class Monitored(Body):
    """`user`: the agent who hears a whisper; null is the call's own. LISTEN: nobody hears me; BARGE: everybody does."""

    mode: Monitoring
    user: Id | None = None


@routes.post("/interactions/{interaction_id}/monitor", MONITOR)
async def monitor_call(call: Call, interaction_id: int, body: Monitored) -> InteractionItem:
    """Be in somebody's call: my own device rings first. Again, it is in another way. It stands in the audit log, and
    the site decides whether agents see it."""
    return await act(call, interaction_id, lambda tx: _monitor(call, tx, interaction_id, body))


@routes.post("/interactions/{interaction_id}/monitor/stop", MONITOR)
async def stop_monitoring(call: Call, interaction_id: int) -> InteractionItem:
    """Be in it no longer."""
    return await act(call, interaction_id, lambda tx: supervision.stop(tx, call.actor, interaction_id))


@routes.post("/interactions/{interaction_id}/take-over", Permission.CALLS_TAKE_OVER)
async def take_over_call(call: Call, interaction_id: int) -> InteractionItem:
    """It is mine from now on, and no longer its agent's: at once where I am in it, else when I answer my device."""
    return await act(call, interaction_id, lambda tx: _take_over(call, tx, interaction_id))


def _monitor(call: Call, tx: Tx, interaction_id: int, body: Monitored) -> None:
    how = How(body.mode, body.user, call.node.services.settings.monitoring_visible)
    row = supervision.monitor(tx, call.actor, interaction_id, how)
    call.record(tx, "call.monitored", "interaction", interaction_id, mode=body.mode.value, agent=row["agent_id"])


def _take_over(call: Call, tx: Tx, interaction_id: int) -> None:
    before = supervision.take_over(tx, call.actor, interaction_id)
    call.record(tx, "call.taken_over", "interaction", interaction_id, agent=before)
