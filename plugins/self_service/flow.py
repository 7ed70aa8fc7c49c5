"""A script as the hub knows it: a flow."""

from __future__ import annotations

from hub.api import Dialogue, End, FlowEvent, FlowStep, HandOver, Json, Resumed, Started
from plugins.self_service.library import Library
from plugins.self_service.memory import Memory
from plugins.self_service.steps import step
from plugins.self_service.walk import Walk
from plugins.self_service.world import World


class ScriptedFlow:
    """`hub.api.Flow`. What a new contact hears is the script as its file says now; a dialogue under way goes on with it
    as far as its nodes are still there."""

    def __init__(self, name: str, library: Library, world: World) -> None:
        self.name = name
        self._library = library
        self._world = world

    async def step(self, dialogue: Dialogue, state: Json, event: FlowEvent) -> FlowStep:
        """What comes next. Raises `steps.Stuck`."""
        if isinstance(event, Started):
            self._library.refresh()
        script = self._library.script(self.name)
        if script is None:
            return End() if isinstance(event, Resumed) else HandOver()
        return await step(Walk(script, dialogue, self._world, Memory.of(state)), event)
