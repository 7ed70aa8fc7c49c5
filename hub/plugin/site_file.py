"""Reading hub.toml: mistakes with line numbers, environment variables over the file, secrets from their places."""

import os
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from hub.plugin.settings import variable
from hub.plugin.site_model import SiteFile, SiteTable
from hub.plugin.toml_lines import Place, lines, nearest

NAME = "hub.toml"


class SiteFileError(ValueError):
    """What is wrong with the site file, in one sentence with file and line."""

    def __init__(self, path: Path, said: str, line: int | None = None) -> None:
        super().__init__(f"{path}{f' line {line}' if line else ''}: {said}")
        self.line = line


def load(path: Path, environ: Mapping[str, str] = os.environ) -> SiteFile:
    """The site file at `path`. Raises SiteFileError for whatever is wrong with it."""
    text = _text(path)
    known = lines(text)
    try:
        tables = tomllib.loads(text)
        for place, problem in _resolve_secrets(tables, path.parent, environ):
            raise SiteFileError(path, f"{_dotted(place)}: {problem}", nearest(known, place))
        _override(tables, environ)
        site = SiteFile.model_validate({**tables, "path": path})
    except tomllib.TOMLDecodeError as error:
        raise SiteFileError(path, f"not TOML: {error}") from error
    except ValidationError as error:
        place, said = _complaint(error)
        raise SiteFileError(path, said, nearest(known, place)) from error
    for place, problem in dangling(site):
        raise SiteFileError(path, problem, nearest(known, place))
    return site


def dangling(site: SiteFile) -> Iterator[tuple[Place, str]]:
    """Names that are given twice, and references to what is not there."""
    departments = [d.name for d in site.departments]
    queues = [q.key for q in site.queues]
    connections = [c.name for c in site.connections]
    yield from _twice("departments", "name", departments)
    yield from _twice("queues", "key", queues)
    yield from _twice("connections", "name", connections)
    yield from _twice("users", "login", [user.login for user in site.users])
    for table, key, wanted, there in (
        ("departments", "parent", [d.parent for d in site.departments], departments),
        ("queues", "department", [q.department for q in site.queues], departments),
        ("accounts", "connection", [a.connection for a in site.accounts], connections),
        ("accounts", "queue", [a.queue for a in site.accounts], queues),
        ("accounts", "department", [a.department for a in site.accounts], departments),
        ("users", "department", [u.department for u in site.users], departments),
    ):
        yield from _missing(table, key, wanted, there)
    for index, department in enumerate(site.departments):
        if department.parent in departments[index:]:
            said = f"the department {department.parent!r} must stand above {department.name!r}"
            yield ("departments", index, "parent"), said
    for index, queue in enumerate(site.queues):
        helping = {key for ring in queue.routing.rings for key in ring.queues}
        helping |= {rule.queue for rule in queue.routing.overflow if rule.queue}
        for key in sorted(helping - set(queues)):
            yield ("queues", index, "routing"), f"queue {queue.key}: there is no queue {key!r}"
    for index, user in enumerate(site.users):
        for key in sorted(set(user.queues) - set(queues)):
            yield ("users", index, "queues"), f"user {user.login}: there is no queue {key!r}"


def _twice(table: str, key: str, names: list[str]) -> Iterator[tuple[Place, str]]:
    for index, name in enumerate(names):
        if name in names[:index]:
            yield (table, index, key), f"there are two {table} with the {key} {name!r}"


def _missing(table: str, key: str, wanted: list[str], there: list[str]) -> Iterator[tuple[Place, str]]:
    for index, name in enumerate(wanted):
        if name and name not in there:
            what = "department" if key == "parent" else key
            yield (table, index, key), f"{table}: there is no {what} {name!r} in this file"


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise SiteFileError(path, "there is no such file; `hub init` writes one") from None
    except (OSError, UnicodeDecodeError) as error:
        raise SiteFileError(path, f"cannot be read: {error}") from error


def _override(tables: dict[str, Any], environ: Mapping[str, str]) -> None:
    site = tables.setdefault("site", {})
    for name, field in SiteTable.model_fields.items():
        if isinstance(site, dict) and (value := environ.get(variable(field) or "-")):
            # a path in the environment is meant from where the command is typed, not from the file's folder
            site[name] = Path(value).absolute() if field.annotation is Path else value


def _resolve_secrets(
    value: Any, folder: Path, environ: Mapping[str, str], place: Place = ()
) -> Iterator[tuple[Place, str]]:
    """Replace every {env = "NAME"} and {file = "path"} by what stands there; yields those that are not there."""
    for key, inner in list(value.items() if isinstance(value, dict) else enumerate(value)):
        here = (*place, key)
        if isinstance(inner, dict) and (inner.keys() == {"env"} or inner.keys() == {"file"}):
            try:
                value[key] = _secret(inner, folder, environ)
            except (OSError, UnicodeDecodeError, KeyError) as error:
                yield here, f"the secret {inner} is not there ({type(error).__name__})"
        elif isinstance(inner, dict | list):
            yield from _resolve_secrets(inner, folder, environ, here)


def _secret(source: Mapping[str, str], folder: Path, environ: Mapping[str, str]) -> str:
    if "env" in source:
        return environ[source["env"]]
    return (folder / source["file"]).read_text(encoding="utf-8").strip()


def _complaint(error: ValidationError) -> tuple[Place, str]:
    """The first mistake. Never the value: it may be a secret."""
    first = error.errors(include_input=False, include_url=False)[0]
    said = "no such setting" if first["type"] == "extra_forbidden" else first["msg"].removeprefix("Value error, ")
    return first["loc"], f"{_dotted(first['loc'])}: {said}"


def _dotted(place: Place) -> str:
    """("accounts", 0, "queue") reads "accounts 1, queue"."""
    words = [str(part + 1) if isinstance(part, int) else part for part in place]
    return " ".join(words)
