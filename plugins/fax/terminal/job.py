"""What a fax machine is asked to do, and what it tells: values that go between the hub and its fax processes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final


class Modem(StrEnum):
    """What pages may go by on an audio line; the fastest both know is tried first."""

    V27TER = "V27TER"
    V29 = "V29"
    V17 = "V17"


class Codec(StrEnum):
    """G.711 either way."""

    PCMU = "PCMU"
    PCMA = "PCMA"


class Phase(StrEnum):
    """Where in the call of T.30 §5 a fax is."""

    CALLING = "CALLING"
    """A: tones."""
    AGREEING = "AGREEING"
    """B: what the other machine is and can."""
    PAGE = "PAGE"
    """C: a page is on the line."""
    AFTER_PAGE = "AFTER_PAGE"
    """D: whether it came well."""


BIT_RATES: Final = {Modem.V27TER: 4800, Modem.V29: 9600, Modem.V17: 14_400}
"""The fastest each goes."""
ALL_MODEMS: Final = frozenset(Modem)
MOST_NAME: Final = 20
"""Digits of a station's name (T.30 §5.3.6.2.4), and of a sub-address."""


@dataclass(frozen=True, slots=True)
class Job:
    """One fax call. `calling` says which T.30 station we are, whoever made the telephone call: on demand, the hub
    sends as calling though it was called. `send` is a TIFF of pages, `receive` where one is written.

    `ident` and `sub_address` are digits, `+` and spaces. The watchdog ends what has sent or got no page for
    `page_seconds`, and what has heard nothing sensible for `quiet_seconds`.
    """

    calling: bool
    send: Path | None = None
    receive: Path | None = None
    ident: str = ""
    ecm: bool = True
    modems: frozenset[Modem] = ALL_MODEMS
    sub_address: str = ""
    pages_expected: int = 0
    page_seconds: float = 600.0
    quiet_seconds: float = 240.0


@dataclass(frozen=True, slots=True)
class T38Options:
    """What both sides agreed (T.38 annex D): `redundancy` is how many older packets go along with each."""

    version: int = 0
    redundancy: int = 3
    max_datagram: int = 400
    local_tcf: bool = False
    """Rate management: False is transferredTCF, the one for UDP."""
    max_bit_rate: int = 14_400
    """Bits a second; slower than the slowest modem is not believed."""
    paced: bool = True
    """As fast as a modem would; otherwise as fast as it goes, which suits no gateway."""


@dataclass(frozen=True, slots=True)
class Progress:
    """`page` counts from 1 and is the one under way or to come; `bit_rate` in bit/s is at first what is tried."""

    phase: Phase
    page: int
    bit_rate: int = 0
    ecm: bool = False
    remote_ident: str = ""
    sub_address: str = ""


@dataclass(frozen=True, slots=True)
class PageDone:
    """A page is through: received and on the disk, or sent and confirmed."""

    page: int
    rows: int
    bad_rows: int
    bit_rate: int
    retries: int
    """ECM frames sent again, in the whole call so far."""


@dataclass(frozen=True, slots=True)
class Done:
    """The end of every fax. `code` is T.30's as spandsp counts, or one of ours (see `ending`). `resolution` is dots an
    inch, across and down. `pages` are whole ones, confirmed or on the disk."""

    code: int
    text: str
    pages: int
    pages_expected: int
    ecm: bool = False
    bit_rate: int = 0
    compression: str = ""
    resolution: tuple[int, int] = (0, 0)
    remote_ident: str = ""
    sub_address: str = ""
    bad_rows: int = 0
    retries: int = 0
    t38: bool = False

    @property
    def ok(self) -> bool:
        """T.30's "all is well" is no proof: the pages must be there too."""
        return self.code == 0 and self.pages > 0 and (not self.pages_expected or self.pages == self.pages_expected)


Event = Progress | PageDone | Done
