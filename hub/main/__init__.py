"""The composition root and the `hub` command."""

import gc
import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """As `hub.main.command.main`. Nothing that is imported goes away again: to look for it takes a tenth of a start.
    A plugin's command needs little of it, and some are started often."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    gc.disable()
    from hub.main import demo

    if words and words[0] in demo.plugin_words():
        gc.enable()
        return demo.told(lambda: demo.run_plugin_command(words))
    from hub.main import command

    gc.enable()
    return command.main(words)


__all__ = ["main"]
