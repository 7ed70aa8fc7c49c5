"""The far side and the site around it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.starting import Preloaded
from tests.toy.tests.exchange import Exchange
from tests.toy.tests.house import House


@pytest.fixture
async def exchange(tmp_path: Path, preloaded: Preloaded) -> AsyncIterator[Exchange]:
    async with Exchange(tmp_path / "ledger.jsonl", begin=preloaded.run) as running:
        yield running


@pytest.fixture
async def house(database_url: str, tmp_path: Path, exchange: Exchange) -> AsyncIterator[House]:
    async with House(database_url, tmp_path, exchange) as running:
        yield running
