"""What holds a child process: memory, time for a page, and no more than it needs. Set before a document is looked at,
kept by the system or by a watch, also within native code."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping
from typing import Any, Final

from plugins.fax.pages.patience import Patience, Spent, Watch
from plugins.fax.pages.problems import PageError, Problem

_NICE: Final = 5
"""Beside a busy process that is a quarter of a processor (Linux weighs 335 to 1024): see `Patience`."""
_LEAST: Final = 0.001
"""Seconds; a timer of none would be none."""
_LARGEST_FILE: Final = 200_000_000


class Bounds:
    """`pages` and `pixels` are asked about; the rest is the system's to keep, and the watch's where the document is a
    stranger's: {"since"} is the hub's monotonic clock when it was handed over, None for our own."""

    def __init__(self, told: Mapping[str, Any]) -> None:
        self.pages, self.pixels = int(told["pages"]), int(told["pixels"])
        self._memory, self._page = int(told["memory"]), float(told["page"])
        self._since: float | None = told.get("since")
        self._watch: Watch | None = None
        self._held = False

    def hold(self) -> None:
        """From now on, for good. Of these Windows knows the watch alone."""
        if self._since is not None:
            since = min(self._since, time.monotonic())
            self._watch = Watch(Patience(self._page, Spent(since, time.process_time())))
            self._watch.start()
        if sys.platform == "win32":
            return
        import resource

        self._held = True
        os.nice(_NICE)
        resource.setrlimit(resource.RLIMIT_AS, (self._memory, self._memory))
        resource.setrlimit(resource.RLIMIT_FSIZE, (_LARGEST_FILE, _LARGEST_FILE))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        self.page()

    def page(self) -> None:
        """A new page begins, or a document. When its time is over the process ends. Nothing where nobody holds it."""
        self._end_after(self._watch.begin() if self._watch else self._page)

    def expect(self, dots: int) -> None:
        """The page has pictures of so many: unpacking them takes its time."""
        if self._watch:
            self._end_after(self._watch.expect(dots / self.pixels))

    def drawn(self) -> None:
        """What is done with it now is ours, and as much for every page."""
        if self._watch:
            self._watch.rest()
            self._end_after(self._page)

    def _end_after(self, work: float) -> None:
        """Where the watch cannot run, because native code lets no other thread run, the system's timer does."""
        if sys.platform != "win32" and self._held:
            import signal

            signal.setitimer(signal.ITIMER_PROF, max(work, _LEAST))

    def allow(self, pages: int) -> None:
        """Raises PageError when there are more."""
        if pages > self.pages:
            raise PageError(Problem.TOO_LARGE)
