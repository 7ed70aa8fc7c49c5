"""What holds a child process: memory, processor time a page, and no more than it needs. Set before a document is looked
at, kept by the system, also within native code."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import Any, Final

from plugins.fax.pages.problems import PageError, Problem

_NICE: Final = 10
_LARGEST_FILE: Final = 200_000_000


class Bounds:
    """`pages` and `pixels` are asked about; the rest is the system's to keep."""

    def __init__(self, told: Mapping[str, Any]) -> None:
        self.pages, self.pixels = int(told["pages"]), int(told["pixels"])
        self._memory, self._page = int(told["memory"]), float(told["page"])
        self._held = False

    def hold(self) -> None:
        """From now on, for good. Windows knows none of these: there the hub's own clock ends what takes too long."""
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
        """A new page begins: the time of the last one is forgiven. When it is over the system ends the process.
        Nothing where nobody holds it."""
        if sys.platform != "win32" and self._held:
            import signal

            signal.setitimer(signal.ITIMER_PROF, self._page)

    def allow(self, pages: int) -> None:
        """Raises PageError when there are more."""
        if pages > self.pages:
            raise PageError(Problem.TOO_LARGE)
