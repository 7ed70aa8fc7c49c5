"""The commands before the first start: `hub init` writes a site file by asking, `hub doctor` looks at everything."""

import argparse
import asyncio
from collections.abc import AsyncIterator, Iterator

from sqlalchemy.exc import DBAPIError

from hub.api import AnyConnection, Connection, Overloaded
from hub.main.demo import DEMO, plugin_names
from hub.main.prepare import Prepared, prepare
from hub.main.sentence import Sentence
from hub.pipeline import lives
from hub.pipeline.site import Site
from hub.plugin import doctor
from hub.plugin.discovery import discover
from hub.plugin.doctor import Finding, Level
from hub.plugin.registry import Registry
from hub.plugin.settings import models
from hub.plugin.site_model import SiteFile
from hub.plugin.site_writer import ask_all, write
from hub.store.database import Store
from hub.store.vault import Vault


def configure_init(parser: argparse.ArgumentParser) -> None:
    """`hub init`."""
    parser.set_defaults(run=_init)


def configure_doctor(parser: argparse.ArgumentParser) -> None:
    """`hub doctor`."""
    parser.set_defaults(run=_doctor)


def _init(options: argparse.Namespace) -> int:
    if options.site.exists():
        raise Sentence(f"{options.site} is already there.")
    answers = ask_all(sorted(plugin_names()), sorted(plugin_names() - {DEMO}), _ask)
    text = write(answers, models(discover(answers.plugins)))
    options.site.write_text(text, encoding="utf-8")
    print(f"{options.site} is written. Next: `hub doctor`, then `hub serve`.")
    return 0


def _ask(question: str, default: str) -> str:
    try:
        return input(f"{question} [{default}]: ").strip() or default
    except EOFError:
        return default


def _doctor(options: argparse.Namespace) -> int:
    return asyncio.run(_examine(prepare(options.site)))


async def _examine(prepared: Prepared) -> int:
    worst = 0
    async for finding in _findings(prepared):
        print(finding)
        worst |= finding.level is Level.PROBLEM
    print("\nThis site cannot be served as it is." if worst else "\nThis site is fit to be served.")
    return worst


async def _findings(prepared: Prepared) -> AsyncIterator[Finding]:
    for finding in [*doctor.check_machine(prepared.file), *doctor.check_plugins(prepared.plugins)]:
        yield finding
    database = doctor.check_database(prepared.file)
    yield database
    if database.level is Level.OK:
        async for finding in _connections(prepared):
            yield finding


async def _connections(prepared: Prepared) -> AsyncIterator[Finding]:
    """What the database says once the site has been started, else what the file says."""
    file = prepared.file
    store = Store(file.database, Vault.open(file.key_file), lives.name())
    site = Site(file, store, prepared.plugins)
    try:
        try:
            await site.directory.refresh()
            wanted = site.directory.connections()
            for what, why in site.directory.faults.items():
                yield Finding(Level.PROBLEM, what, why, "mend it in the admin screens")
        except (DBAPIError, Overloaded):
            wanted = list(_from_file(file, site.registry))
            for finding in doctor.check_settings(file, site.registry):
                yield finding
        async for finding in doctor.check_connections(site.registry, wanted):
            yield finding
    finally:
        await store.close()


def _from_file(file: SiteFile, registry: Registry) -> Iterator[tuple[str, AnyConnection]]:
    for number, each in enumerate(file.connections, 1):
        channel = registry.channels.get(each.channel)
        if channel and not list(doctor.check_model(each.name, each.channel, channel.connection_model, each.settings)):
            settings = channel.connection_model.model_validate(each.settings)
            yield each.channel, Connection(number, each.name, settings)
