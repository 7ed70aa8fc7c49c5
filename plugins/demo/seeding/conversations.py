"""Conversations that were really held: the customers' mails go in by SMTP, agents answer through the API."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from email.utils import formatdate
from typing import Any, TypeVar

from hub.api import PluginStore
from plugins.demo import letters, mails, post, story
from plugins.demo.hub_client import LOOK, PATIENCE, HubClient, Refused
from plugins.demo.letters import Letter
from plugins.demo.seeding import customers
from plugins.demo.seeding.cast import Cast
from plugins.demo.seeding.ledger import Ledger
from plugins.demo.settings import MAIL_DOMAIN
from plugins.demo.story import Person, Talk

Found = TypeVar("Found")


async def fill(cast: Cast, ledger: Ledger, store: PluginStore, mail_server: tuple[str, int]) -> None:
    """One conversation after the other; those that wait for an answer come last, and stay in the queue.

    One that was interrupted is begun again: its first mail has the same Message-ID and date, by which the hub knows it,
    and a conversation that an agent has taken meanwhile is left to them.
    """
    for number, talk in enumerate(story.talks()):
        key = f"talk {number}"
        if key not in ledger:
            sent_at = await ledger.once(f"{key} is sent at", _now, _never)
            person = story.people()[talk.customer]
            round_ = _Talk(cast, store, mail_server, talk, person, ledger[customers.customer(talk.customer)])
            await ledger.note(key, await round_.hold(f"<demo-{number}-{talk.customer}@{MAIL_DOMAIN}>", sent_at))


@dataclass(frozen=True, slots=True)
class _Talk:
    cast: Cast
    store: PluginStore
    mail_server: tuple[str, int]
    talk: Talk
    person: Person
    customer: int

    async def hold(self, message_id: str, sent_at: int) -> int:
        """All of it; the interaction's id. `sent_at`: in seconds since 1970."""
        talk = self.talk
        await self._write(talk.subject, talk.text, message_id=message_id, sent_at=sent_at)
        interaction = await until(self._arrived)
        if talk.answer and interaction["agent"] is None:
            try:
                await self._converse(self.cast.agents[talk.agent], f"/interactions/{interaction['id']}")
            except Refused as refused:
                if refused.status not in {404, 409, 422}:  # somebody real has it now, and keeps it
                    raise
        return int(interaction["id"])

    async def _converse(self, agent: HubClient, path: str) -> None:
        talk = self.talk
        await agent.post(f"{path}/take")
        if not talk.again:
            return await self._answer(agent, path, talk.answer, talk.end)
        await agent.post(f"{path}/messages", {"text": talk.answer, "then": "AWAITING_CUSTOMER"})
        answer = await until(self._answered)
        await self._write(letters.reply_subject(answer.subject), talk.again, answers=answer)
        await until(lambda: self._grown(path, 3))
        await agent.post(f"{path}/take")
        return await self._answer(agent, path, talk.answer_again, talk.end)

    async def _answer(self, agent: HubClient, path: str, text: str, end: str) -> None:
        then = "CLOSED" if end else "AWAITING_CUSTOMER"
        await agent.post(f"{path}/messages", {"text": text, "then": then, "disposition": end})

    async def _write(
        self, subject: str, text: str, *, answers: Letter | None = None, message_id: str = "", sent_at: int = 0
    ) -> None:
        message = letters.write(
            self.person.address, self.cast.support, subject, text,
            answers=answers, name=self.person.name, message_id=message_id,
        )  # fmt: skip
        if sent_at:
            message.replace_header("Date", formatdate(sent_at, usegmt=True))
        await post.send(self.store, self.mail_server, message, self.person.address)

    async def _arrived(self) -> dict[str, Any] | None:
        async for each in self.cast.admin.each("/interactions", customer=self.customer):
            if each["subject"] == self.talk.subject:
                return dict(each)
        return None

    async def _answered(self) -> Letter | None:
        box = await self.store.read(lambda conn: mails.box(conn, self.person.address))
        came = next((each.id for each in box if not each.own), None)
        found = await self.store.read(lambda conn: mails.read(conn, came)) if came else None
        return letters.read(found[1]) if found else None

    async def _grown(self, path: str, messages: int) -> bool:
        return len((await self.cast.admin.get(f"{path}/messages"))["items"]) >= messages


async def _now() -> int:
    return int(time.time())


async def _never() -> None:
    """What was not noted was not used."""


async def until(look: Callable[[], Awaitable[Found | None]]) -> Found:
    """What `look` finds, looked for again and again. Raises TimeoutError."""
    async with asyncio.timeout(PATIENCE):
        while True:
            if found := await look():
                return found
            await asyncio.sleep(LOOK)
