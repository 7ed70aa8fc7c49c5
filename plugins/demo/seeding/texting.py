"""Conversations by text message that were really held: texts go in by SMPP, agents answer through the API."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from plugins.demo import story
from plugins.demo.handset.smsc import Handsets, Smsc
from plugins.demo.hub_client import HubClient, Refused
from plugins.demo.seeding import customers
from plugins.demo.seeding.cast import Cast
from plugins.demo.seeding.conversations import grown, messages, never, now, until
from plugins.demo.seeding.ledger import Ledger
from plugins.demo.story import Chat, Person


async def fill(cast: Cast, ledger: Ledger, smsc: Smsc) -> None:
    """One after the other. Nothing where the site takes no texts; one that was interrupted goes on where it was."""
    numbers = await cast.admin.addresses("tel", "sms")
    if not (smsc.wanted and numbers):
        return
    handsets = await smsc.bound()
    for place, chat in enumerate(story.texts()):
        if (key := f"text {place}") not in ledger:
            customer = ledger[customers.customer(chat.customer)]
            person = story.people()[chat.customer]
            round_ = _Round(cast, ledger, handsets, numbers[0], key, chat, person, customer)
            await ledger.note(key, await round_.hold())


@dataclass(frozen=True, slots=True)
class _Round:
    cast: Cast
    ledger: Ledger
    handsets: Handsets
    to: str
    key: str
    chat: Chat
    person: Person
    customer: int

    async def hold(self) -> int:
        """All of it; the interaction's id."""
        ours, interaction = f"{self.key} is ours", await self._arrived()
        if interaction is None:
            await self._write(self.chat.text)
            interaction = await until(self._arrived)
        if self.chat.answer and (interaction["agent"] is None or ours in self.ledger):
            await self.ledger.once(ours, now, never)
            try:
                await self._converse(self.cast.agents[self.chat.agent], f"/interactions/{interaction['id']}")
            except Refused as refused:
                if refused.status not in {404, 409, 422}:  # somebody real has it now, and keeps it
                    raise
        return int(interaction["id"])

    async def _converse(self, agent: HubClient, path: str) -> None:
        chat, said = self.chat, await messages(self.cast.admin, path)
        await agent.post(f"{path}/take")
        if said < 2:
            await agent.post(f"{path}/messages", {"text": chat.answer})
        await until(self._answered)
        if chat.again and said < 3:
            await self._write(chat.again)
            await until(lambda: grown(self.cast.admin, path, 3))
        await agent.post(f"{path}/close", {"disposition": chat.end})

    async def _write(self, text: str) -> None:
        await self.handsets.send(self.person.tel, self.to, text)

    async def _arrived(self) -> dict[str, Any] | None:
        async for each in self.cast.admin.each("/interactions", customer=self.customer):
            if each["channel"] == "sms":
                return dict(each)
        return None

    async def _answered(self) -> bool:
        return any(not text["own"] for text in await self.handsets.texts(self.person.tel))
