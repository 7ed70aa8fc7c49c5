"""Holding a channel to its word that reading is pure."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch


class NetworkUsed(AssertionError):
    """A function that must be pure opened a connection or asked a name server."""


@contextmanager
def without_network() -> Iterator[None]:
    """Any attempt to connect or to resolve a name raises NetworkUsed."""

    def refuse(*_: object, **__: object) -> None:
        raise NetworkUsed("address, authenticate and normalise must not use the network")

    with patch.object(socket.socket, "connect", refuse), patch.object(socket, "getaddrinfo", refuse):
        yield
