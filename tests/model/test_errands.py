"""What is asked for is done, also when it is asked for at the worst moment."""

from __future__ import annotations

import asyncio

from hub.api import Overloaded
from hub.pipeline.errands import Errands


class Work:
    """Errands that wait for `open`, and count what was done for whom."""

    def __init__(self) -> None:
        self.done: list[int] = []
        self.open = asyncio.Event()
        self.errands = Errands(self._do, "the test's errand", pause=0)
        self.faults: list[Exception] = []

    async def _do(self, key: int) -> None:
        await self.open.wait()
        self.done.append(key)
        if self.faults:
            raise self.faults.pop()

    async def all(self) -> list[int]:
        """What was done once nothing is left to do."""
        self.open.set()
        while tasks := list(self.errands._tasks.values()):
            await asyncio.gather(*tasks)
        return self.done


async def test_who_asks_meanwhile_is_heard_once_more_however_often_they_ask() -> None:
    work = Work()
    work.errands.ask(1)
    await asyncio.sleep(0)  # it waits in the middle
    for _ in range(3):
        work.errands.ask(1)
    assert await work.all() == [1, 1]


async def test_who_asks_between_the_last_look_and_the_end_of_the_task_is_heard() -> None:
    """In one turn of the loop the errand ends and, before its task has told anybody, it is asked for again: a telephone
    that should have rung did not."""
    work = Work()
    work.errands.ask(1)
    await asyncio.sleep(0)
    work.open.set()  # its last step is due in the next turn
    asyncio.get_running_loop().call_soon(work.errands.ask, 1)  # and this right behind it
    await asyncio.sleep(0)
    assert await work.all() == [1, 1]


async def test_several_are_done_side_by_side() -> None:
    work = Work()
    for key in (1, 2, 3):
        work.errands.ask(key)
    assert sorted(await work.all()) == [1, 2, 3]


async def test_a_store_that_is_away_only_delays_it() -> None:
    work = Work()
    work.faults = [Overloaded("away")]
    work.errands.ask(1)
    assert await work.all() == [1, 1]


async def test_a_fault_ends_that_run_and_the_next_is_done() -> None:
    work = Work()
    work.faults = [ValueError("broken")]
    work.errands.ask(1)
    assert await work.all() == [1]
    work.errands.ask(1)
    assert await work.all() == [1, 1]


async def test_nothing_is_left_running_after_the_end() -> None:
    work = Work()
    work.errands.ask(1)
    await work.errands.close()
    assert await work.all() == []
