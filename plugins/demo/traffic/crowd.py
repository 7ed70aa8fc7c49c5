"""A crowd of customers that write at a rate, by real mail, real chat and real texts."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import aiosmtplib
import httpx
from websockets.exceptions import WebSocketException

from plugins.demo import letters, post
from plugins.demo.letters import Letter
from plugins.demo.traffic.people import Writer, somebody
from plugins.demo.traffic.running import Running
from plugins.demo.traffic.visitor import ANSWER_WITHIN, NotTaken, Visitor

CHATS, TEXTS, FOLLOW_UPS = 0.3, 0.2, 0.2
CHATS_A_MINUTE = 40
"""A widget gives one address no more than 60 new visitors a minute; the rest of a large crowd writes mails."""
WIDGET = "shop"
SALES = 0.15
REMEMBERED = 50
LAST_WORDS = 5.0
"""Seconds that chats still have when all have written."""
STORED_WITHIN = 60.0
LOST = (NotTaken, WebSocketException, httpx.HTTPError, aiosmtplib.SMTPException, OSError, TimeoutError)


@dataclass(slots=True)
class Crowd:
    """`rate` contacts a minute for `minutes`. `tally` counts mails, chats, texts, follow-ups and what was not
    taken."""

    running: Running
    rate: float
    minutes: float
    seed: int
    patience: float = ANSWER_WITHIN
    tally: Counter[str] = field(default_factory=Counter)
    _mailed: list[tuple[Writer, Letter]] = field(default_factory=list)
    _over: float = 0.0

    @property
    def contacts(self) -> int:
        """How many there will be."""
        return max(1, round(self.rate * self.minutes))

    async def write(self, told: Callable[[], None], stop: asyncio.Event) -> None:
        """Until all have written, or `stop` is set; `told` is called after each. Chats that are open then end."""
        dice, loop = random.Random(self.seed), asyncio.get_running_loop()
        begun, tasks = loop.time(), set[asyncio.Task[None]]()
        self._over = begun + self.contacts * 60 / self.rate + LAST_WORDS
        for number in range(self.contacts):
            due = begun + (number + dice.random()) * 60 / self.rate
            if await _set_within(stop, due - loop.time()):
                break
            task = asyncio.create_task(self._contact(random.Random(dice.random()), told))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        await _finish(tasks, stop)

    async def _contact(self, dice: random.Random, told: Callable[[], None]) -> None:
        try:
            await self._pick(dice)(dice)
        except LOST:
            self.tally["not taken"] += 1
        told()

    def _pick(self, dice: random.Random) -> Callable[[random.Random], Awaitable[None]]:
        if dice.random() < min(CHATS, CHATS_A_MINUTE / self.rate):
            return self._chat
        if self.running.text_numbers and dice.random() < TEXTS:
            return self._text
        return self._follow_up if self._mailed and dice.random() < FOLLOW_UPS else self._mail

    async def _mail(self, dice: random.Random) -> None:
        writer = somebody(dice)
        to = self.running.mail_addresses[-1 if dice.random() < SALES else 0]
        subject, text = writer.mail(dice)
        await self._send(writer, to, subject, text, None)
        self.tally["mails"] += 1

    async def _follow_up(self, dice: random.Random) -> None:
        writer, first = dice.choice(self._mailed)
        subject = letters.reply_subject(first.subject)
        await self._send(writer, first.to, subject, writer.again(dice, "mails"), first)
        self.tally["follow-ups"] += 1

    async def _send(self, writer: Writer, to: str, subject: str, text: str, answers: Letter | None) -> None:
        message = letters.write(writer.address, to, subject, text, answers=answers, name=writer.name)
        await post.hand_over(self.running.mail_server, message)
        self._mailed = [*self._mailed, (writer, letters.read(message.as_bytes()))][-REMEMBERED:]

    async def _chat(self, dice: random.Random) -> None:
        writer = somebody(dice)
        async with Visitor.arrive(self.running.site, WIDGET) as socket:
            visitor = Visitor(socket, writer.language)
            await visitor.enter()
            await visitor.say(f"{dice.getrandbits(60):x}", writer.question(dice), {"name": writer.name})
            self.tally["chats"] += 1
            if await visitor.answered(self._listening()):
                await visitor.say(f"{dice.getrandbits(60):x}", writer.again(dice, "chats"), {})

    async def _text(self, dice: random.Random) -> None:
        writer = somebody(dice)
        text = {"sender": writer.tel, "to": self.running.text_numbers[0], "text": writer.question(dice)}
        async with httpx.AsyncClient(timeout=STORED_WITHIN, trust_env=False) as http:
            (await http.post(f"{self.running.site}/p/demo/handset/texts", json=text)).raise_for_status()
        self.tally["texts"] += 1

    def _listening(self) -> float:
        """Seconds to wait for an agent: nobody does for long when the others have gone."""
        return max(0.0, min(self.patience, self._over - asyncio.get_running_loop().time()))


async def _set_within(stop: asyncio.Event, seconds: float) -> bool:
    try:
        await asyncio.wait_for(stop.wait(), max(0.0, seconds))
    except TimeoutError:
        return stop.is_set()
    return True


async def _finish(tasks: set[asyncio.Task[None]], stop: asyncio.Event) -> None:
    """Let those who write finish, unless somebody wants to stop now."""
    waiting = asyncio.create_task(_all(set(tasks)))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({waiting, stopping}, timeout=STORED_WITHIN, return_when=asyncio.FIRST_COMPLETED)
    for task in (*tasks, waiting, stopping):
        task.cancel()
    await asyncio.gather(*tasks, waiting, stopping, return_exceptions=True)


async def _all(tasks: set[asyncio.Task[None]]) -> None:
    await asyncio.gather(*tasks)
