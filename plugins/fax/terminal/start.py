"""How a fax process begins: run as a file, so that it reads nothing of the plugin but what makes a fax."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType


def main() -> None:
    """Put an empty package in the plugin's place: its own would bring half the hub along. Then do the work."""
    plugin = ModuleType("plugins.fax")
    plugin.__path__ = [str(Path(__file__).parents[1])]
    sys.modules["plugins.fax"] = plugin

    from plugins.fax.terminal.worker import main as work

    work()


if __name__ == "__main__":
    main()
