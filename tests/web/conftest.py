"""A hub's HTTP layer on a fresh database, and people who use it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from httpx import ASGITransport

from hub.pipeline.directory import Directory
from hub.plugin.discovery import Plugins
from hub.plugin.hooks import Hooks
from hub.plugin.registry import Registry
from hub.plugin.topics import Topics
from hub.store.database import Store
from hub.web.app import create_app, running
from hub.web.node import Node
from hub.web.services import Services
from tests.web.people import People, insert_people


@pytest.fixture
def services(store: Store) -> Services:
    """A site without plugins."""
    plugins = Plugins()
    registry = Registry(plugins, Hooks(plugins))
    return Services(store, registry, Directory(store, registry.channels), Topics("test"))


@pytest.fixture
async def people(services: Services) -> AsyncIterator[People]:
    """Roles, two departments, and one user of each kind; each can be asked for a client."""
    node = Node(services)
    ids = await services.store.write(insert_people)
    async with running(node):
        yield People(ASGITransport(create_app(services, node)), ids)
