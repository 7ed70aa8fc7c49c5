"""What UDPTL brought, in order and once: duplicates dropped, losses mended, the displaced waited for a moment."""

from __future__ import annotations

from typing import Final

from plugins.fax.terminal.udptl import WRAP, Datagram, mended

_PATIENCE: Final = 3
"""Ticks a gap is waited for before it counts as lost."""
_KEPT: Final = 256
"""Packets kept for parities to be taken against."""
_JUMP: Final = 2000
"""A sequence further off than this is another stream."""


class Arrivals:
    """Fed with datagrams, asked once a tick."""

    def __init__(self) -> None:
        self._next: int | None = None
        self._waiting: dict[int, bytes] = {}
        self._known: dict[int, bytes] = {}
        self._gap = 0
        self.lost = 0

    def put(self, datagram: Datagram) -> None:
        """One has come."""
        sequence = datagram.sequence
        if self._next is None or abs(self._ahead(sequence)) > _JUMP:
            self._next, self._waiting, self._known = sequence, {}, {}
        for age, packet in enumerate((datagram.primary, *datagram.secondaries)):
            self._keep((sequence - age) % WRAP, packet)
        for mended_sequence, packet in mended(datagram, self._known):
            self._keep(mended_sequence, packet)

    def take(self) -> list[tuple[int, bytes]]:
        """Sequence number and packet of each whose turn it is."""
        ready = self._in_turn()
        self._gap = self._gap + 1 if self._waiting and not ready else 0
        if self._gap > _PATIENCE:
            self._give_up_the_gap()
            ready = self._in_turn()
        return ready

    def _ahead(self, sequence: int) -> int:
        """How far after the next one this is; negative when its turn is over."""
        assert self._next is not None
        return (sequence - self._next + WRAP // 2) % WRAP - WRAP // 2

    def _keep(self, sequence: int, packet: bytes) -> None:
        self._known.setdefault(sequence, packet)
        while len(self._known) > _KEPT:
            del self._known[next(iter(self._known))]
        if self._ahead(sequence) >= 0:
            self._waiting.setdefault(sequence, packet)

    def _in_turn(self) -> list[tuple[int, bytes]]:
        ready = []
        while self._next is not None and self._next in self._waiting:
            ready.append((self._next, self._waiting.pop(self._next)))
            self._next = (self._next + 1) % WRAP
        return ready

    def _give_up_the_gap(self) -> None:
        first = min(self._waiting, key=self._ahead)
        self.lost += self._ahead(first)
        self._next, self._gap = first, 0
