"""An agent's own box takes a call that is for them by name: whoever rings them and is not answered, or passes it on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from hub.model.states import SegmentOutcome, WorkState
from hub.pipeline.flows import flow_state
from hub.pipeline.promises.box_dialogue import NAME
from hub.pipeline.promises.voicemail import FOR
from hub.store import interactions, own_boxes, timers
from hub.store.rows import Row, one
from hub.store.tables import users
from hub.store.unit import Tx

BOX, TIMER = "box", "own_box"  # of what work asks for: in whose box its caller is led; and the timer that does it
SPARE = timedelta(seconds=10)  # so long nobody else is asked when the time is up, for the box comes first


def asked(tx: Tx, interaction: Row, agent: int | None) -> dict[str, Any]:
    """What work for a call asks for besides, that a rule has for this agent by name: to be kept for them until their
    box takes it. Nothing, where they have no box, or work here no longer, or somebody has talked with the caller
    already."""
    if agent is None or not interaction["call"] or interaction["connected_at"] is not None:
        return {}
    if agent not in own_boxes.open_ones(tx.conn):
        return {}
    return waits(tx, interaction, agent, own_boxes.of(tx.conn, agent).ring_seconds)


def waits(tx: Tx, interaction: Row, agent: int, seconds: int) -> dict[str, Any]:
    """The call is this agent's to answer for so long; then it is their box's."""
    until = tx.now + timedelta(seconds=seconds)
    payload = {"interaction": interaction["id"], "user": agent}
    timers.schedule(tx, timers.CORE, TIMER, until, payload, key=str(interaction["id"]))
    return {BOX: agent, "agent": agent, "agent_until": (until + SPARE).isoformat()}


def whose(row: Row | None) -> int | None:
    """The agent in whose box the caller of this work is led when they do not take it."""
    found = (row or {}).get("requirement", {}).get(BOX)
    return found if isinstance(found, int) else None


def enter(tx: Tx, interaction: Row, user_id: int) -> Row:
    """The caller, with whom nobody is and for whom no work stands, is greeted; what they leave is this agent's, and so
    is what was written of the call."""
    timers.cancel(tx, timers.CORE, TIMER, str(interaction["id"]))
    interactions.end_segments(tx, interaction["id"], SegmentOutcome.TIMED_OUT, kind="QUEUE")
    user = one(tx.conn, select(users.c.login, users.c.name).where(users.c.id == user_id)) or {}
    attributes = {**interaction["attributes"], FOR: user.get("login", "")}
    interaction = interactions.change(tx, interaction, attributes=attributes, agent_id=user_id)
    return flow_state.start(tx, interaction, NAME, "", {"user": user_id, "name": user.get("name", "")})


def is_in(interaction: Row) -> bool:
    """Whether they are in a box, and have not left a message: who goes now has called in vain, whoever talked with them
    before."""
    return (interaction["flow_state"] or {}).get("flow") == NAME


def is_kept(row: Row | None, payload: Mapping[str, Any]) -> bool:
    """Whether this is still the work that the timer is about, and nobody has it."""
    waiting = row is not None and row["state"] in {WorkState.WAITING, WorkState.OFFERED}
    return waiting and whose(row) == payload["user"]
