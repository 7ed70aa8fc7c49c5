"""A hub's HTTP layer on a fresh database, and people who use it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from httpx import ASGITransport

from hub.store.database import Store
from hub.web.app import create_app, running
from hub.web.node import Node
from hub.web.services import Services
from tests.web.people import People, insert_people


@pytest.fixture
async def people(store: Store) -> AsyncIterator[People]:
    """Roles, two departments, and one user of each kind; each can be asked for a client."""
    services = Services(store)
    node = Node(services)
    ids = await store.write(insert_people)
    async with running(node):
        yield People(ASGITransport(create_app(services, node)), ids)
