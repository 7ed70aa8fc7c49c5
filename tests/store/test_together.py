"""Those who ask while a call is under way are served by the next one, each with an answer of their own."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from hub.pipeline.together import MOST, Together


class Counter:
    """Answers the double, and an error for what is negative; the first call waits until it is let go."""

    def __init__(self) -> None:
        self.calls: list[list[int]] = []
        self.called, self.go_on = asyncio.Event(), asyncio.Event()

    async def serve(self, asked: Sequence[int]) -> Sequence[int | Exception]:
        self.calls.append(list(asked))
        self.called.set()
        await self.go_on.wait()
        if 0 in asked:
            raise ZeroDivisionError
        return [2 * one if one > 0 else ValueError(str(one)) for one in asked]


async def test_what_is_asked_meanwhile_is_served_at_once_and_in_order() -> None:
    counter = Counter()
    together = Together(counter.serve)
    asking = [asyncio.create_task(together.ask(number)) for number in range(1, MOST + 3)]
    await counter.called.wait()
    late = asyncio.create_task(together.ask(1000))
    counter.go_on.set()
    assert await asyncio.gather(*asking) == [2 * number for number in range(1, MOST + 3)]
    assert await late == 2000
    assert counter.calls == [list(range(1, MOST + 1)), [MOST + 1, MOST + 2, 1000]]


async def test_an_error_goes_to_who_asked_for_it() -> None:
    counter = Counter()
    counter.go_on.set()
    together = Together(counter.serve)
    outcomes = await asyncio.gather(*(together.ask(number) for number in (1, -1, 2)), return_exceptions=True)
    assert [outcomes[0], outcomes[2]] == [2, 4]
    assert isinstance(outcomes[1], ValueError)
    with pytest.raises(ZeroDivisionError):
        await together.ask(0)
    assert await together.ask(3) == 6, "one call that failed keeps nobody from asking again"


async def test_who_is_gone_is_served_all_the_same() -> None:
    counter = Counter()
    together = Together(counter.serve)
    first = asyncio.create_task(together.ask(1))
    await counter.called.wait()
    gone, patient = asyncio.create_task(together.ask(2)), asyncio.create_task(together.ask(3))
    await asyncio.sleep(0)
    gone.cancel()
    counter.go_on.set()
    assert [await first, await patient] == [2, 6]
    assert counter.calls[1] == [2, 3]
