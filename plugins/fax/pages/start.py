"""How the child process begins: run as a file, so that it reads nothing of the plugin but what handles pages.

The plugin's own `__init__` brings database and web libraries with it: a second of start for a document of one page.
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType


def main() -> None:
    """Put empty packages in the places of the plugin and of its rooms, then do the work."""
    here = Path(__file__).parent
    for name, folder in (("plugins.fax", here.parent), ("plugins.fax.pages", here)):
        package = ModuleType(name)
        package.__path__ = [str(folder)]
        sys.modules[name] = package

    from plugins.fax.pages.work import main as work

    work()


if __name__ == "__main__":
    main()
