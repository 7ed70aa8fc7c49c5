"""How a media process begins: run as a file, so that it reads nothing of the plugin but its audio.

The plugin's own `__init__` brings database and web libraries with it: a second of start, and thirty megabytes, that a
process which replaces a dead one should not take.
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType


def main() -> None:
    """Put an empty package in the plugin's place, then do the work."""
    plugin = ModuleType("plugins.sip")
    plugin.__path__ = [str(Path(__file__).parents[1])]
    sys.modules["plugins.sip"] = plugin

    from plugins.sip.media.worker import main as work

    work()


if __name__ == "__main__":
    main()
