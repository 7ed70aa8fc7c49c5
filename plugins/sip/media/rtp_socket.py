"""One leg's UDP socket, locked to its far side: once that is known, the kernel drops what comes from elsewhere."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from typing import Final

Address = tuple[str, int]

_LARGEST: Final = 2048
_AT_ONCE: Final = 50
"""Strangers' datagrams passed over in one go: a flood must not hold up the other legs."""
_PROOF: Final = 3
"""Packets as agreed from one source that was not announced, before it is taken to be the far side behind a NAT."""
_CANDIDATES: Final = 8
_TRIES: Final = 12
"""Ports asked of the system until one is even and has its neighbour free."""


class RtpSocket:
    """Bound to one of `ports`; `control` is a socket for RTCP at the next one, where that was free; whoever uses it
    closes it. Raises OSError when no port is free.

    `read()` gives the next datagram from the far side, `write(datagram)` sends one; both raise OSError when that cannot
    be done now. They are attributes, not methods: once the far side is known they are the system's own.
    """

    def __init__(self, host: str, ports: Iterable[int]) -> None:
        self._host = host
        self._socket, self.control = pair(host, ports)
        self.port: int = self._socket.getsockname()[1]
        self.refused = 0
        self.far_hosts: set[str] = set()
        self._announced: Address | None = None
        self._agreed: Callable[[bytes], bool] = lambda _: False
        self._candidates: dict[Address, int] = {}
        self._learn()

    def fileno(self) -> int:
        """For the selector; changes with `aim`."""
        return self._socket.fileno()

    def aim(self, remote: Address, agreed: Callable[[bytes], bool], *, learn: bool) -> None:
        """Talk to `remote`; with `learn`, to whoever first speaks as agreed. The same one again changes nothing."""
        if remote == self._announced:
            return
        if self._announced is not None:  # a connected socket cannot be told to listen to all again
            self._socket.close()
            self._socket = _bound(self._host, [self.port])
        self._announced, self._agreed, self.far_hosts = remote, agreed, {remote[0]}
        self._candidates.clear()
        self._learn()
        if not learn:
            self._lock(remote)

    def close(self) -> None:
        """Free the port."""
        self._socket.close()

    def _learn(self) -> None:
        self.read: Callable[[], bytes] = self._read_unknown
        self.write: Callable[[bytes], object] = self._write_unknown

    def _read_unknown(self) -> bytes:
        """The far side's first packet; strangers' are passed over."""
        for _ in range(_AT_ONCE):
            datagram, source = self._socket.recvfrom(_LARGEST)
            if self._announced is not None and self._agreed(datagram) and self._proven(source[:2]):
                self._lock(source[:2])
                return datagram
            self.refused += 1
        raise BlockingIOError("nothing but strangers")

    def _write_unknown(self, datagram: bytes) -> object:
        if self._announced is None:
            raise BlockingIOError("there is nobody to talk to yet")
        return self._socket.sendto(datagram, self._announced)

    def _proven(self, source: Address) -> bool:
        if source == self._announced:
            return True
        if source not in self._candidates and len(self._candidates) >= _CANDIDATES:
            return False
        self._candidates[source] = self._candidates.get(source, 0) + 1
        return self._candidates[source] >= _PROOF

    def _lock(self, source: Address) -> None:
        self._socket.connect(source)
        self.far_hosts.add(source[0])
        with suppress(OSError):  # what others had sent before stands in the queue still
            while self._socket.recv(_LARGEST):
                self.refused += 1
        self.read, self.write = partial(self._socket.recv, _LARGEST), self._socket.send


def pair(host: str, ports: Iterable[int]) -> tuple[socket.socket, socket.socket | None]:
    """Audio at an even port and RTCP at the next (RFC 3550 §11); without RTCP rather than without a call. Takes no more
    of `ports` than it needs: whose port was free last should not be the next one's."""
    tried = []
    for port in ports:
        tried.append(port)
        for _ in range(1 if port else _TRIES):
            if found := _neighbours(host, port):
                return found
    return _bound(host, tried), None


def _neighbours(host: str, port: int) -> tuple[socket.socket, socket.socket] | None:
    """Both, or none."""
    with suppress(OSError):
        audio = _open(host, port)
        number: int = audio.getsockname()[1]
        if not number % 2:
            with suppress(OSError):
                return audio, _open(host, number + 1)
        audio.close()
    return None


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
