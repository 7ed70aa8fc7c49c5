"""Long-running plugin work: it comes back, more slowly each time, and it goes when asked."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.api import Misconfigured, Ready, Unreachable
from hub.plugin.record import Plugin, PluginState
from hub.plugin.supervision import CONNECTION, LONGEST_WAIT, ConnectionState, Supervised, backoff

S = ConnectionState


class Watched:
    """A piece of supervised work, what was told of it, and how long it waited between attempts."""

    def __init__(self, work: Callable[[Ready], Awaitable[None]], *, attempts: int = 1000, finite: bool = False) -> None:
        self.told: list[tuple[ConnectionState, str]] = []
        self.waits: list[float] = []
        self.over = asyncio.Event()
        self.now = 0.0
        self._left = attempts
        self.plugin = Plugin("post", PluginState.LOADED)
        self.supervised = Supervised(
            self.plugin, "listen", work, self._tell, finite, self._sleep, lambda: 1.0, lambda: self.now
        )

    def _tell(self, state: ConnectionState, detail: str) -> None:
        self.told.append((state, detail))

    async def _sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self._left -= 1
        if self._left <= 0:
            self.over.set()
            await asyncio.Event().wait()

    @property
    def states(self) -> list[ConnectionState]:
        return [state for state, _ in self.told]


async def test_it_runs_once_it_says_so_and_stops_when_asked() -> None:
    up = asyncio.Event()

    async def listen(ready: Ready) -> None:
        ready("127.0.0.1:2525")
        up.set()
        await asyncio.Event().wait()

    watched = Watched(listen)
    watched.supervised.start()
    await up.wait()
    assert watched.told == [(S.STARTING, ""), (S.RUNNING, "127.0.0.1:2525")]
    assert await watched.supervised.stop("switched off")
    assert watched.told[-1] == (S.STOPPED, "switched off")


async def test_what_it_shows_may_change_while_it_runs() -> None:
    up = asyncio.Event()

    async def listen(ready: Ready) -> None:
        ready("registering")
        ready("registered")
        up.set()
        await asyncio.Event().wait()

    watched = Watched(listen)
    watched.supervised.start()
    await up.wait()
    assert watched.told[1:] == [(S.RUNNING, "registering"), (S.RUNNING, "registered")]
    await watched.supervised.stop()


async def test_it_is_not_running_before_it_says_so() -> None:
    begun = asyncio.Event()

    async def listen(ready: Ready) -> None:
        begun.set()
        await asyncio.Event().wait()

    watched = Watched(listen)
    watched.supervised.start()
    await begun.wait()
    assert watched.supervised.state is S.STARTING
    await watched.supervised.stop()


@pytest.mark.parametrize("failure", [Unreachable("refused"), OSError("gone"), KeyError("x"), SystemExit(1), None])
async def test_whatever_ends_it_it_is_started_again_more_slowly(failure: BaseException | None) -> None:
    async def listen(ready: Ready) -> None:
        if failure is not None:
            raise failure

    watched = Watched(listen, attempts=4)
    watched.supervised.start()
    await watched.over.wait()
    assert watched.waits == [0.5, 1.0, 2.0, 4.0]
    assert watched.states == [S.STARTING, S.FAILED] * 4
    assert "Trying again in 4.0 s." in watched.told[-1][1]
    await watched.supervised.stop()


async def test_an_error_of_the_contract_is_told_in_its_own_words_and_is_no_fault() -> None:
    async def listen(ready: Ready) -> None:
        raise Misconfigured("535 bad password")

    watched = Watched(listen, attempts=1)
    watched.supervised.start()
    await watched.over.wait()
    assert watched.told[-1][1].startswith("The connection is not set up correctly; an administrator must look at it.")
    assert "(535 bad password)" in watched.told[-1][1]
    assert watched.plugin.faults == 0
    await watched.supervised.stop()


async def test_after_a_long_good_run_it_starts_again_quickly() -> None:
    async def listen(ready: Ready) -> None:
        ready()
        if len(watched.waits) == 3:
            watched.now += 3600
        raise Unreachable

    watched = Watched(listen, attempts=5)
    watched.supervised.start()
    await watched.over.wait()
    assert watched.waits == [0.5, 1.0, 2.0, 0.5, 1.0]
    await watched.supervised.stop()


async def test_background_work_that_returns_has_finished() -> None:
    async def work(ready: Ready) -> None:
        ready()

    watched = Watched(work, finite=True)
    watched.supervised.start()
    assert watched.supervised._task is not None
    await watched.supervised._task
    assert watched.states == [S.STARTING, S.RUNNING, S.STOPPED]


async def test_a_listener_that_swallows_the_wish_to_stop_still_ends() -> None:
    begun = asyncio.Event()

    async def listen(ready: Ready) -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            return

    watched = Watched(listen)
    watched.supervised.start()
    await begun.wait()
    assert await watched.supervised.stop()
    assert watched.states == [S.STARTING, S.STOPPED]


async def test_a_listener_that_will_not_stop_is_left_behind_and_counted() -> None:
    begun, release = asyncio.Event(), asyncio.Event()

    async def listen(ready: Ready) -> None:
        begun.set()
        while not release.is_set():
            try:
                await release.wait()
            except asyncio.CancelledError:
                continue

    watched = Watched(listen)
    watched.supervised.start()
    await begun.wait()
    assert not await watched.supervised.stop(deadline=0.01)
    assert watched.supervised.state is S.STOPPED
    assert watched.plugin.faults == 1
    release.set()


async def test_a_cancellation_from_inside_is_a_failure_like_any_other() -> None:
    async def listen(ready: Ready) -> None:
        raise asyncio.CancelledError

    watched = Watched(listen, attempts=1)
    watched.supervised.start()
    await watched.over.wait()
    assert watched.states == [S.STARTING, S.FAILED]
    await watched.supervised.stop()


@given(st.integers(1, 10_000), st.floats(0, 1, exclude_max=True))
def test_the_wait_grows_to_a_limit_and_is_spread(failures: int, chance: float) -> None:
    assert 0.25 <= backoff(failures, chance) <= LONGEST_WAIT
    assert backoff(failures, 0.5) <= backoff(failures + 1, 0.5)


def test_from_anywhere_it_can_be_stopped_and_only_started_again_from_there() -> None:
    assert CONNECTION.before(S.STOPPED) == set(S) - {S.STOPPED}
    assert CONNECTION.after(S.STOPPED) == {S.STARTING}


async def test_a_listener_whose_task_group_failed_is_started_again() -> None:
    async def hear() -> None:
        raise OSError("gone")

    async def listen(ready: Ready) -> None:
        async with asyncio.TaskGroup() as parts:
            parts.create_task(hear())

    watched = Watched(listen, attempts=2)
    watched.supervised.start()
    await watched.over.wait()
    assert watched.states == [S.STARTING, S.FAILED] * 2
    await watched.supervised.stop()
