"""The office, not yet open."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.routing.site.office import Office
from tests.support.starting import Preloaded
from tests.toy.tests.exchange import Exchange


@pytest.fixture
async def exchange(tmp_path: Path, preloaded: Preloaded) -> AsyncIterator[Exchange]:
    async with Exchange(tmp_path / "ledger.jsonl", begin=preloaded.run) as running:
        yield running


@pytest.fixture
def office(database_url: str, tmp_path: Path, exchange: Exchange) -> Office:
    return Office(database_url, tmp_path, exchange)
