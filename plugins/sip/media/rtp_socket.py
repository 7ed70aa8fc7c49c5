"""One leg's UDP socket, locked to its far side: once that is known, the kernel drops what comes from elsewhere."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Final

Address = tuple[str, int]

_LARGEST: Final = 2048
_AT_ONCE: Final = 50
"""Strangers' datagrams passed over in one go: a flood must not hold up the other legs."""
_PROOF: Final = 3
"""Packets as agreed from one source that was not announced, before it is taken to be the far side behind a NAT."""
_CANDIDATES: Final = 8


class RtpSocket:
    """Bound to one of `ports`. Raises OSError when none is free."""

    def __init__(self, host: str, ports: Iterable[int]) -> None:
        self._host = host
        self._socket = _bound(host, ports)
        self.port: int = self._socket.getsockname()[1]
        self.refused = 0
        self._announced: Address | None = None
        self._candidates: dict[Address, int] = {}
        self._locked = False

    def fileno(self) -> int:
        """For the selector; changes with `aim`."""
        return self._socket.fileno()

    def aim(self, remote: Address, *, learn: bool) -> None:
        """Talk to `remote`; with `learn`, to whoever first speaks as agreed. The same one again changes nothing."""
        if remote == self._announced:
            return
        if self._announced is not None:  # a connected socket cannot be told to listen to all again
            self._socket.close()
            self._socket = _bound(self._host, [self.port])
        self._announced, self._locked = remote, False
        self._candidates.clear()
        if not learn:
            self._lock(remote)

    def send(self, datagram: bytes) -> bool:
        """Whether the system took it: a far side that is not there, or a full buffer, loses it."""
        with suppress(OSError):
            if self._locked:
                return self._socket.send(datagram) > 0
            if self._announced is not None:
                return self._socket.sendto(datagram, self._announced) > 0
        return False

    def receive(self, agreed: Callable[[bytes], bool]) -> bytes | None:
        """The next one from the far side. `agreed` says whether a datagram is what offer and answer led to expect."""
        if not self._locked:
            return self._learn(agreed)
        with suppress(OSError):  # nothing there; or what we sent was refused
            return self._socket.recv(_LARGEST)
        return None

    def close(self) -> None:
        """Free the port."""
        self._socket.close()

    def _learn(self, agreed: Callable[[bytes], bool]) -> bytes | None:
        with suppress(BlockingIOError):
            for _ in range(_AT_ONCE):
                datagram, source = self._socket.recvfrom(_LARGEST)
                if self._announced is not None and agreed(datagram) and self._proven(source[:2]):
                    self._lock(source[:2])
                    return datagram
                self.refused += 1
        return None

    def _proven(self, source: Address) -> bool:
        if source == self._announced:
            return True
        if source not in self._candidates and len(self._candidates) >= _CANDIDATES:
            return False
        self._candidates[source] = self._candidates.get(source, 0) + 1
        return self._candidates[source] >= _PROOF

    def _lock(self, source: Address) -> None:
        self._socket.connect(source)
        self._locked = True
        with suppress(OSError):  # what others had sent before stands in the queue still
            while self._socket.recv(_LARGEST):
                self.refused += 1


def _bound(host: str, ports: Iterable[int]) -> socket.socket:
    error = OSError("no port for audio is free")
    for port in ports:
        try:
            return _open(host, port)
        except OSError as reason:
            error = reason
    raise error


def _open(host: str, port: int) -> socket.socket:
    opened = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM)
    try:
        opened.setblocking(False)
        opened.bind((host, port))
    except OSError:
        opened.close()
        raise
    return opened
