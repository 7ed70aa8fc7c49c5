"""Honest words for those who wait: their place, how long it may take, as the core estimates it, and what they may
choose instead.
"""

from __future__ import annotations

import asyncio
from typing import Final

from hub.api import Choice, Context, Conversation, EstimatedWait
from plugins.sip.calls.keys import KEYS
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
        "choice": "Press {key} to {label}.",
        "#": "hash",
        "*": "star",
    },
    "zh": {
        "next": "您是下一位。",
        "place": "您前面还有{ahead}位。",
        "one": "您前面还有1位。",
        "between": "预计等待{low}到{high}分钟。",
        "under": "预计等待不到{high}分钟。",
        "over": "可能需要等待{low}分钟以上。",
        "choice": "{label}请按{key}。",
        "#": "井号键",
        "*": "星号键",
    },
}


LOOK: Final = 30.0  # seconds between two looks at what they may choose, where nothing is announced


class Announcing:
    """Tells each waiting line from time to time."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._told: set[str] = set()

    async def run(self, line: Line) -> None:
        """As long as this line waits; one that the core puts in a queue before it is answered hears it then. Who talks
        in between and waits again is told by the same voice, not by two; the keys they may press count at once."""
        if line.thread in self._told:
            await self._look(line)
            return
        self._told.add(line.thread)
        try:
            await self._tell(line)
        finally:
            self._told.discard(line.thread)

    async def _tell(self, line: Line) -> None:
        every = float(line.account.settings.announce_seconds)
        first = True
        while line.arrangement.mode == "WAITING" and line.customer is not None and not line.customer.over:
            found = await self._look(line)
            if found is not None and (every or first):
                _say(line, found, words(found, _language(line, found), place=bool(every)))
            if not every and (found is None or not found.choices):
                return
            first = False
            await asyncio.sleep(every or LOOK)

    async def _look(self, line: Line) -> Conversation | None:
        """How they stand; the keys that mean something count from now on."""
        found = await self._context.conversation(line.account, line.thread, limit=0)
        if found is not None:
            line.collecting.offer({choice.key for choice in found.choices})
        return found


def _say(line: Line, waiting: Conversation, text: str) -> None:
    """Not after other words, unless they would not hear of what they may choose."""
    if text and line.speaking is not None and (waiting.choices or not line.speaking.busy):
        line.speaking.say(Words(text, _language(line, waiting)))


def _language(line: Line, waiting: Conversation) -> str:
    """Their own, else the number's."""
    own = (waiting.language or line.account.language).partition("-")[0]
    return own if own in SAYING else "en"


def words(waiting: Conversation, language: str, place: bool = True) -> str:
    """What is said to who is in a queue; "" when nothing is known. `place`: also where they are."""
    said = SAYING[language]
    if waiting.waiting_ahead is None:
        return ""
    choices = [_choice(each, said) for each in waiting.choices if len(each.key) == 1 and each.key in KEYS]
    return " ".join(filter(None, [_place(waiting, said) if place else "", *choices]))


def _choice(choice: Choice, said: dict[str, str]) -> str:
    label = choice.label[:1].lower() + choice.label[1:]
    return said["choice"].format(key=said.get(choice.key, choice.key), label=label)


def _place(waiting: Conversation, said: dict[str, str]) -> str:
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
