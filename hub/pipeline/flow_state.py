"""What a flow must remember between two answers, on the interaction itself: so a dialogue survives a restart.

`interactions.flow_state` is {"flow", "state", "pending": [event…]}; an event is taken off in the commit that says
what the flow answered to it, so each is answered exactly once. While an agent has the customer it holds what the flow
wants to go on with afterwards, if anything.
"""

from datetime import timedelta
from typing import Any

from hub.api import Answered, FlowEvent, Json, Resumed, Started, TimedOut
from hub.model.states import InteractionState
from hub.store import interactions, timers
from hub.store.rows import Row
from hub.store.unit import Tx

TIMER = "flow"
_TALKING = frozenset({InteractionState.CONNECTED, InteractionState.CONFERENCED})


def start(tx: Tx, interaction: Row, flow: str, text: str) -> Row:
    """Hand a new interaction to a flow."""
    state = {"flow": flow, "state": None, "choices": [], "pending": [{"type": "STARTED", "text": text}]}
    interactions.start_segment(tx, interaction["id"], "FLOW", flow=flow)
    return interactions.move(tx, interaction, InteractionState.SELF_SERVICE, flow_state=state)


def answered(tx: Tx, interaction: Row, text: str, kind: str = "TEXT") -> Row:
    """The customer said something to the flow."""
    return _append(tx, interaction, {"type": "ANSWERED", "text": text, "kind": kind})


def timed_out(tx: Tx, interaction_id: int, version: int) -> None:
    """No answer in time, unless one has come meanwhile."""
    interaction = interactions.locked(tx, interaction_id)
    if interaction["state"] == InteractionState.SELF_SERVICE and interaction["flow_version"] == version:
        _append(tx, interaction, {"type": "TIMED_OUT"})


def event_of(pending: dict[str, Any], choices: list[dict[str, str]]) -> FlowEvent:
    """The event a pending entry stands for; an answer names a choice by its key, its number or its label."""
    if pending["type"] == "STARTED":
        return Started(pending["text"])
    if pending["type"] == "TIMED_OUT":
        return TimedOut()
    if pending["type"] == "RESUMED":
        return Resumed()
    return Answered(pending["text"], _chosen(pending["text"], choices), pending.get("kind", "TEXT"))


def wait(tx: Tx, interaction: Row, state: Json, choices: list[dict[str, str]], timeout: float) -> Row:
    """The first pending event is answered; the flow waits for the next."""
    memory = interaction["flow_state"]
    kept = {**memory, "state": state, "choices": choices, "pending": memory["pending"][1:]}
    version = interaction["flow_version"] + 1
    payload = {"interaction": interaction["id"], "version": version}
    timers.schedule(tx, timers.CORE, TIMER, tx.now + timedelta(seconds=timeout), payload, key=f"{interaction['id']}")
    return interactions.change(tx, interaction, flow_state=kept, flow_version=version)


def leaving(tx: Tx, interaction: Row, reason: str) -> bool:
    """They go while the flow has not taken in what they said last (a message, and hung up): it does so first, and its
    step ends the contact. False when there is nothing to wait for."""
    memory = interaction["flow_state"]
    if interaction["state"] != InteractionState.SELF_SERVICE or not memory or not memory["pending"] or "left" in memory:
        return False
    interactions.change(tx, interaction, flow_state={**memory, "left": reason})
    return True


def finish(tx: Tx, interaction: Row, after: Json = None) -> Row:
    """The flow has done its part, but for what it goes on with `after` the agent's."""
    timers.cancel(tx, timers.CORE, TIMER, str(interaction["id"]))
    interactions.end_segments(tx, interaction["id"], "ANSWERED", kind="FLOW")
    flow = interaction["flow_state"]["flow"]
    kept = {"flow": flow, "state": after, "choices": [], "pending": []} if after is not None else None
    return interactions.change(tx, interaction, flow_state=kept)


def goes_on(interaction: Row) -> bool:
    """Whether the flow has the customer again when the agent, who talks with them, is done."""
    return bool(interaction["flow_state"]) and interaction["state"] in _TALKING


def resume(tx: Tx, interaction: Row) -> Row:
    """The flow has them again."""
    memory = interaction["flow_state"]
    interactions.start_segment(tx, interaction["id"], "FLOW", flow=memory["flow"])
    state = {**memory, "pending": [{"type": "RESUMED"}], "resumed": True}
    return interactions.move(tx, interaction, InteractionState.SELF_SERVICE, flow_state=state)


def _append(tx: Tx, interaction: Row, event: dict[str, Any]) -> Row:
    memory = interaction["flow_state"]
    return interactions.change(tx, interaction, flow_state={**memory, "pending": [*memory["pending"], event]})


def _chosen(text: str, choices: list[dict[str, str]]) -> str:
    """The answer as a whole, or its first line where a letter goes on after it."""
    return _named(text, choices) or _named(text.strip().partition("\n")[0], choices)


def _named(text: str, choices: list[dict[str, str]]) -> str:
    """Keys first: where keys are digits, a number means a key and never a place in the list."""
    said = text.strip().casefold()
    named = [choice["key"] for name in ("key", "label") for choice in choices if choice[name].casefold() == said]
    if not named and not any(choice["key"].isdecimal() for choice in choices):
        named = [choice["key"] for number, choice in enumerate(choices, start=1) if str(number) == said]
    return named[0] if named else ""
