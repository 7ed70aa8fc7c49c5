"""What a flow must remember between two answers, on the interaction itself: so a dialogue survives a restart.

`interactions.flow_state` is {"flow", "state", "pending": [event…]}; an event is taken off in the commit that says
what the flow answered to it, so each is answered exactly once. While the customer waits for an agent and while one has
them it holds what the flow wants to go on with afterwards, if anything; in "meanwhile" what they may choose instead of
waiting, {"choices", "state", "priority"}; what they then had of a flow's priority goes with them.
"""

from datetime import timedelta
from typing import Any

from hub.api import Answered, FlowEvent, HandOver, Json, Resumed, Started, TimedOut
from hub.model.states import WAITING_FOR_AGENT, InteractionState
from hub.store import interactions, timers
from hub.store.rows import Row
from hub.store.unit import Tx

TIMER = "flow"
_TALKING = frozenset({InteractionState.CONNECTED, InteractionState.CONFERENCED})


def start(tx: Tx, interaction: Row, flow: str, text: str, begin: Json = None) -> Row:
    """Hand an interaction to a flow that has not had it before; `begin`: the state that the flow begins with."""
    state = {"flow": flow, "state": begin, "choices": [], "pending": [{"type": "STARTED", "text": text}]}
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


def finish(tx: Tx, interaction: Row, step: HandOver | None = None) -> Row:
    """The flow has done its part, but for what it goes on with while they wait, and after the agent's."""
    timers.cancel(tx, timers.CORE, TIMER, str(interaction["id"]))
    interactions.end_segments(tx, interaction["id"], "ANSWERED", kind="FLOW")
    return interactions.change(tx, interaction, flow_state=_kept(interaction["flow_state"], step))


def _kept(memory: dict[str, Any], step: HandOver | None) -> dict[str, Any] | None:
    if step is None or (step.after is None and not step.meanwhile):
        return None
    choices = [{"key": each.key, "label": each.label} for each in step.meanwhile]
    priority = memory.get("priority", 0) + more_priority(memory, step)
    meanwhile = {"meanwhile": {"choices": choices, "state": step.waiting, "priority": priority}} if choices else {}
    return {"flow": memory["flow"], "state": step.after, "choices": [], "pending": [], **meanwhile}


def more_priority(memory: dict[str, Any], step: HandOver) -> int:
    """What is added to the interaction's. Who comes back to a queue keeps what they had, and gets it only once."""
    return max(step.priority - memory["priority"], 0) if "priority" in memory else step.priority


def goes_on(interaction: Row) -> bool:
    """Whether the flow has the customer again when the agent, who talks with them, is done."""
    memory = interaction["flow_state"] or {}
    return memory.get("state") is not None and interaction["state"] in _TALKING


def resume(tx: Tx, interaction: Row) -> Row:
    """The flow has them again."""
    memory = interaction["flow_state"]
    interactions.start_segment(tx, interaction["id"], "FLOW", flow=memory["flow"])
    state = {**memory, "pending": [{"type": "RESUMED"}], "resumed": True}
    return interactions.move(tx, interaction, InteractionState.SELF_SERVICE, flow_state=state)


def choices(interaction: Row) -> list[dict[str, str]]:
    """What its customer may choose now instead of waiting on: {"key", "label"}."""
    memory = interaction["flow_state"] or {}
    if interaction["state"] not in WAITING_FOR_AGENT or "meanwhile" not in memory:
        return []
    found: list[dict[str, str]] = memory["meanwhile"]["choices"]
    return found


def is_choice(interaction: Row, text: str) -> bool:
    """Whether these words are one of them."""
    return bool(_chosen(text, choices(interaction)))


def take_back(tx: Tx, interaction: Row, text: str, kind: str) -> Row:
    """The flow has them again, and their choice to answer."""
    memory = interaction["flow_state"]
    interactions.start_segment(tx, interaction["id"], "FLOW", flow=memory["flow"])
    chosen = {"type": "ANSWERED", "text": text, "kind": kind}
    state = {"flow": memory["flow"], **memory["meanwhile"], "pending": [chosen]}
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
