"""One plugin as an administrator sees it: its state, and what went wrong when something did."""

import logging
import re
import traceback
from dataclasses import dataclass
from enum import StrEnum

from pydantic import BaseModel

from hub.plugin.metrics import FAULTS

logger = logging.getLogger(__name__)
# whatever a plugin raises, the hub lives on; a SystemExit is the plugin's mistake and not the site's end
CONTAINED: tuple[type[BaseException], ...] = (Exception, SystemExit)
# "core" owns the hub's own timers
NAME = re.compile(r"(?!(core|hub)$)[a-z][a-z0-9_]{0,39}")


class PluginState(StrEnum):
    """LOADED: at work. FAILED: see `error`. DISABLED: installed but not in the site's allow-list, never imported."""

    LOADED = "LOADED"
    FAILED = "FAILED"
    DISABLED = "DISABLED"


@dataclass(slots=True)
class Plugin:
    """A plugin of the site. `faults` counts what it raised while at work; the last is in `last_fault`."""

    name: str
    state: PluginState
    version: str = ""
    error: str = ""
    target: object | None = None
    settings: BaseModel | None = None
    faults: int = 0
    last_fault: str = ""

    @property
    def loaded(self) -> bool:
        """Whether its hooks may be called."""
        return self.state is PluginState.LOADED

    def fail(self, error: str) -> None:
        """Take the plugin out of service for the life of this process."""
        self.state = PluginState.FAILED
        self.error = error[:1000]
        logger.error("plugin %s failed: %s", self.name, self.error)

    def fault(self, call: str, error: BaseException) -> None:
        """Count an error that was contained. The log names its place and not its words, which may be a customer's, and
        only at every doubling: a plugin that fails at each event must not fill the disk."""
        self.faults += 1
        self.last_fault = f"{call}: {sentence(error)}"
        FAULTS.labels(self.name, call).inc()
        if self.faults.bit_count() == 1:
            found = type(error).__name__
            logger.warning("plugin %s: %s in %s at %s (%d so far)", self.name, found, call, place(error), self.faults)


def sentence(error: BaseException) -> str:
    """What an administrator reads about an exception."""
    return f"{type(error).__name__}: {error}"[:500] if str(error) else type(error).__name__


def place(error: BaseException) -> str:
    """File and line where an exception was raised."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "an unknown place"
