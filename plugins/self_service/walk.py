"""One step of a dialogue: from what the customer said to the next question, or to the end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hub import api
from hub.api import Address, Condition, Dialogue, End, FlowEvent, FlowStep, HandOver, Prompt, Resumed, Sending, TimedOut
from plugins.self_service import asking, leaving
from plugins.self_service.doing import act
from plugins.self_service.memory import Memory
from plugins.self_service.naming import named
from plugins.self_service.nodes import Ask, Asking, Leave, Queue, Speaking
from plugins.self_service.script import Script
from plugins.self_service.texts import in_address, in_language, marked_up, spoken, ssml, written
from plugins.self_service.world import World

MOST_STEPS = 200


class Stuck(Exception):
    """The script went on and on without asking anything."""


class Walk:
    """What one step gathers. `values` are what texts and conditions may name."""

    def __init__(self, script: Script, dialogue: Dialogue, world: World, memory: Memory) -> None:
        self.script = script
        self.dialogue = dialogue
        self.world = world
        self.memory = memory
        self.prompts: list[Prompt] = []
        self.sends: list[Sending] = []
        self._queues: dict[str, Mapping[str, Any] | None] = {}

    async def step(self, event: FlowEvent) -> FlowStep:
        """What comes next. Raises Stuck; the hub then hands over to a person."""
        name = await self._first(event)
        for _ in range(MOST_STEPS):
            node = self.script.nodes.get(name)
            if node is None:
                return End(tuple(self.prompts)) if isinstance(event, Resumed) else HandOver(tuple(self.prompts))
            await self._look_at_queues(named(node))
            if isinstance(node, Ask):
                if (chosen := asking.at_once(self, node, event)) is None:
                    return self._ask(name, node)
                event, name = TimedOut(), chosen  # those words have done their work
            elif isinstance(node, Leave):
                return leaving.leave(self, name, node)
            else:
                name = await act(self, node)
        raise Stuck(name)

    async def _first(self, event: FlowEvent) -> str:
        """Where this step begins; "" for nowhere: switched off, or the script has changed since it asked."""
        if not self.memory.at:
            self.memory.language = self._language()
            return self.script.head.start if await self.world.is_on(self.script.name) else self.script.head.off
        if isinstance(event, Resumed):
            begin, self.memory.at = self.memory.at, ""
            return begin
        node = self.script.nodes.get(self.memory.at)
        if isinstance(node, Queue):
            self.memory.at = ""
            return leaving.chosen(node, event)
        return await asking.hear(self, self.memory.at, node, event) if isinstance(node, Asking) else ""

    def _language(self) -> str:
        head = self.script.head
        wanted = {
            "contact": self.dialogue.language,
            "customer": str(self.dialogue.customer.get("language") or "") or self.dialogue.language,
        }.get(head.language, head.language)
        short = wanted.split("-")[0]
        return short if short in head.languages else head.languages[0]

    def _ask(self, name: str, node: Ask) -> FlowStep:
        if self.memory.at != name:
            self.memory.at, self.memory.tries = name, 0
        self.prompts.append(asking.prompt(self, node))
        timeout = asking.patience(node, self.dialogue.medium, self.prompts)
        return api.Ask(tuple(self.prompts), self.memory.as_json(), timeout, tuple(self.sends))

    # --- words ----------------------------------------------------------------------------------------------------

    def say(self, node: Speaking) -> None:
        """What the node says, if anything."""
        if node.say:
            self.prompts.append(Prompt(self.text(node.say), speech=self.speech(node), language=self.memory.language))

    def text(self, texts: Any) -> str:
        """In the dialogue's language, filled in."""
        language = self.memory.language
        return written(in_language(texts, language), self.values, language, self.script.zone)

    def url(self, template: str) -> str:
        """An address, filled in."""
        return in_address(template, self.values, self.memory.language, self.script.zone)

    def piece(self, texts: Any) -> str:
        """As SSML without its root."""
        language = self.memory.language
        return spoken(in_language(texts, language), self.values, language, self.script.zone)

    def speech(self, node: Speaking, more: str = "") -> str:
        """How it is heard; "" where nothing is heard."""
        if self.dialogue.medium != "VOICE":
            return ""
        return ssml(self.memory.language, self.own_speech(node) + more)

    def own_speech(self, node: Speaking) -> str:
        """The author's own SSML, filled in, or the text."""
        if not node.speak:
            return self.piece(node.say)
        language = self.memory.language
        return marked_up(in_language(node.speak, language), self.values, language, self.script.zone)

    # --- facts ----------------------------------------------------------------------------------------------------

    @property
    def values(self) -> dict[str, Any]:
        sender, called = self.dialogue.sender, self.dialogue.called
        return {
            **self.memory.values,
            "customer": self.dialogue.customer,
            "attributes": {**self.dialogue.attributes, **self.memory.attributes},
            "sender": _address(sender),
            "called": _address(called),
            "medium": self.dialogue.medium,
            "language": self.memory.language,
            "queue": self._queues.get(self.dialogue.queue) or {},
            "queues": {key: facts for key, facts in self._queues.items() if facts},
        }

    async def _look_at_queues(self, names: set[str]) -> None:
        """Before a text or a condition names them: `queue.open`, `queues.sales.waiting`. Asked once a step."""
        wanted = {name.split(".")[1] for name in names if name.startswith("queues.") and name.count(".") > 1}
        if any(name.split(".")[0] == "queue" for name in names):
            wanted.add(self.dialogue.queue)
        for key in wanted - self._queues.keys():
            self._queues[key] = await self.world.queue(key) if key else None

    def holds(self, condition: str) -> bool:
        """Whether it does, for what is known now."""
        return Condition.parse(condition).holds(self.values)


def _address(known: Address | None) -> dict[str, str]:
    return {"scheme": known.scheme, "value": known.value, "name": known.name} if known else {}
