"""What tests of the hub's own rooms ask for by name."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hub.store.database import Store


@pytest.fixture
async def store(database_url: str, tmp_path: Path) -> AsyncIterator[Store]:
    """The site's memory on a fresh database: the test runs once on SQLite and once on PostgreSQL."""
    store = await Store.open(database_url, key_file=tmp_path / "site.key")
    yield store
    await store.close()
