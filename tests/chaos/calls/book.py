"""What the site's database says of its calls, looked up from outside."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from contextlib import suppress

from tests.chaos.calls.site import CallState
from tests.chaos.report import rows

CALLS = """
SELECT accounts.name, interactions.state FROM interactions JOIN accounts ON accounts.id = interactions.account_id
ORDER BY interactions.id
"""
BUSY = """
SELECT users.login FROM offers JOIN users ON users.id = offers.user_id WHERE offers.ended_at IS NULL
UNION SELECT users.login FROM work JOIN users ON users.id = work.user_id WHERE work.ended_at IS NULL
UNION SELECT users.login FROM segments JOIN users ON users.id = segments.user_id WHERE segments.state <> 'DONE'
"""
LEGS = "SELECT data FROM events WHERE type = 'leg.state'"
NOT_READY = """
SELECT users.login FROM presence JOIN users ON users.id = presence.user_id
WHERE presence.state <> 'READY' AND users.login <> 'admin'
"""
WRAPPING_UP = "SELECT count(*) FROM segments WHERE state = 'WRAP_UP'"
PARTIAL = """
SELECT accounts.name, messages.fields FROM messages
JOIN interactions ON interactions.id = messages.interaction_id JOIN accounts ON accounts.id = interactions.account_id
WHERE messages.kind IN ('RECORDING', 'VOICEMAIL')
"""
LOOK = 0.1
PATIENCE = 60.0


class Book:
    """Reads again and again while anybody waits."""

    def __init__(self, database: str) -> None:
        self._database = database
        self.calls: Mapping[CallState, str] = {}
        self._read = asyncio.Condition()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            self.calls = {CallState(str(name)): str(state) for name, state in await rows(self._database, CALLS)}
            async with self._read:
                self._read.notify_all()
            await asyncio.sleep(LOOK)

    async def becomes(self, state: CallState, wanted: str) -> None:
        """The newest call of this number is what is wanted."""
        await self.shows({state: wanted})

    async def shows(self, wanted: Mapping[CallState, str]) -> None:
        """All these are as wanted. Raises AssertionError with what is not."""
        try:
            async with asyncio.timeout(PATIENCE), self._read:
                await self._read.wait_for(lambda: not self._others(wanted))
        except TimeoutError:
            raise AssertionError(f"wanted and found: {self._others(wanted)}") from None

    async def ends(self) -> list[str]:
        """The states of all calls there were, oldest first."""
        return [str(state) for _, state in await rows(self._database, CALLS)]

    async def has_partial(self, wanted: Collection[CallState]) -> None:
        """What a hub that died had recorded of these calls is with them. Raises AssertionError with whose is not."""
        missing = set(wanted)
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                while missing := set(wanted) - await self._partial():  # noqa: ASYNC110  # of a database there is no news
                    await asyncio.sleep(LOOK)
        assert not missing, f"nothing was found of {missing}"

    async def _partial(self) -> set[CallState]:
        found = await rows(self._database, PARTIAL)
        return {CallState(str(name)) for name, fields in found if "partial" in str(fields)}

    async def heard_no_more(self) -> int:
        """How many legs have ended because nothing came from them."""
        return sum('"UNREACHABLE"' in str(data) for (data,) in await rows(self._database, LEGS))

    async def busy(self) -> set[str]:
        """Agents who have anything in hand."""
        return {str(login) for (login,) in await rows(self._database, BUSY)}

    async def not_ready(self) -> set[str]:
        """Agents who take no work."""
        return {str(login) for (login,) in await rows(self._database, NOT_READY)}

    def _others(self, wanted: Mapping[CallState, str]) -> dict[CallState, tuple[str, str]]:
        found = {state: (each, self.calls.get(state, "")) for state, each in wanted.items()}
        return {state: pair for state, pair in found.items() if pair[0] != pair[1]}
