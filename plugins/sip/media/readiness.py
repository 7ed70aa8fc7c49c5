"""Which sockets have something to read: by epoll itself where there is one, for asking is done 200 times a second."""

from __future__ import annotations

import select
import selectors
from typing import Generic, Protocol, TypeVar

T = TypeVar("T")


class Source(Protocol):
    """A socket, or what has one."""

    def fileno(self) -> int: ...


class Readiness(Generic[T]):
    """`ready` answers with whom each socket was registered for."""

    def __init__(self) -> None:
        self._whose: dict[int, T] = {}
        self._epoll = select.epoll() if hasattr(select, "epoll") else None
        self._selector = None if self._epoll else selectors.DefaultSelector()

    def register(self, source: Source, whose: T) -> None:
        """From now on."""
        self._whose[source.fileno()] = whose
        if self._epoll:
            self._epoll.register(source.fileno(), select.EPOLLIN)
        elif self._selector:
            self._selector.register(source.fileno(), selectors.EVENT_READ)

    def unregister(self, source: Source) -> None:
        """Before it is closed."""
        del self._whose[source.fileno()]
        if self._epoll:
            self._epoll.unregister(source.fileno())
        elif self._selector:
            self._selector.unregister(source.fileno())

    def ready(self) -> list[T]:
        """At once, whoever it is."""
        whose = self._whose
        if self._epoll:
            return [whose[number] for number, _ in self._epoll.poll(0, len(whose) or 1)]
        assert self._selector is not None
        return [whose[key.fd] for key, _ in self._selector.select(0)]
