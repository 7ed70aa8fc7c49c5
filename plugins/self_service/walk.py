"""What one step of a dialogue knows and gathers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hub.api import Address, Condition, Dialogue, Prompt, Sending
from plugins.self_service.memory import Memory
from plugins.self_service.nodes import Speaking
from plugins.self_service.script import Script
from plugins.self_service.texts import in_address, in_language, marked_up, spoken, ssml, written
from plugins.self_service.world import World


class Walk:
    """`prompts` and `sends` are what it has gathered; `values` are what texts and conditions may name."""

    def __init__(self, script: Script, dialogue: Dialogue, world: World, memory: Memory) -> None:
        self.script = script
        self.dialogue = dialogue
        self.world = world
        self.memory = memory
        self.prompts: list[Prompt] = []
        self.sends: list[Sending] = []
        self._queues: dict[str, Mapping[str, Any] | None] = {}

    def spoken(self) -> str:
        """The language to speak: the script's own choice among those it knows."""
        head = self.script.head
        wanted = {
            "contact": self.dialogue.language,
            "customer": str(self.dialogue.customer.get("language") or "") or self.dialogue.language,
        }.get(head.language, head.language)
        short = wanted.split("-")[0]
        return short if short in head.languages else head.languages[0]

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

    async def look_at_queues(self, names: set[str]) -> None:
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
