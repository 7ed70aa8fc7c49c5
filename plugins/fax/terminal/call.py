"""One fax call in the process that does it: a socket beside the media's, and the way the call goes just now."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Final

from plugins.fax.terminal.ending import ending
from plugins.fax.terminal.job import Codec, Done, Event, Job, T38Options
from plugins.fax.terminal.ways import AudioWay, PacketWay, Way

_LARGEST: Final = 2048
_AT_ONCE: Final = 200
"""Datagrams read in one tick."""
_DROPPED: Final = 49
Far = tuple[str, int]


class Refused(Exception):
    """The call cannot do that now; the message is a sentence."""


class Call:
    """Ticked by any thread, asked by another: one at a time gets in."""

    def __init__(self, job: Job, tell: Callable[[Event], None]) -> None:
        self._job, self._tell = job, tell
        self._lock = threading.Lock()
        self._way: Way | None = None
        self._far: Far = ("127.0.0.1", 0)
        self._closed = False
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.bind(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]

    def audio(self, far: Far, codec: Codec) -> None:
        """Go on by audio; the same again only changes where the far side is."""
        with self._lock:
            self._far = far
            if not isinstance(self._way, AudioWay):
                self._change(lambda: AudioWay(self._job, codec, self._tell))

    def t38(self, far: Far, options: T38Options) -> None:
        """Go on by packets, with a machine that begins anew: T.38 has no other way to change."""
        with self._lock:
            self._far = far
            if not isinstance(self._way, PacketWay):
                self._change(lambda: PacketWay(self._job, options, self._tell))

    def stop(self) -> None:
        """The call is over; Done is told if it was not."""
        with self._lock:
            if self._way is None and not self._closed:
                self._tell(Done(_DROPPED, ending(_DROPPED).text["en"], 0, self._job.pages_expected))
            elif self._way:
                self._way.t30.end()
            self._close()

    def tick(self) -> bool:
        """Whether there is another one to come."""
        with self._lock:
            if self._closed or self._way is None:
                return not self._closed
            for datagram in self._arrived():
                self._way.take(datagram)
            for datagram in self._way.tick():
                with suppress(OSError):  # the far side is not there, or a buffer is full
                    self._socket.sendto(datagram, self._far)
            if not self._way.t30.active:
                self._close()
            return not self._closed

    def _arrived(self) -> Iterator[bytes]:
        """From the far side's address alone: other programs of this machine could send here too."""
        with suppress(BlockingIOError, ConnectionError):
            for _ in range(_AT_ONCE):
                datagram, sender = self._socket.recvfrom(_LARGEST)
                if sender == self._far:
                    yield datagram

    def _change(self, make: Callable[[], Way]) -> None:
        if self._closed:
            raise Refused("the fax is over")
        if self._way is not None and self._way.t30.pages:
            raise Refused("pages have gone by the way the call goes now")
        if self._way is not None:
            self._way.free()
            self._way = None
        self._way = make()

    def _close(self) -> None:
        self._closed = True
        self._socket.close()
        if self._way is not None:
            self._way.free()
            self._way = None
