"""More texts than a modem can send in the minute each of them has: none is left in doubt."""

from __future__ import annotations

import asyncio

import pytest

from hub.api import Throttled, Unreachable
from plugins.sms.modem.provider import Modem
from plugins.sms.modem.turns import AT_ONCE, EACH, LONGEST, Turns
from plugins.sms.tests.desk import connection, context, outgoing

OURS, BOB = "+8613900139000", "+8613800138000"
WAY = connection("modem", {"device": "/nowhere/modem", "number": OURS})


class Slow:
    """A dialogue that takes its time until it is told to answer."""

    def __init__(self) -> None:
        self.may = asyncio.Event()
        self.asked = 0

    async def send(self, command: str, text: str, seconds: float) -> list[str]:
        self.asked += 1
        await self.may.wait()
        return ["+CMGS: 1"]


async def test_who_would_wait_too_long_is_told_when_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    modem, slow = Modem(context()), Slow()
    monkeypatch.setitem(modem._dialogues, WAY.id, slow)
    parts = [outgoing(BOB, "hello", sender=OURS, delivery=n)[0] for n in range(16)]
    sending = [asyncio.create_task(modem.submit(WAY, each)) for each in parts]
    late = await asyncio.gather(*sending[AT_ONCE:], return_exceptions=True)
    slow.may.set()
    await asyncio.gather(*sending[:AT_ONCE])
    assert slow.asked == AT_ONCE, "nothing of the others was handed over"
    waits = [each.retry_after or 0 for each in late if isinstance(each, Throttled)]
    assert len(waits) == 14 and all(0 < wait <= 15 * EACH for wait in waits)
    assert waits == sorted(waits) and waits[-1] > 12 * EACH, "one after the other, not all at once again"
    await modem.submit(WAY, parts[5])


def test_a_long_text_goes_on_in_another_minute() -> None:
    now = 100.0
    turns = Turns(lambda: now)
    first, second, third, *_ = outgoing(BOB, "x" * 800, sender=OURS)
    with turns.taken(first):
        pass
    now += LONGEST
    with turns.taken(second):
        pass
    now += 1
    with pytest.raises(Throttled), turns.taken(third):
        pytest.fail("it would not be done within its minute")
    with turns.taken(third):
        pass


def test_a_text_that_failed_has_all_its_time_when_it_comes_again() -> None:
    now = 100.0
    turns = Turns(lambda: now)
    first, second, *_ = outgoing(BOB, "x" * 800, sender=OURS)
    for part in (first, second):
        with pytest.raises(Unreachable), turns.taken(part):
            raise Unreachable("no network")
        now += LONGEST + 1
    with turns.taken(second):
        pass
