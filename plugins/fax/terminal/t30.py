"""One T.30 station (ITU-T T.30), whichever way its signals go: what it is told before a call, what it tells of it."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from plugins.fax.terminal import spandsp
from plugins.fax.terminal.ending import DISK, INCOMPLETE, STUCK, ending
from plugins.fax.terminal.frames import Frames
from plugins.fax.terminal.job import MOST_NAME, Done, Event, Job, Modem, PageDone, Progress

_MODEMS: Final = {Modem.V27TER: 1, Modem.V29: 2, Modem.V17: 4}
_COMPRESSIONS: Final = 2 | 4 | 8  # T.4 in one and two dimensions, T.6
_RESOLUTIONS: Final = 0x20007  # 204 dpi across; 98, 196 and 391 down
_SIZES: Final = 0x1B0001  # A4 width, any length
_SUB_ADDRESSING: Final = 0x10
_T6: Final = 3
_ENCODINGS: Final = {1: "MH", 2: "MR", 3: "MMR"}
_METRES_AN_INCH: Final = 0.0254
_LONGEST_PATH: Final = 255
TICK: Final = 0.02
"""Seconds in 160 samples."""


class Unsuitable(ValueError):
    """The job cannot be done as it stands."""


class T30:
    """`state` is the library's, `tell` gets what happens."""

    def __init__(self, job: Job, state: Any, tell: Callable[[Event], None], *, t38: bool) -> None:
        self._spandsp, self.state, self._job, self._tell = spandsp.library(), state, job, tell
        self._t38 = t38
        self._frames = Frames()
        self._said: Progress | None = None
        self._pages = 0
        self._code: int | None = None
        self._fault: int | None = None
        self._quiet = self._no_page = 0.0
        self._callbacks = (
            spandsp.PhaseHandler(self._phase_b),
            spandsp.PhaseHandler(self._phase_d),
            spandsp.EndHandler(self._phase_e),
            spandsp.FrameHandler(self._frame),
        )
        self._introduce()
        self._listen()

    @property
    def pages(self) -> int:
        """Whole ones so far."""
        return self._pages

    @property
    def active(self) -> bool:
        """Whether there is anything left to say or hear."""
        return self._code is None or bool(self._spandsp.t30_call_active(self.state))

    def passed(self) -> None:
        """20 ms have; the watchdog looks."""
        self._quiet += TICK
        self._no_page += TICK
        stuck = self._quiet > self._job.quiet_seconds or self._no_page > self._job.page_seconds
        if self._fault or stuck:
            self.end(self._fault or STUCK)

    def end(self, fault: int | None = None) -> None:
        """Now; `fault` is why, when it is not that the call dropped."""
        if self._code is None:
            self._fault = fault
            self._spandsp.t30_terminate(self.state)

    def _introduce(self) -> None:
        """Before the first sample."""
        job, state, library = self._job, self.state, self._spandsp
        library.t30_set_supported_modems(state, sum(_MODEMS[modem] for modem in job.modems))
        library.t30_set_supported_compressions(state, _COMPRESSIONS)
        library.t30_set_supported_resolutions(state, _RESOLUTIONS)
        library.t30_set_supported_image_sizes(state, _SIZES)
        library.t30_set_supported_t30_features(state, _SUB_ADDRESSING)
        library.t30_set_ecm_capability(state, job.ecm)
        library.t30_set_rx_encoding(state, _T6)
        library.t30_set_tx_ident(state, _name(job.ident))
        if job.sub_address:
            library.t30_set_tx_sub_address(state, _name(job.sub_address))
        if job.send:
            library.t30_set_tx_file(state, _path(job.send), -1, -1)
        if job.receive:
            library.t30_set_rx_file(state, _path(job.receive), -1)

    def _listen(self) -> None:
        phase_b, phase_d, phase_e, frame = self._callbacks
        self._spandsp.t30_set_phase_b_handler(self.state, phase_b, None)
        self._spandsp.t30_set_phase_d_handler(self.state, phase_d, None)
        self._spandsp.t30_set_phase_e_handler(self.state, phase_e, None)
        self._spandsp.t30_set_real_time_frame_handler(self.state, frame, None)

    def _phase_b(self, _state: object, _data: object, _result: int) -> int:
        self._progress()
        return 0

    def _phase_d(self, _state: object, _data: object, _result: int) -> int:
        """The far side hears of a page only after this: what was received is on the disk by then."""
        statistics = self._statistics()
        if self._whole(statistics) > self._pages and self._kept():
            self._pages, self._no_page = self._whole(statistics), 0.0
            retries = statistics.error_correcting_mode_retries
            self._tell(PageDone(self._pages, statistics.length, statistics.bad_rows, statistics.bit_rate, retries))
            self._progress()
        return 0

    def _phase_e(self, _state: object, _data: object, code: int) -> None:
        statistics = self._statistics()
        self._pages = self._whole(statistics)
        self._code = self._fault or self._judged(code, statistics)
        self._tell(self._done(self._code, statistics))

    def _frame(self, _state: object, _data: object, incoming: int, octets: Any, length: int) -> None:
        if incoming:
            self._quiet = 0.0
        if self._frames.saw(octets[:3] if length == 3 else octets[: min(length, 4)]):
            self._progress()

    def _progress(self) -> None:
        statistics = self._statistics()
        now = Progress(
            self._frames.phase,
            self._pages + 1,
            statistics.bit_rate,
            bool(statistics.error_correcting_mode),
            self._text("ident"),
            self._text("sub_address"),
        )
        if now != self._said:
            self._said = now
            self._tell(now)

    def _kept(self) -> bool:
        """What has been received so far survives the machine."""
        if self._job.receive is None:
            return True
        try:
            _sync(self._job.receive)
        except OSError:
            self._fault = DISK
            return False
        return True

    def _judged(self, code: int, statistics: spandsp.Statistics) -> int:
        """T.30's "all is well" is no proof of pages."""
        expected = self._expected(statistics)
        return INCOMPLETE if code == 0 and (self._pages < expected or not self._pages) else code

    def _expected(self, statistics: spandsp.Statistics) -> int:
        return self._job.pages_expected or (max(0, statistics.pages_in_file) if self._job.send else 0)

    def _done(self, code: int, statistics: spandsp.Statistics) -> Done:
        return Done(
            code,
            ending(code).text["en"],
            self._pages,
            self._expected(statistics),
            bool(statistics.error_correcting_mode),
            statistics.bit_rate,
            _ENCODINGS.get(statistics.encoding, ""),
            (_dots(statistics.x_resolution), _dots(statistics.y_resolution)),
            self._text("ident"),
            self._text("sub_address"),
            statistics.bad_rows,
            statistics.error_correcting_mode_retries,
            self._t38,
        )

    def _statistics(self) -> spandsp.Statistics:
        statistics = spandsp.Statistics()
        self._spandsp.t30_get_transfer_statistics(self.state, ctypes.byref(statistics))
        return statistics

    def _whole(self, statistics: spandsp.Statistics) -> int:
        return int(statistics.pages_tx if self._job.send else statistics.pages_rx)

    def _text(self, what: str) -> str:
        """The far station's `ident` or `sub_address`: foreign octets."""
        octets: bytes | None = getattr(self._spandsp, f"t30_get_rx_{what}")(self.state)
        text = (octets or b"").decode("latin-1").strip()
        return "".join(character for character in text if character.isprintable())[:MOST_NAME]


def _name(text: str) -> bytes:
    """As T.30 lets a station be called."""
    return "".join(character for character in text if character in "0123456789+ *#")[:MOST_NAME].encode()


def _path(path: Path) -> bytes:
    """Raises Unsuitable: the library would cut it."""
    octets = os.fsencode(path)
    if len(octets) > _LONGEST_PATH:
        raise Unsuitable("the path of the pages is too long")
    return octets


def _dots(a_metre: int) -> int:
    return round(a_metre * _METRES_AN_INCH)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
