"""A dialogue without a hub and without a customer: what `hub flow run` and the simulator step through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hub import api
from hub.api import (
    Address,
    Answered,
    Attachment,
    Choice,
    Dialogue,
    FlowEvent,
    FlowStep,
    HandOver,
    Prompt,
    Resumed,
    Started,
    TimedOut,
)
from plugins.self_service.memory import Memory
from plugins.self_service.nodes import Menu
from plugins.self_service.script import Script
from plugins.self_service.steps import Stuck, step
from plugins.self_service.walk import Walk
from plugins.self_service.world import Wanted, read_file

SILENCE = "<silence>"
AFTER, WAITING = "after the agent", "while they wait"
SERIAL, PROOF = "482190356", "0000"
OPEN = {"open": True, "waiting": 0, "agents": 1, "opens_at": None}
TICKET = {"serial": SERIAL, "status": "OPEN", "subject": "Rehearsal", "updated_at": "2026-03-04T14:05:00+00:00"}


@dataclass(slots=True)
class StageWorld:
    """As the rehearsal says: `tickets` by serial (any proof), `queues` by key, `answers` of other systems by address,
    `pins` by name. Nothing that is switched here is switched for customers."""

    tickets: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: {SERIAL: TICKET})
    queues: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    answers: Mapping[str, Any] = field(default_factory=dict)
    pins: Mapping[str, str] = field(default_factory=dict)
    off: set[str] = field(default_factory=set)

    async def ticket(self, serial: str, proof: str) -> Mapping[str, Any] | None:
        digits = "".join(each for each in serial if each.isdecimal())
        return self.tickets.get(digits) if proof.strip() else None

    async def queue(self, key: str) -> Mapping[str, Any] | None:
        return self.queues.get(key, OPEN)

    async def fetch(self, wanted: Wanted) -> Any:
        return self.answers.get(wanted.url)

    async def is_on(self, flow: str) -> bool:
        return flow not in self.off

    async def switch(self, flow: str, on: bool, by: str) -> None:
        (self.off.discard if on else self.off.add)(flow)

    def knows_pin(self, name: str, said: str) -> bool:
        return said.strip() == self.pins.get(name, PROOF)

    async def file(self, folder: Path, name: str) -> Attachment | None:
        return read_file(folder, name)

    def link(self, name: str, hours: float) -> str:
        return f"https://rehearsal.invalid/{name}"


class Rehearsal:
    """One dialogue. `over` says that it has ended."""

    def __init__(self, script: Script, world: StageWorld, dialogue: Dialogue, state: api.Json = None) -> None:
        self._script = script
        self._world = world
        self._dialogue = dialogue
        self.state = state
        self.over = False
        self.step: FlowStep = HandOver()

    async def start(self, text: str = "") -> FlowStep:
        """The contact begins."""
        return await self._step(Started(text))

    async def hear(self, text: str) -> FlowStep:
        """An answer, or SILENCE. While they wait a choice, or anything else: an agent has them, who is then done."""
        if isinstance(self.state, dict) and AFTER in self.state:
            return await self._waited(self.state, text)
        if text == SILENCE:
            return await self._step(TimedOut())
        return await self._step(Answered(text, self._choice(text)))

    async def _waited(self, kept: dict[str, Any], text: str) -> FlowStep:
        offered = kept.get("choices")
        choices = offered.items() if isinstance(offered, dict) else ()
        if key := _named(text, [Choice(key, str(label)) for key, label in choices]):
            self.state = kept.get(WAITING)
            return await self._step(Answered(text, key))
        self.state = kept[AFTER]
        if self.state is not None:
            return await self._step(Resumed())
        self.step, self.over = api.End(), True
        return self.step

    async def _step(self, event: FlowEvent) -> FlowStep:
        try:
            self.step = await step(Walk(self._script, self._dialogue, self._world, Memory.of(self.state)), event)
        except Stuck as stuck:
            self.step = HandOver((Prompt(f"({stuck}: it asks nothing and never ends)"),))
        self.state = _kept(self.step)
        self.over = self.state is None
        return self.step

    def _choice(self, text: str) -> str:
        """As the hub finds it: a key, or a label."""
        offered = [choice for prompt in self.step.prompts for choice in prompt.choices]
        at = self._script.nodes.get(Memory.of(self.state).at)
        if not offered and isinstance(at, Menu):  # a dialogue taken up again
            offered = [Choice(choice.key, choice.key) for choice in at.choices]
        return _named(text, offered)


def _named(text: str, choices: Sequence[Choice]) -> str:
    said = text.strip().casefold()
    named = (choice.key for choice in choices if said in {choice.key.casefold(), choice.label.casefold()})
    return next(named, "")


def _kept(step: FlowStep) -> api.Json:
    if isinstance(step, HandOver) and (step.after is not None or step.meanwhile):
        choices: dict[str, api.Json] = {each.key: each.label for each in step.meanwhile}
        return {AFTER: step.after, WAITING: step.waiting, "choices": choices}
    return step.state if isinstance(step, api.Ask) else None


def dialogue(language: str = "en", medium: str = "LIVE_TEXT", sender: Address | None = None) -> Dialogue:
    """Somebody nobody knows."""
    return Dialogue(0, 0, None, language, medium, queue="rehearsal", sender=sender)
