"""Commands that plugins bring, and the demo site, which is one of them: `hub demo init` of the plugin that has it."""

import argparse
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from hub.api import Command
from hub.main.sentence import Sentence
from hub.plugin.discovery import GROUP, WORDS, discover, entries
from hub.plugin.registry import commands
from hub.plugin.site_file import NAME, SiteFileError
from hub.plugin.site_model import SiteFile

DEMO = "demo"
SHORTEST = 8


def told(run: Callable[[], int]) -> int:
    """The exit code of a command; what goes wrong is one clear sentence."""
    try:
        return run()
    except (Sentence, SiteFileError) as error:
        print(f"hub: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def plugin_names() -> set[str]:
    """The plugins that are installed; none is imported to know that."""
    return {entry.name for entry in entries(GROUP)}


def plugin_words() -> Mapping[str, str]:
    """Plugins by what their commands are called by: the word of their package's own choice, or their name."""
    chosen = {entry.value: entry.name for entry in entries(WORDS)}
    return {chosen.get(entry.value, entry.name): entry.name for entry in entries(GROUP)}


def run_plugin_command(words: Sequence[str]) -> int:
    """`hub <word> <command> …`. Raises Sentence when the plugin does not load."""
    brought = _commands(plugin_words()[words[0]])
    parser = argparse.ArgumentParser(prog=f"hub {words[0]}")
    choices = parser.add_subparsers(title="commands", required=True, metavar="command")
    for command in brought.values():
        own = choices.add_parser(command.name, help=command.help, description=command.help)
        command.configure(own)
        own.set_defaults(run=command.run)
    options = parser.parse_args(words[1:])
    code: int = options.run(options)
    return code


def site() -> Path:
    """The demo site's file in HUB_DATA, made by the demo plugin when it is not there."""
    if 0 < len(os.environ.get("HUB_DEMO_PASSWORD", "")) < SHORTEST:
        raise Sentence(f"HUB_DEMO_PASSWORD needs at least {SHORTEST} characters.")
    folder = Path(os.environ.get("HUB_DATA", "var")).absolute()
    path = folder / NAME
    try:
        if not path.exists():
            run_plugin_command([DEMO, "init", "--data", str(folder)])
    except OSError as error:
        raise Sentence(f"HUB_DATA: nothing can be written to {folder} ({error.strerror}).") from error
    return path


def announce(file: SiteFile, url: str) -> None:
    """The logins of the demo site, and where its customers sit."""
    word = os.environ.get("HUB_DEMO_PASSWORD") or (file.data / "demo-password").read_text(encoding="utf-8").strip()
    print(f"  customers  {url}/p/{DEMO}/")
    print(f"\n  log in as {', '.join(user.login for user in file.users)} with the password {word}")


def _commands(plugin: str) -> Mapping[str, Command]:
    plugins = discover([plugin])
    brought = commands(plugins).get(plugin, ())
    failed = next((each.error for each in plugins if each.error), "")
    if failed or not brought:
        raise Sentence(failed or f"the plugin {plugin} brings no commands.")
    return {command.name: command for command in brought}
