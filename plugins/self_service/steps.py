"""One step of a dialogue: from what the customer said to the next question, or to the end."""

from __future__ import annotations

from hub import api
from hub.api import End, FlowEvent, FlowStep, HandOver, Resumed, TimedOut
from plugins.self_service import asking, leaving
from plugins.self_service.doing import act
from plugins.self_service.naming import named
from plugins.self_service.nodes import Ask, Asking, Leave, Queue
from plugins.self_service.walk import Walk

MOST_STEPS = 200


class Stuck(Exception):
    """The script went on and on without asking anything."""


async def step(walk: Walk, event: FlowEvent) -> FlowStep:
    """What comes next. Raises Stuck; the hub then hands over to a person."""
    name = await _first(walk, event)
    for _ in range(MOST_STEPS):
        node = walk.script.nodes.get(name)
        if node is None:
            return End(tuple(walk.prompts)) if isinstance(event, Resumed) else HandOver(tuple(walk.prompts))
        await walk.look_at_queues(named(node))
        if isinstance(node, Ask):
            if (chosen := asking.at_once(walk, node, event)) is None:
                return _ask(walk, name, node)
            event, name = TimedOut(), chosen  # those words have done their work
        elif isinstance(node, Leave):
            return leaving.leave(walk, name, node)
        else:
            name = await act(walk, node)
    raise Stuck(name)


async def _first(walk: Walk, event: FlowEvent) -> str:
    """Where this step begins; "" for nowhere: switched off, or the script has changed since it asked."""
    script, memory = walk.script, walk.memory
    if not memory.at:
        memory.language = walk.spoken()
        return script.head.start if await walk.world.is_on(script.name) else script.head.off
    if isinstance(event, Resumed):
        begin, memory.at = memory.at, ""
        return begin
    node = script.nodes.get(memory.at)
    if isinstance(node, Queue):
        memory.at = ""
        return leaving.chosen(node, event)
    return await asking.hear(walk, memory.at, node, event) if isinstance(node, Asking) else ""


def _ask(walk: Walk, name: str, node: Ask) -> FlowStep:
    if walk.memory.at != name:
        walk.memory.at, walk.memory.tries = name, 0
    walk.prompts.append(asking.prompt(walk, node))
    timeout = asking.patience(node, walk.dialogue.medium, walk.prompts)
    return api.Ask(tuple(walk.prompts), walk.memory.as_json(), timeout, tuple(walk.sends))
