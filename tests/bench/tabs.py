"""Many chat visitors in one process, each a tab that stays open and comes back when the hub was away.

python -m tests.bench.tabs PORT COUNT NAME      told by the bench on its standard input:
{"typists": N, "seconds": S}    N of them type, and say something now and then; answered with their waiting times
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from contextlib import suppress

from tests.bench.crew import say, told
from tests.bench.visitor import Visitor

CONNECTING = 50
LONGEST_PAUSE = 10.0
SAYS_EVERY = 5.0
LAST_ANSWERS = 5.0


class Tabs:
    """All visitors of this process; tells the bench whenever all are there."""

    def __init__(self, port: int, count: int, name: str) -> None:
        self._port = port
        self._name = name
        self.visitors = [Visitor() for _ in range(count)]
        self._turn = asyncio.Semaphore(CONNECTING)
        self._open = 0
        self._dice = random.Random(name)
        self._said = 0

    async def stay(self) -> None:
        """Keep all tabs open, for ever."""
        await asyncio.gather(*(self._keep(visitor) for visitor in self.visitors))

    async def _keep(self, visitor: Visitor) -> None:
        """As the protocol says a client comes back: pauses up to 0.5, 1, 2, … 10 s, a random share of each."""
        longest = 0.5
        while True:
            with suppress(OSError, TimeoutError):
                async with self._turn:
                    await visitor.arrive(self._port)
                longest = 0.5
                await self._until_over(visitor)
            await asyncio.sleep(longest * self._dice.random())
            longest = min(longest * 2, LONGEST_PAUSE)

    async def _until_over(self, visitor: Visitor) -> None:
        self._open += 1
        if self._open == len(self.visitors):
            say(ready=self._open, at=time.time())
        try:
            await visitor.over.wait()
        finally:
            self._open -= 1

    async def talk(self, typists: int, seconds: float) -> None:
        """A sign of typing once a second each; every fifth second a message instead."""
        chosen = self.visitors[:typists]
        await asyncio.gather(*(self._type(one, number, seconds) for number, one in enumerate(chosen)))
        await asyncio.sleep(LAST_ANSWERS if any(one.unanswered for one in chosen) else 0)
        spans = [span for one in chosen for span in one.spans]
        say(spans=spans, unanswered=sum(one.unanswered for one in chosen))

    async def _type(self, visitor: Visitor, number: int, seconds: float) -> None:
        await asyncio.sleep(self._dice.random())
        for second in range(max(1, round(seconds))):
            if (second + number) % SAYS_EVERY == 0:
                self._said += 1
                visitor.say(f"{self._name}-{self._said}")
            else:
                visitor.typing()
            await asyncio.sleep(1)


async def main() -> None:
    """Until the bench closes its side."""
    port, count, name = sys.argv[1:]
    lines = await told()
    tabs = Tabs(int(port), int(count), name)
    staying = asyncio.create_task(tabs.stay())
    async for line in lines:
        order = json.loads(line)
        await tabs.talk(order["typists"], order["seconds"])
    staying.cancel()


if __name__ == "__main__":
    asyncio.run(main())
