"""What docs/settings.md must say: one section for each table of settings, one row for each setting."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from hub.api import Channel
from hub.plugin.discovery import Plugins, discover
from hub.plugin.settings import configure, variable
from hub.plugin.site_model import (
    AccountTable,
    ConnectionTable,
    DepartmentTable,
    QueueTable,
    SiteTable,
    UserTable,
)
from hub.testing import FakeContext

Section = tuple[str, type[BaseModel]]
SITE: list[Section] = [
    ("[site]", SiteTable),
    ("[[departments]]", DepartmentTable),
    ("[[queues]]", QueueTable),
    ("[[connections]]", ConnectionTable),
    ("[[accounts]]", AccountTable),
    ("[[users]]", UserTable),
]


@dataclass(frozen=True)
class Row:
    """One setting: how its row begins and ends; the words in between are the documentation's own."""

    name: str
    default: str
    text: str
    variable: str

    @property
    def start(self) -> str:
        return f"| `{self.name}` | {self.default} | "

    @property
    def end(self) -> str:
        return f" | {self.variable} |"


def sections() -> Iterator[Section]:
    """Every table a person may write, site file first, then our own plugins."""
    for heading, model in [*SITE, *_plugins()]:
        yield from _with_inner(heading, model)


def rows(model: type[BaseModel]) -> list[Row]:
    """The rows of one section."""
    return [_row(field.alias or name, field) for name, field in model.model_fields.items()]


def _plugins() -> Iterator[Section]:
    plugins = discover([plugin.name for plugin in discover([])])
    configure(plugins, {}, {})
    for plugin in plugins:
        assert plugin.loaded, plugin.error
        if plugin.settings is not None:
            yield f"[plugins.{plugin.name}]", type(plugin.settings)
        for channel in _channels(plugins, plugin.name):
            yield f"{channel.name} connection", channel.connection
            yield f"{channel.name} account", channel.account


def _channels(plugins: Plugins, name: str) -> list[Channel]:
    plugin = plugins[name]
    context = FakeContext(name, plugin.settings)
    declared: Any = plugins.declare(plugin, "hub_channels", context=context)
    return list(declared or ())


def _with_inner(heading: str, model: type[BaseModel]) -> Iterator[Section]:
    yield heading, model
    for name, field in model.model_fields.items():
        for inner in _models(field.annotation):
            yield from _with_inner(f"{heading}.{name}", inner)


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)


def _row(name: str, field: FieldInfo) -> Row:
    env = variable(field)
    return Row(name, _default(field), (field.description or "").replace("|", "\\|"), f"`{env}`" if env else "")


def _default(field: FieldInfo) -> str:
    """As it would be written in the file."""
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True, validated_data={})
    if value is None or value is PydanticUndefined or isinstance(value, BaseModel | SecretStr):
        return ""
    return f"`{json.dumps(value, default=str, ensure_ascii=False)}`"
