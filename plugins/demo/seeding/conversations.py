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

    One that was interrupted goes on where it was: each mail has the same Message-ID and date again, by which the hub
    knows it, and what was said is counted. A conversation that somebody real has taken meanwhile is left to them.
    """
    for number, talk in enumerate(story.talks()):
        key = f"talk {number}"
        if key not in ledger:
            sent_at = await ledger.once(f"{key} is sent at", now, never)
            person, customer = story.people()[talk.customer], ledger[customers.customer(talk.customer)]
            round_ = _Talk(cast, ledger, store, mail_server, key, talk, person, customer, sent_at)
            await ledger.note(key, await round_.hold())


@dataclass(frozen=True, slots=True)
class _Talk:
    """`key`: its name in the ledger. `sent_at`: in seconds since 1970."""

    cast: Cast
    ledger: Ledger
    store: PluginStore
    mail_server: tuple[str, int]
    key: str
    talk: Talk
    person: Person
    customer: int
    sent_at: int

    async def hold(self) -> int:
        """All of it; the interaction's id."""
        talk, ours = self.talk, f"{self.key} is ours"
        await self._write("first", talk.subject, talk.text)
        interaction = await until(self._arrived)
        if talk.answer and (interaction["agent"] is None or ours in self.ledger):
            await self.ledger.once(ours, now, never)
            try:
                await self._converse(self.cast.agents[talk.agent], f"/interactions/{interaction['id']}")
            except Refused as refused:
                if refused.status not in {404, 409, 422}:  # somebody real has it now, and keeps it
                    raise
        return int(interaction["id"])

    async def _converse(self, agent: HubClient, path: str) -> None:
        talk, said = self.talk, await messages(self.cast.admin, path)
        if said < 2:
            await self._answer(agent, path, talk.answer, "" if talk.again else talk.end)
        if talk.again and said < 3:
            answer = await until(self._answered)
            await self._write("again", letters.reply_subject(answer.subject), talk.again, answer)
            await until(lambda: grown(self.cast.admin, path, 3))
        if talk.again and said < 4:
            await self._answer(agent, path, talk.answer_again, talk.end)

    async def _answer(self, agent: HubClient, path: str, text: str, end: str) -> None:
        await agent.post(f"{path}/take")
        then = "CLOSED" if end else "AWAITING_CUSTOMER"
        await agent.post(f"{path}/messages", {"text": text, "then": then, "disposition": end})

    async def _write(self, name: str, subject: str, text: str, answers: Letter | None = None) -> None:
        message_id = f"<demo-{self.key.replace(' ', '-')}-{name}-{self.talk.customer}@{MAIL_DOMAIN}>"
        message = letters.write(
            self.person.address, self.cast.support, subject, text,
            answers=answers, name=self.person.name, message_id=message_id,
        )  # fmt: skip
        message.replace_header("Date", formatdate(self.sent_at, usegmt=True))
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


async def messages(hub: HubClient, path: str) -> int:
    """How many there are in a conversation."""
    return len((await hub.get(f"{path}/messages"))["items"])


async def grown(hub: HubClient, path: str, least: int) -> bool:
    """Whether there are as many."""
    return await messages(hub, path) >= least


async def now() -> int:
    """In seconds since 1970, for the ledger."""
    return int(time.time())


async def never() -> None:
    """What was not noted was not used."""


async def until(look: Callable[[], Awaitable[Found | None]]) -> Found:
    """What `look` finds, looked for again and again. Raises TimeoutError."""
    async with asyncio.timeout(PATIENCE):
        while True:
            if found := await look():
                return found
            await asyncio.sleep(LOOK)
