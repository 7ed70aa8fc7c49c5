"""Plugins made up for a test, as objects behind the same entry points as real ones."""

from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import EntryPoint
from types import SimpleNamespace
from typing import Any

from pydantic import BaseModel

from hub.api import (
    Account,
    Address,
    AnyAccount,
    AnyConnection,
    Capabilities,
    Connection,
    Inbound,
    Medium,
    Normalised,
    Outbound,
    Raw,
    Sent,
    hookimpl,
)
from hub.plugin.discovery import Plugins
from hub.plugin.record import Plugin, PluginState


class Nothing(BaseModel):
    """Settings with no fields."""


class Letters:
    """A channel that does as it is told: each step is a function a test may replace."""

    name = "letters"
    connection: type[BaseModel] = Nothing
    account: type[BaseModel] = Nothing
    capabilities = Capabilities(Medium.DEFERRED)

    def __init__(self, **steps: Callable[..., Any]) -> None:
        self.steps = steps

    def address(self, raw: Raw) -> Sequence[Address]:
        """The first line."""
        addresses: Sequence[Address] = self._do("address", [Address("letter", words(raw))], raw)
        return addresses

    def authenticate(self, account: AnyAccount, raw: Raw) -> None:
        """Everybody is let in."""
        self._do("authenticate", None, account, raw)

    def normalise(self, account: AnyAccount, raw: Raw) -> Sequence[Normalised]:
        """One message."""
        meaning: Sequence[Normalised] = self._do("normalise", [Inbound("1", None, words(raw))], account, raw)
        return meaning

    async def send(self, connection: AnyConnection | None, account: AnyAccount, message: Outbound) -> Sent:
        """Straight away."""
        step = self.steps.get("send")
        return await step(message) if step else Sent(f"out-{message.delivery_id}")

    def _do(self, step: str, otherwise: Any, *arguments: object) -> Any:
        return self.steps[step](*arguments) if step in self.steps else otherwise


def words(raw: Raw) -> str:
    """The body as text that can be stored, whatever it is."""
    return raw.body.decode(errors="replace").replace("\x00", "")


ACCOUNT: AnyAccount = Account(1, 1, "letters", "Post", Address("letter", "desk"), Nothing())
CONNECTION: AnyConnection = Connection(1, "Post", Nothing())
MESSAGE = Outbound(7, 8, 9, Address("letter", "them"), "hello")


def plugin_object(**functions: Callable[..., Any]) -> SimpleNamespace:
    """A plugin with these hooks."""
    return SimpleNamespace(**{name: hookimpl(function) for name, function in functions.items()})


def site(**targets: object) -> Plugins:
    """Plugins that are loaded without entry points."""
    plugins = Plugins()
    for name, target in targets.items():
        plugins.add(Plugin(name, PluginState.LOADED, target=target))
    return plugins


def raising(error: BaseException) -> Callable[..., Any]:
    """A function that only raises."""

    def function(*_: object, **__: object) -> Any:
        raise error

    return function


class FakeEntry(EntryPoint):
    """An entry point that notes whether it was imported."""

    loads: Mapping[str, Callable[[], object]] = {}

    def load(self) -> object:
        """Whatever the test wants the import to do."""
        return self.loads[self.name]()
