"""A site with a telephone, on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.voice.house import VoiceHouse


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[VoiceHouse]:
    async with VoiceHouse(database_url, tmp_path) as running:
        yield running
