"""`hub init`: writes a site file by asking a few questions. What is not asked stands in it as a comment."""

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from pydantic import BaseModel

from hub.plugin.settings import variable

Ask = Callable[[str, str], str]


@dataclass(frozen=True, slots=True)
class Answers:
    """What a person said. `queue` is a name; its key is made of it."""

    name: str
    plugins: tuple[str, ...]
    database: str
    queue: str
    login: str
    language: str


def ask_all(installed: Sequence[str], suggested: Sequence[str], ask: Ask) -> Answers:
    """Ask what has no good default. `ask(question, default)` returns the answer, or the default."""
    name = ask("Name of the site", "Contact Hub")
    chosen = ask(f"Plugins ({', '.join(installed)})", ", ".join(suggested))
    plugins = tuple(word for word in re.split(r"[\s,]+", chosen) if word)
    database = ask("PostgreSQL URL; empty for SQLite", "")
    queue = ask("Name of the first queue", "Support")
    login = ask("Login of the first administrator", "admin")
    language = ask("Their language (en, zh)", "en")
    return Answers(name, plugins, database, queue, login, language)


def write(answers: Answers, settings: Iterable[tuple[str, type[BaseModel]]] = ()) -> str:
    """The text of a site file; `settings` are the plugins' own models, shown with their defaults as comments."""
    key = re.sub(r"[^a-z0-9]+", "-", answers.queue.lower()).strip("-") or "support"
    parts = [
        "# What stands here is explained in docs/settings.md. [site] and [plugins.*] are read at every start, the rest",
        "# is taken over at the first one and changed in the admin screens from then on.",
        "",
        *_table("[site]", name=answers.name, plugins=list(answers.plugins), database=answers.database or None),
    ]
    for plugin, model in settings:
        parts += ["", f"[plugins.{plugin}]", *_comments(model)]
    parts += ["", *_table("[[queues]]", key=key, name=answers.queue)]
    user = {"login": answers.login, "name": answers.login.title(), "roles": ["admin", "agent"], "queues": [key]}
    parts += ["", "# A password is made up and printed at the first start, unless one is given here."]
    parts += _table("[[users]]", **user, language=answers.language)
    return "\n".join(parts) + "\n"


def _table(header: str, **values: object) -> list[str]:
    return [header, *(f"{key} = {_value(value)}" for key, value in values.items() if value is not None)]


def _comments(model: type[BaseModel]) -> list[str]:
    lines = []
    for name, field in model.model_fields.items():
        default = "" if field.is_required() else field.get_default(call_default_factory=True, validated_data={})
        shown = _value("" if default is None else default)
        env = f" ({variable(field)})" if variable(field) else ""
        lines.append(f"# {name} = {shown}  # {field.description or name}{env}")
    return lines


def _value(value: object) -> str:
    """JSON's strings, numbers, booleans and lists are TOML's too, but for DEL."""
    return json.dumps(value, ensure_ascii=False, default=str).replace("\x7f", "\\u007f")
