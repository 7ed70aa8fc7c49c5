"""The composition root and the `hub` command."""

import gc
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """As `hub.main.command.main`. Nothing that is imported goes away again: to look for it takes a tenth of a start."""
    gc.disable()
    from hub.main import command

    gc.enable()
    return command.main(arguments)


__all__ = ["main"]
