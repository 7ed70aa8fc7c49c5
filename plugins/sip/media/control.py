"""The way of RTCP: the port next to the audio's (RFC 3550 §11), or the audio's own (RFC 5761)."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Collection
from typing import Final

from plugins.sip.media.engine import Crypto
from plugins.sip.media.reporter import Receiving, Reporter, Sending
from plugins.sip.media.rtcp import NotRtcp
from plugins.sip.media.srtcp import Srtcp
from plugins.sip.media.srtp import NotAuthentic

_LARGEST: Final = 2048
Address = tuple[str, int]


class Control:
    """`opened` is the port next to the audio's, None where it could not be had. Reports are not worth an error."""

    def __init__(self, opened: socket.socket | None) -> None:
        self.refused = 0
        self.reporter = Reporter()
        self._socket = opened
        self._hosts: Collection[str] = ()
        self._remote: Address | None = None
        self._write: Callable[[bytes], object] | None = None
        self._crypto: Crypto | None = None
        self._srtcp: Srtcp | None = None

    def fileno(self) -> int:
        """For the selector; below 0 where there is nothing to look at."""
        return self._socket.fileno() if self._socket else -1

    def aim(self, remote: Address, hosts: Collection[str], write: Callable[[bytes], object] | None) -> None:
        """Report to `remote`, or by `write`, where the audio goes; heed what comes from `hosts`."""
        self._remote, self._hosts, self._write = remote, hosts, write

    def encrypt(self, crypto: Crypto | None) -> None:
        """As agreed; the same keys again change nothing."""
        if crypto != self._crypto:
            self._crypto, self._srtcp = crypto, Srtcp(crypto) if crypto else None

    def read(self) -> None:
        """Look at the next datagram at the port of its own."""
        if self._socket is None:
            return
        try:
            datagram, source = self._socket.recvfrom(_LARGEST)
        except OSError:  # nothing there; or what we sent was refused
            return
        if source[0] in self._hosts:
            if self._remote and source[0] != self._remote[0]:
                self._remote = source[:2]  # a phone behind a NAT is where it speaks from
            self.take(datagram)
        else:
            self.refused += 1

    def take(self, datagram: bytes) -> None:
        """One from the far side."""
        try:
            self.reporter.heard(self._srtcp.unprotect(datagram) if self._srtcp else datagram, time.monotonic())
        except (NotRtcp, NotAuthentic):
            self.refused += 1

    def report(self, now: float, sending: Sending, receiving: Receiving | None, *, bye: bool = False) -> None:
        """Tell the far side how it goes."""
        datagram = self.reporter.report(now, sending, receiving, bye=bye)
        if self._srtcp:
            datagram = self._srtcp.protect(datagram)
        try:
            if self._write is not None:
                self._write(datagram)
            elif self._socket is not None and self._remote is not None:
                self._socket.sendto(datagram, self._remote)
        except OSError:
            return  # nobody there: the next report is soon enough

    def close(self) -> None:
        """Free the port."""
        if self._socket:
            self._socket.close()
