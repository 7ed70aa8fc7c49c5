"""A line between two fax machines, as fast as they go: seeded, so that what is lost once is lost always."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from plugins.fax.terminal import spandsp
from plugins.fax.terminal.job import Codec, Done, Event, Job, PageDone, T38Options
from plugins.fax.terminal.ways import AudioWay, PacketWay, Way

Carry = Callable[[bytes], Iterable[bytes]]
"""What becomes of a datagram on its way."""
HOUR = 3600 * 50
UNPACED = T38Options(paced=False)


@dataclass
class Machine:
    """One end, and what it told."""

    way: Way
    told: list[Event] = field(default_factory=list)

    @property
    def done(self) -> Done:
        """How it ended; the last and only one."""
        [done] = [event for event in self.told if isinstance(event, Done)]
        assert self.told[-1] is done
        return done

    @property
    def pages(self) -> list[PageDone]:
        """Those that it told."""
        return [event for event in self.told if isinstance(event, PageDone)]


def by_audio(job: Job, codec: Codec = Codec.PCMU, hear: Callable[[Event], None] | None = None) -> Machine:
    """On G.711; `hear` is told at once, from within the library."""
    told: list[Event] = []
    return Machine(AudioWay(job, codec, _both(told, hear)), told)


def by_packets(job: Job, options: T38Options = UNPACED, hear: Callable[[Event], None] | None = None) -> Machine:
    """On T.38."""
    told: list[Event] = []
    return Machine(PacketWay(job, options, _both(told, hear)), told)


def _both(told: list[Event], hear: Callable[[Event], None] | None) -> Callable[[Event], None]:
    def tell(event: Event) -> None:
        told.append(event)
        if hear:
            hear(event)

    return tell


def only_standard(machine: Machine) -> None:
    """It prints 98 rows to the inch and no finer, as the cheapest do."""
    spandsp.library().t30_set_supported_resolutions(machine.way.t30.state, 1)


def whole(datagram: bytes) -> Iterable[bytes]:
    """A line that loses nothing."""
    return [datagram]


class Lossy:
    """Loses a share of what it carries, doubles as much, and lets as much be overtaken by the next."""

    def __init__(self, share: float, seed: int, *, displaces: bool = False) -> None:
        self._share, self._dice, self._displaces = share, random.Random(seed), displaces
        self._held: list[bytes] = []
        self.lost = 0

    def __call__(self, datagram: bytes) -> Iterable[bytes]:
        if self._dice.random() < self._share:
            self.lost += 1
            return []
        if self._displaces and self._dice.random() < self._share:
            self._held.append(datagram)
            return []
        held, self._held = self._held, []
        twice = self._displaces and self._dice.random() < self._share
        return [datagram, *held, *([datagram] if twice else [])]


def talk(one: Machine, other: Machine, there: Carry = whole, back: Carry = whole, ticks: int = HOUR) -> int:
    """Until both are done, or for so many ticks; how many it took."""
    for tick in range(ticks):
        for machine, far, carry in ((one, other, there), (other, one, back)):
            for datagram in machine.way.tick():
                for arrived in carry(datagram):
                    far.way.take(arrived)
        if not (one.way.t30.active or other.way.t30.active):
            return tick
    return ticks


def hang_up(*machines: Machine) -> None:
    """The call is over, whatever they think."""
    for machine in machines:
        machine.way.t30.end()
        machine.way.free()


def sends(path: Path, **more: object) -> Job:
    """The job of who calls with a document."""
    return Job(calling=True, send=path, ident="+86 10 5555", **more)  # type: ignore[arg-type]  # the test's own


def receives(path: Path, **more: object) -> Job:
    """The job of who answers."""
    return Job(calling=False, receive=path, ident="+1 202 5550", **more)  # type: ignore[arg-type]  # the test's own
