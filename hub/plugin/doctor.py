"""`hub doctor`: is this site fit to be served? Each check gives findings, and each finding says what to type."""

import os
import shutil
import socket
import stat
import sys
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from sqlalchemy import text

from hub.api import AnyConnection, SendError
from hub.plugin.discovery import Plugins
from hub.plugin.isolation import IsolatedChannel
from hub.plugin.record import CONTAINED, Plugin, PluginState, sentence
from hub.plugin.registry import Registry
from hub.plugin.site_model import SiteFile
from hub.store.offline import on_database

LITTLE_SPACE = 1_000_000_000
OLDEST_PYTHON = (3, 11)


class Level(StrEnum):
    """PROBLEM: it will not work. WARNING: it will, but somebody should look."""

    OK = "OK"
    WARNING = "WARNING"
    PROBLEM = "PROBLEM"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, what was found, and what to do about it."""

    level: Level
    about: str
    said: str
    do: str = ""

    def __str__(self) -> str:
        return f"{self.level:<8} {self.about}: {self.said}{f' → {self.do}' if self.do else ''}"


def check_machine(site: SiteFile) -> Iterator[Finding]:
    """Python, the data folder, its space, the key file, the port."""
    if sys.version_info < OLDEST_PYTHON:
        yield Finding(Level.PROBLEM, "Python", sys.version.split()[0], "install Python 3.11 or newer")
    yield from _check_folder(site.data)
    yield from _check_key(site.key_file)
    yield _check_port(site.site.host, site.site.port)


def check_plugins(plugins: Plugins) -> Iterator[Finding]:
    """What was loaded, and why the rest was not."""
    for plugin in plugins:
        about = f"plugin {plugin.name}"
        if plugin.state is PluginState.FAILED:
            yield Finding(Level.PROBLEM, about, plugin.error, "mend it, or take it out of [site] plugins")
        elif plugin.loaded:
            yield Finding(Level.OK, about, f"version {plugin.version}" if plugin.version else "loaded")
            yield from _check_needs(plugins, plugin)


def _check_needs(plugins: Plugins, plugin: Plugin) -> Iterator[Finding]:
    """It was loaded all the same: the rest of it works."""
    try:
        lacking: Any = plugins.declare(plugin, "hub_needs") or ()
        sentences = [str(each) for each in lacking]
    except CONTAINED as error:
        sentences = [sentence(error)]
    for each in sentences:
        yield Finding(Level.WARNING, f"plugin {plugin.name}", each)


def check_database(site: SiteFile) -> Finding:
    """Whether it can be opened; an SQLite file is made when it is not there."""
    shown = "SQLite" if site.database.startswith("sqlite") else "PostgreSQL"
    try:
        site.data.mkdir(parents=True, exist_ok=True)
        on_database(site.database, lambda conn: conn.execute(text("SELECT 1")).scalar_one())
    except CONTAINED as error:  # drivers raise what they like
        return Finding(Level.PROBLEM, f"database ({shown})", sentence(error).splitlines()[0], "check [site] database")
    return Finding(Level.OK, f"database ({shown})", "can be opened")


def check_settings(site: SiteFile, registry: Registry) -> Iterator[Finding]:
    """Whether the file's connections and accounts are what their channels ask for."""
    for connection in site.connections:
        channel = registry.channels.get(connection.channel)
        model = channel.connection_model if channel else None
        yield from check_model(f"connection {connection.name}", connection.channel, model, connection.settings)
    for account in site.accounts:
        channel = registry.channels.get(account.channel)
        model = channel.account_model if channel else None
        yield from check_model(f"account {account.name}", account.channel, model, account.settings)


async def check_connections(
    registry: Registry, connections: Iterable[tuple[str, AnyConnection]]
) -> AsyncIterator[Finding]:
    """Whether each far side can be reached: (channel's name, connection)."""
    for name, connection in connections:
        if channel := registry.channels.get(name):
            yield await _check_reach(channel, connection)


async def _check_reach(channel: IsolatedChannel, connection: AnyConnection) -> Finding:
    about = f"connection {connection.name}"
    try:
        found = await channel.probe(connection)
    except SendError as error:
        return Finding(Level.PROBLEM, about, f"{error.line} {error.detail}".strip(), "check its settings")
    if found:
        return Finding(Level.OK, about, found)
    return Finding(Level.OK, about, f"the channel {channel.name} cannot try it without using it")


def check_model(
    about: str, channel: str, model: type[BaseModel] | None, settings: dict[str, object]
) -> Iterator[Finding]:
    """Whether these settings are what the channel's model asks for."""
    if model is None:
        yield Finding(Level.PROBLEM, about, f"no plugin at work carries the channel {channel}", "see [site] plugins")
        return
    try:
        model.model_validate(settings)
    except ValidationError as error:
        for each in error.errors(include_input=False, include_url=False):
            key = ".".join(str(part) for part in each["loc"])
            yield Finding(Level.PROBLEM, about, f"settings {key}: {each['msg']}", "see docs/settings.md")


def _check_folder(folder: Path) -> Iterator[Finding]:
    there = next(path for path in (folder, *folder.parents) if path.exists())
    if not os.access(there, os.W_OK):
        yield Finding(
            Level.PROBLEM, "data folder", f"{there} cannot be written", "give it to the hub's user, or set [site] data"
        )
        return
    free = shutil.disk_usage(there).free
    if free < LITTLE_SPACE:
        yield Finding(Level.WARNING, "data folder", f"only {free // 1_000_000} MB are free at {there}", "make room")
    yield Finding(Level.OK, "data folder", str(folder))


def _check_key(path: Path) -> Iterator[Finding]:
    if not path.exists():
        yield Finding(Level.OK, "key file", f"{path} will be made at the first start; keep a copy of it")
    elif path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield Finding(Level.WARNING, "key file", f"others may read {path}", f"chmod 600 {path}")
    else:
        yield Finding(Level.OK, "key file", f"{path}; keep a copy of it")


def _check_port(host: str, port: int) -> Finding:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            said = f"{host}:{port} cannot be used ({error.strerror}); perhaps the hub is already running"
            return Finding(Level.WARNING, "web port", said, "set HUB_PORT to another one")
    return Finding(Level.OK, "web port", f"{host}:{port} is free")
