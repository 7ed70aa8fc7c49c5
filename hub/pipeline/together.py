"""Serves those who ask at the same time with one call: while one is under way, the next ones gather."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

A = TypeVar("A")
R = TypeVar("R")

MOST = 64


class Together(Generic[A, R]):
    """`serve` is given what was asked, in its order, at most MOST at once, and returns an answer, or an error to raise,
    for each. What it raises itself, all of them hear. Nothing is remembered."""

    def __init__(self, serve: Callable[[Sequence[A]], Awaitable[Sequence[R | Exception]]]) -> None:
        self._serve = serve
        self._asking: list[tuple[A, asyncio.Future[R]]] = []
        self._task: asyncio.Task[None] | None = None

    async def ask(self, what: A) -> R:
        """The answer. Who is cancelled in the meantime is served all the same."""
        answer: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._asking.append((what, answer))
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="hub-together")
        return await answer

    async def _run(self) -> None:
        try:
            while self._asking:
                group, self._asking = self._asking[:MOST], self._asking[MOST:]
                answers = await self._answers([what for what, _ in group])
                for (_, waiting), answer in zip(group, answers, strict=True):
                    _settle(waiting, answer)
        finally:
            self._task = None

    async def _answers(self, asked: Sequence[A]) -> Sequence[R | Exception]:
        try:
            return await self._serve(asked)
        except Exception as error:  # noqa: BLE001  # whatever it is, it belongs to those who asked
            return [error] * len(asked)


def _settle(waiting: asyncio.Future[R], answer: R | Exception) -> None:
    if waiting.done():
        return
    if isinstance(answer, Exception):
        waiting.set_exception(answer)
    else:
        waiting.set_result(answer)
