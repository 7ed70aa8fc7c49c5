"""The `hub` command: its own sub-commands, and those the site's plugins bring."""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from hub import __version__
from hub.main import demo
from hub.plugin.site_file import NAME

DEFAULT_SITE = os.environ.get("HUB_SITE", NAME)
# (name, what it does, its module, the function there that tells its options)
COMMANDS = (
    ("init", "write a site file by asking", "examine", "configure_init"),
    ("doctor", "check a site and say what to type", "examine", "configure_doctor"),
    ("serve", "serve a site", "serve", "configure"),
    ("migrate", "bring the database to the newest schema", "administer", "configure_migrate"),
    ("plugins", "list plugins, or remove one's data", "administer", "configure_plugins"),
    ("replay", "tell a recorded stretch of routing again to a fresh engine", "replay", "configure"),
    ("password", "set a user's password", "administer", "configure_password"),
    ("simulate", "play a day's arrivals through the routing", "simulate", "configure"),
)
TAKES_ANY_SITE = ("simulate",)  # as its first word


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one sub-command; returns its exit code. What goes wrong is one clear sentence, never a traceback."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    return demo.told(lambda: _run(words))


def _run(words: Sequence[str]) -> int:
    if words and words[0] in demo.plugin_words():
        return demo.run_plugin_command(words)
    options = _parser(words[:1]).parse_args(words)
    code: int = options.run(options)
    return code


def _parser(wanted: Sequence[str]) -> argparse.ArgumentParser:
    """Knows the options of the command that is wanted: to import the others is a part of each start."""
    parser = argparse.ArgumentParser(prog="hub", description="The contact hub: every channel in one queue.")
    parser.add_argument("--version", action="version", version=f"hub {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="command")
    for name, help_text, module, configure in COMMANDS:
        command = commands.add_parser(name, help=help_text, description=help_text)
        if name not in TAKES_ANY_SITE:
            command.add_argument("--site", type=Path, default=Path(DEFAULT_SITE), help=f"the site file ({NAME})")
        if name in wanted:
            getattr(import_module(f"hub.main.{module}"), configure)(command)
    return parser
