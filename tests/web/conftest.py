"""A hub's HTTP layer on a fresh database, and people who use it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

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
async def node(services: Services) -> AsyncIterator[Node]:
    """What the HTTP layer keeps in memory, its background work running."""
    node = Node(services)
    async with running(node):
        yield node


@pytest.fixture
async def people(node: Node) -> People:
    """Roles, two departments, and one user of each kind; each can be asked for a client."""
    ids = await node.services.store.write(insert_people)
    return People(create_app(node.services, node), ids)
