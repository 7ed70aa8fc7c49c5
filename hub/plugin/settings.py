"""A plugin's settings: its pydantic model, filled from [plugins.<name>] of the site file and from the environment.

A field with `json_schema_extra={"env": "HUB_SMTP_PORT"}` is overridden by that variable when it is set.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from hub.plugin.discovery import Plugins
from hub.plugin.record import CONTAINED, Plugin, sentence

Model = TypeVar("Model", bound=BaseModel)


class SettingsError(ValueError):
    """One sentence naming the place, the key and what is wrong."""


def configure(
    plugins: Plugins, tables: Mapping[str, Mapping[str, Any]], environ: Mapping[str, str], file: str = "hub.toml"
) -> None:
    """Fill the settings of every plugin at work; one whose settings are wrong becomes FAILED."""
    for plugin in plugins.loaded:
        try:
            plugin.settings = _settings(plugins, plugin, tables.get(plugin.name, {}), environ, file)
        except SettingsError as error:
            plugins.fail(plugin, str(error))
        except CONTAINED as error:
            plugins.fail(plugin, sentence(error))


def _settings(
    plugins: Plugins, plugin: Plugin, table: Mapping[str, Any], environ: Mapping[str, str], file: str
) -> BaseModel | None:
    place = f"{file}: [plugins.{plugin.name}]"
    model = plugins.declare(plugin, "hub_settings")
    if model is None:
        if table:
            raise SettingsError(f"{place} has settings, but this plugin takes none")
        return None
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        raise SettingsError(f"hub_settings must return a pydantic model class, not {model!r}")
    return fill(model, table, environ, place)


def models(plugins: Plugins) -> Iterator[tuple[str, type[BaseModel]]]:
    """The settings model of every plugin at work that has one, by the plugin's name."""
    for plugin in plugins.loaded:
        model = plugins.declare(plugin, "hub_settings")
        if isinstance(model, type) and issubclass(model, BaseModel):
            yield plugin.name, model


def fill(model: type[Model], table: Mapping[str, Any], environ: Mapping[str, str], place: str) -> Model:
    """The model with the file's values, overridden by the environment's. Raises SettingsError."""
    unknown = sorted(table.keys() - keys(model))
    if unknown and model.model_config.get("extra") != "allow":
        raise SettingsError(f"{place} {unknown[0]}: no such setting; there are {', '.join(sorted(keys(model)))}")
    overrides = _overrides(model, environ)
    values = dict(table) | {name: value for name, (_, value) in overrides.items()}
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise SettingsError(_complaint(error, place, overrides)) from error


def keys(model: type[BaseModel]) -> set[str]:
    """The names a setting may be given by."""
    return {field.alias or name for name, field in model.model_fields.items()}


def variable(field: FieldInfo) -> str:
    """The environment variable that overrides a field; "" when none does."""
    extra = field.json_schema_extra
    return str(extra.get("env", "")) if isinstance(extra, dict) else ""


def _overrides(model: type[BaseModel], environ: Mapping[str, str]) -> dict[str, tuple[str, Any]]:
    found = {}
    for name, field in model.model_fields.items():
        if (env := variable(field)) and environ.get(env):
            found[field.alias or name] = (env, _value(environ[env]))
    return found


def _value(text: str) -> Any:
    """Lists and tables are JSON; everything else is left to the model."""
    if text[:1] not in "[{":
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


def _complaint(error: ValidationError, place: str, overrides: Mapping[str, tuple[str, Any]]) -> str:
    """The first mistake in words. Never the value: it may be a secret."""
    first = error.errors(include_input=False, include_url=False)[0]
    path = [str(part) for part in first["loc"]]
    if path and path[0] in overrides:
        return f"the environment variable {overrides[path[0]][0]} (setting {'.'.join(path)}): {first['msg']}"
    return f"{place} {'.'.join(path)}: {first['msg']}"
