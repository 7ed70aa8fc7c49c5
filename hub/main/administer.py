"""The commands for whoever runs a site: migrate, plugins, password."""

import argparse
import asyncio
import getpass
import sys
from pathlib import Path

from sqlalchemy import update

from hub.main.prepare import lock, prepare, upgrade
from hub.main.sentence import Sentence
from hub.pipeline import lives
from hub.plugin import migrations
from hub.store.database import Store
from hub.store.tables import users
from hub.web.passwords import hash_password

SHORTEST = 10


def configure_migrate(parser: argparse.ArgumentParser) -> None:
    """`hub migrate`."""
    parser.set_defaults(run=_migrate)


def configure_plugins(parser: argparse.ArgumentParser) -> None:
    """`hub plugins [purge NAME]`."""
    parser.add_argument("action", choices=["list", "purge"], nargs="?", default="list")
    parser.add_argument("name", nargs="?", help="the plugin whose tables and timers are removed")
    parser.set_defaults(run=_plugins)


def configure_password(parser: argparse.ArgumentParser) -> None:
    """`hub password LOGIN`."""
    parser.add_argument("login")
    parser.set_defaults(run=_password)


def _migrate(options: argparse.Namespace) -> int:
    prepared = prepare(options.site)
    with lock(prepared.file):
        upgrade(prepared)
    print("The database is at the newest schema.")
    return 0


def _plugins(options: argparse.Namespace) -> int:
    prepared = prepare(options.site)
    if options.action == "list":
        for plugin in prepared.plugins:
            print(f"{plugin.name:<20} {plugin.state:<10} {plugin.version:<10} {plugin.error}")
        return 0
    if not options.name:
        raise Sentence("name the plugin whose data is to be removed: hub plugins purge NAME")
    with lock(prepared.file):
        dropped = migrations.purge(prepared.file.database, options.name, [plugin.name for plugin in prepared.plugins])
    print(f"Removed: {', '.join(dropped) or 'nothing was there'}.")
    return 0


def _password(options: argparse.Namespace) -> int:
    words = getpass.getpass("New password: ") if sys.stdin.isatty() else sys.stdin.readline().strip()
    if len(words) < SHORTEST:
        raise Sentence(f"a password has at least {SHORTEST} characters.")
    prepared = prepare(options.site)
    with lock(prepared.file):
        changed = asyncio.run(_set_password(prepared.file.database, prepared.file.key_file, options.login, words))
    if not changed:
        raise Sentence(f"there is no user {options.login}.")
    print("Done.")
    return 0


async def _set_password(database: str, key_file: Path, login: str, words: str) -> bool:
    store = await Store.open(database, key_file=key_file, node=lives.name())
    values = {"password_hash": hash_password(words), "failed_logins": 0, "locked_until": None}
    mine = update(users).where(users.c.login == login.casefold()).values(**values)
    changed = await store.write(lambda tx: tx.conn.execute(mine).rowcount == 1)
    await store.close()
    return changed
