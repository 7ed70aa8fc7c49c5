"""A thread that notices when the event loop is blocked, and names the plugin that does it.

In one process a plugin's tight loop cannot be contained; it can only be shown to whoever runs the site.
"""

import asyncio
import logging
import sys
import threading
import time
import traceback
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import FrameType

from hub.plugin.discovery import Plugins
from hub.plugin.metrics import BLOCKED, BLOCKED_SECONDS

logger = logging.getLogger(__name__)
LIMIT = 1.0
BEAT = 0.25
OURSELVES = "hub"


class Watchdog:
    """The loop beats; the thread listens. `blocked` counts, by plugin, how often the loop stood still."""

    def __init__(self, folders: Mapping[Path, str], limit: float = LIMIT, beat: float = BEAT) -> None:
        self.blocked: dict[str, int] = {}
        self._folders = folders
        self._limit = limit
        self._beat = beat
        self._last = time.monotonic()
        self._ended = threading.Event()

    def start(self) -> None:
        """Watch the running loop, from its own thread."""
        self._loop = asyncio.get_running_loop()
        self._loop_thread = threading.get_ident()
        self._pulse()
        threading.Thread(target=self._watch, name="watchdog", daemon=True).start()

    def stop(self) -> None:
        """No more watching."""
        self._ended.set()

    def _pulse(self) -> None:
        self._last = time.monotonic()
        if not self._ended.is_set():
            self._loop.call_later(self._beat, self._pulse)

    def _watch(self) -> None:
        culprit = ""
        since = 0.0
        while not self._ended.wait(self._beat):
            still = time.monotonic() - self._last
            if still > self._limit and not culprit:
                culprit, since = self._name_culprit(), self._last
            elif still <= self._limit and culprit:
                self._released(culprit, self._last - since)
                culprit = ""

    def _name_culprit(self) -> str:
        frame = sys._current_frames().get(self._loop_thread)
        culprit = blame(frame, self._folders)
        self.blocked[culprit] = self.blocked.get(culprit, 0) + 1
        BLOCKED.labels(culprit).inc()
        stack = "".join(traceback.format_stack(frame)[-8:]) if frame else ""
        logger.error("the event loop is blocked by %s:\n%s", culprit, stack)
        return culprit

    def _released(self, culprit: str, seconds: float) -> None:
        BLOCKED_SECONDS.labels(culprit).inc(seconds)
        logger.error("the event loop was blocked for %.1f s by %s", seconds, culprit)


def blame(frame: FrameType | None, folders: Mapping[Path, str]) -> str:
    """The plugin nearest to the top of the stack; the hub itself when there is none."""
    for path in _files(frame):
        for folder, plugin in folders.items():
            if path == folder or folder in path.parents:
                return plugin
    return OURSELVES


def folders(plugins: Plugins) -> dict[Path, str]:
    """Where each plugin's code lies: its package's folder, or its one module."""
    found = {}
    for plugin in plugins.loaded:
        if file := getattr(plugin.target, "__file__", None) or _module_file(plugin.target):
            path = Path(file)
            found[path.parent if path.name == "__init__.py" else path] = plugin.name
    return found


def _module_file(target: object) -> str | None:
    module = sys.modules.get(type(target).__module__)
    return getattr(module, "__file__", None)


def _files(frame: FrameType | None) -> Iterator[Path]:
    while frame is not None:
        yield Path(frame.f_code.co_filename)
        frame = frame.f_back
