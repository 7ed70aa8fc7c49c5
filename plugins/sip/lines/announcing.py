"""Honest words for those who wait: their place, and how long it may take, as the core estimates it."""

from __future__ import annotations

import asyncio
from typing import Final

from hub.api import Context, Conversation, EstimatedWait
from plugins.sip.lines.line import Line
from plugins.sip.lines.speaking import Words

SAYING: Final = {
    "en": {
        "next": "You are next.",
        "place": "There are {ahead} callers before you.",
        "one": "There is one caller before you.",
        "between": "We expect to answer in {low} to {high} minutes.",
        "under": "We expect to answer in less than {high} minutes.",
        "over": "It may take more than {low} minutes.",
    },
    "zh": {
        "next": "您是下一位。",
        "place": "您前面还有{ahead}位。",
        "one": "您前面还有1位。",
        "between": "预计等待{low}到{high}分钟。",
        "under": "预计等待不到{high}分钟。",
        "over": "可能需要等待{low}分钟以上。",
    },
}


class Announcing:
    """Tells each waiting line from time to time."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._told: set[str] = set()

    async def run(self, line: Line) -> None:
        """As long as this line waits; one that the core puts in a queue before it is answered hears it then. Who talks
        in between and waits again is told by the same voice, not by two."""
        if line.thread in self._told:
            return
        self._told.add(line.thread)
        try:
            await self._tell(line)
        finally:
            self._told.discard(line.thread)

    async def _tell(self, line: Line) -> None:
        every = float(line.account.settings.announce_seconds)
        while every and line.arrangement.mode == "WAITING" and line.customer is not None and not line.customer.over:
            found = await self._context.conversation(line.account, line.thread, limit=0)
            if found is not None and line.speaking is not None and not line.speaking.busy:
                language = line.account.language if line.account.language in SAYING else "en"
                if text := words(found, language):
                    line.speaking.say(Words(text, language))
            await asyncio.sleep(every)


def words(waiting: Conversation, language: str) -> str:
    """What is said of a place in a queue; "" when nothing is known."""
    said = SAYING[language]
    if waiting.waiting_ahead is None:
        return ""
    ahead = waiting.waiting_ahead
    place = said["next"] if ahead == 0 else said["one"] if ahead == 1 else said["place"].format(ahead=ahead)
    return f"{place} {_wait(waiting.estimated_wait, said)}".strip()


def _wait(estimate: EstimatedWait | None, said: dict[str, str]) -> str:
    if estimate is None:
        return ""
    low = estimate.low_seconds // 60
    if estimate.high_seconds is None:
        return said["over"].format(low=low)
    high = max(2, -(-estimate.high_seconds // 60))
    return said["between"].format(low=low, high=high) if low else said["under"].format(high=high)
