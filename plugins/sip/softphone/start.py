"""How a gateway process begins: run as a file, so that it reads nothing of the plugin but what carries audio (as
media/start.py)."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType


def main() -> None:
    """Put an empty package in the plugin's place, then do the work."""
    plugin = ModuleType("plugins.sip")
    plugin.__path__ = [str(Path(__file__).parents[1])]
    sys.modules["plugins.sip"] = plugin

    from plugins.sip.softphone.process import main as work

    work()


if __name__ == "__main__":
    main()
