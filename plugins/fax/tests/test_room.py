"""Above the number of faxes that a node may receive at once, a caller hears busy, and it is seen."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest
from prometheus_client import REGISTRY

from hub.api import Cause, Line
from hub.testing import FakeContext
from plugins.fax import channel
from plugins.fax.channel import FaxChannel
from plugins.fax.settings import FaxSettings
from plugins.fax.terminal import spandsp
from plugins.fax.tests.test_contract import ACCOUNT


class Called:
    """A call; `ended` says with what it was."""

    def __init__(self) -> None:
        self.about: dict[str, Any] = {}
        self.ended: list[Cause] = []

    async def end(self, cause: Cause = Cause.HUNG_UP) -> None:
        self.ended.append(cause)


def counted(name: str) -> float:
    return REGISTRY.get_sample_value(name) or 0.0


async def test_one_too_many_hears_busy_and_the_next_after_an_end_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    taken, over = list[Called](), SimpleNamespace(two=asyncio.Event())

    async def receive(office: object, account: object, line: Called) -> None:
        taken.append(line)
        await over.two.wait()

    monkeypatch.setattr(channel, "receive", receive)
    monkeypatch.setattr(spandsp, "available", lambda: True)
    context = FakeContext("fax", FaxSettings(most_incoming=2))
    fax, calls, before = FaxChannel(context), [Called() for _ in range(4)], counted("fax_busy_total")
    under_way = [asyncio.create_task(fax.on_call(ACCOUNT, cast("Line", call))) for call in calls[:2]]
    await asyncio.sleep(0)
    assert (taken, counted("fax_receiving")) == (calls[:2], 2)

    await fax.on_call(ACCOUNT, cast("Line", calls[2]))
    assert (calls[2].ended, counted("fax_busy_total") - before) == ([Cause.BUSY], 1)
    assert [(what, str(error)) for what, error in context.faults] == [
        ("room", "as many faxes come in as `most_incoming` allows; the caller heard busy")
    ]
    over.two.set()
    await asyncio.gather(*under_way)
    await fax.on_call(ACCOUNT, cast("Line", calls[3]))
    assert taken == [*calls[:2], calls[3]] and counted("fax_receiving") == 0
