"""A broadcast's number keeps a line no longer than its fax has no result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from hub.api import Event, HubError, Json
from hub.testing import FakeContext
from plugins.fax.broadcast import rows
from plugins.fax.broadcast.numbers import Recipient
from plugins.fax.broadcast.running import Broadcasts
from plugins.fax.office import Office
from plugins.fax.remarks import remark
from plugins.fax.settings import FaxSettings
from plugins.fax.states import BroadcastState
from plugins.fax.tables import recipients
from plugins.fax.tests.test_contract import ACCOUNT

MIGRATIONS = Path(__file__).parents[1] / "migrations"
NUMBERS = [Recipient(f"+86138001380{n:02}") for n in range(6)]


def delivery(message: int, state: str) -> Event:
    data: dict[str, Json] = {"delivery": message, "message": message, "state": state, "code": "DO_NOT_CONTACT"}
    return Event(1, datetime.now(UTC), "delivery.state", 1, None, None, None, None, None, data)


class Quick(FakeContext):
    """A hub whose word on a message comes before the caller knows the message's number."""

    ends = ""
    refuses: Mapping[str, HubError] = {}

    async def contact(self, *about: Any, **more: Any) -> int:
        if refusal := self.refuses.get(about[1].value):
            raise refusal
        message = await super().contact(*about, **more)
        if self.ends:
            await self.broadcasts.observe(delivery(message, self.ends))
        return message

    broadcasts: Broadcasts


@dataclass
class Running:
    """A broadcast to six numbers."""

    context: Quick = field(
        default_factory=lambda: Quick("fax", FaxSettings(), accounts=[ACCOUNT], migrations=MIGRATIONS)
    )

    async def begin(self) -> int:
        self.context.broadcasts = Broadcasts(Office(self.context))
        return await self.context.store.write(lambda conn: rows.create(conn, 1, "Prices", "Su", [], "Page", NUMBERS))

    async def looks(self, times: int = 1) -> None:
        for _ in range(times):
            await self.context.broadcasts._look()

    async def states(self, broadcast: int) -> Sequence[str]:
        found = await self.context.store.read(lambda conn: rows.recipients_of(conn, broadcast))
        return [each["state"] for each in found]


@pytest.mark.parametrize(
    ("told", "shown"), [("BLOCKED", "BLOCKED"), ("FAILED", "FAILED"), ("UNKNOWN", "UNKNOWN"), ("UNDONE", "CANCELLED")]
)
async def test_a_word_of_the_hub_that_comes_first_counts(told: str, shown: str) -> None:
    running = Running()
    broadcast = await running.begin()
    running.context.ends = told
    await running.looks(5)
    assert await running.states(broadcast) == [shown] * len(NUMBERS)
    (found,) = await running.context.store.read(lambda conn: rows.all_of(conn, [ACCOUNT.id]))
    assert found.state is BroadcastState.DONE


async def test_a_number_that_is_none_says_so_and_the_others_go() -> None:
    running = Running()
    broadcast = await running.begin()

    class NoNumber(HubError):
        code = "INVALID"

    running.context.refuses = {NUMBERS[0].number: NoNumber("address")}
    await running.looks()
    [first, *others] = await running.context.store.read(lambda conn: rows.recipients_of(conn, broadcast))
    assert (first["state"], first["code"]) == ("FAILED", "INVALID")
    assert remark(first["code"], first["text"], "en") == "This is no number that can be faxed to."
    assert [each["state"] for each in others].count("GIVEN") == ACCOUNT.settings.lines - 1


async def test_a_word_that_was_missed_keeps_no_line_for_good() -> None:
    running = Running()
    broadcast = await running.begin()
    await running.looks(2)
    states = await running.states(broadcast)
    assert (states.count("GIVEN"), states.count("WAITING")) == (ACCOUNT.settings.lines, 6 - ACCOUNT.settings.lines)
    long_ago = datetime.now(UTC) - timedelta(hours=25)
    await running.context.store.write(lambda conn: conn.execute(update(recipients).values(since=long_ago)))
    await running.looks(2)
    assert (await running.states(broadcast)).count("UNKNOWN") == ACCOUNT.settings.lines
