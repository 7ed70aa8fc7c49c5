"""Sound that is lent: what comes from a far side goes to another plugin's worker on this machine as it came, and what
that says goes out as it is. Nothing here waits for a tick.

A lent leg keeps its row in the arrays: what it hears is counted, timed and listened to for tones as ever, and only what
it is told is not ours. A T.38 stream (UDPTL) has a socket of its own and no row.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Final, Protocol

from plugins.sip.media.engine import MediaError
from plugins.sip.media.readiness import Readiness
from plugins.sip.media.rtp_socket import Address, RtpSocket

LOOPBACK: Final = "127.0.0.1"
_LARGEST: Final = 2048
_AT_ONCE: Final = 16
"""Datagrams that one worker may send between two looks: more wait for the next."""
_LEAST: Final = 4  # octets of a UDPTL datagram: number, length, something


class Reads(Protocol):
    """What is looked at when something has come; a leg gives it back, everything else has dealt with it."""

    def read(self) -> bytes | None: ...


class Lent:
    """Our end towards the worker that listens at `near`; `outward` is given what it says."""

    def __init__(self, near: Address, outward: Callable[[bytes], None]) -> None:
        self._outward = outward
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            self._socket.setblocking(False)
            self._socket.bind((LOOPBACK, 0))
            self._socket.connect(near)
        except OSError:
            self._socket.close()
            raise
        self.port: int = self._socket.getsockname()[1]

    def fileno(self) -> int:
        """For the selector."""
        return self._socket.fileno()

    def give(self, datagram: bytes) -> None:
        """What came from the far side; a worker that is not there misses it."""
        with suppress(OSError):
            self._socket.send(datagram)

    def read(self) -> None:
        """Pass on what the worker said."""
        for _ in range(_AT_ONCE):
            try:
                datagram = self._socket.recv(_LARGEST)
            except OSError:  # nothing there; or the worker is not there yet
                return
            self._outward(datagram)

    def close(self) -> None:
        """Free the port."""
        self._socket.close()


class Image:
    """A T.38 stream's end towards the far side, and towards the worker once that is known."""

    def __init__(self, opened: RtpSocket) -> None:
        self.socket = opened
        self.lent: Lent | None = None
        if opened.control is not None:
            opened.control.close()  # UDPTL has no reports

    def read(self) -> None:
        """Pass on what the far side said."""
        for _ in range(_AT_ONCE):
            try:
                datagram = self.socket.read()
            except OSError:  # nothing there; or what we sent was refused
                return
            if self.lent is not None:
                self.lent.give(datagram)

    def say(self, datagram: bytes) -> None:
        """To the far side."""
        with suppress(OSError):
            self.socket.write(datagram)


class Images:
    """All T.38 streams of one worker, by name. `socket` opens one towards a far side."""

    def __init__(self, sockets: Readiness[Reads], opened: Callable[[], RtpSocket]) -> None:
        self._sockets = sockets
        self._opened = opened
        self._images: dict[str, Image] = {}

    def __len__(self) -> int:
        return len(self._images)

    def __contains__(self, name: str) -> bool:
        return name in self._images

    def open(self, name: str) -> int:
        """A port for it."""
        if name in self._images:
            raise MediaError(f"{name} is open already")
        image = self._images[name] = Image(self._opened())
        self._sockets.register(image.socket, image)
        return image.socket.port

    def lend(self, name: str, remote: Address, near: Address) -> int:
        """The far side is at `remote`, the worker at `near`; answers the port the worker sends to. Again: as agreed
        anew, or to another worker."""
        image = self._images.get(name)
        if image is None:
            raise MediaError(f"there is no stream {name}")
        lent = Lent(near, image.say)
        self._return(image)
        self._sockets.unregister(image.socket)
        try:
            image.socket.aim(remote, _may_be_udptl, learn=True)
        finally:
            self._sockets.register(image.socket, image)
        image.lent = lent
        self._sockets.register(lent, lent)
        return lent.port

    def close(self, name: str) -> dict[str, int]:
        """Free its ports. What is told of it: of packets that nobody looked into there are no statistics."""
        image = self._images.pop(name)
        self._return(image)
        self._sockets.unregister(image.socket)
        image.socket.close()
        return {}

    def clear(self) -> None:
        """All of them."""
        for name in list(self._images):
            self.close(name)

    def _return(self, image: Image) -> None:
        if image.lent is not None:
            self._sockets.unregister(image.lent)
            image.lent.close()
            image.lent = None


def _may_be_udptl(datagram: bytes) -> bool:
    return len(datagram) >= _LEAST
