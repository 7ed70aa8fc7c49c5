"""One request under way: who asks, and what the site offers to answer it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import Connection
from starlette.requests import HTTPConnection, Request

from hub.model.actor import Actor
from hub.store import audit
from hub.store.unit import Tx
from hub.web.node import Node
from hub.web.sessions import Login

T = TypeVar("T")
NOBODY = Login("", Actor(0, "", frozenset(), frozenset()), "")


@dataclass(frozen=True, slots=True)
class Call:
    """Handed to every route. `login` is NOBODY on public routes."""

    node: Node
    request: Request
    login: Login = NOBODY

    @property
    def actor(self) -> Actor:
        """Whoever is logged in."""
        return self.login.actor

    @property
    def client(self) -> str:
        """The peer's address, as far as the site's proxies can be trusted."""
        return client_of(self.request)

    async def read(self, work: Callable[[Connection], T]) -> T:
        """What is committed, as `work` reads it."""
        return await self.node.services.store.read(work)

    async def write(self, work: Callable[[Tx], T]) -> T:
        """One transaction; returns after its commit."""
        return await self.node.services.store.write(work)

    def record(self, tx: Tx, action: str, target: str = "", target_id: int | None = None, **details: object) -> None:
        """A line of the audit log in this transaction."""
        audit.record(tx, self.actor.user_id, action, target, target_id, client=self.client, **details)


def client_of(connection: HTTPConnection) -> str:
    """The address a request came from, for the audit log and for limits."""
    return connection.client.host if connection.client else "unknown"
