"""Who the demo's customers are, what they own, and what they wrote before the newcomer came."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from plugins.demo.settings import MAIL_DOMAIN

_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Thing:
    """A car, an appliance or a machine; `fields` as its asset type has them."""

    type: str
    fields: Mapping[str, str]

    @property
    def label(self) -> str:
        """ "蓝河 L7 · 京A·7K219"."""
        return " · ".join(filter(None, (self.fields["model"], self.fields.get("plate", ""))))

    @property
    def number(self) -> str:
        """What its owner reads out."""
        return self.fields.get("vin") or self.fields["serial"]


@dataclass(frozen=True, slots=True)
class Person:
    """A customer: a person, or an organisation with members."""

    key: str
    name: str
    language: str
    tel: str
    address: str
    organisation: str
    attributes: Mapping[str, str]
    things: tuple[Thing, ...]
    is_organisation: bool


@dataclass(frozen=True, slots=True)
class Matter:
    """A ticket without a conversation; `path` is the states it went through after NEW."""

    customer: str
    subject: str
    type: str
    priority: str
    path: tuple[str, ...]
    agent: str = ""


@dataclass(frozen=True, slots=True)
class Talk:
    """A mail, its answer, perhaps another round. Without an answer it waits in the queue."""

    customer: str
    subject: str
    text: str
    agent: str = ""
    answer: str = ""
    again: str = ""
    answer_again: str = ""
    end: str = ""


@dataclass(frozen=True, slots=True)
class Chat:
    """A text, its answer, perhaps another text after it. Without an answer it waits in the queue."""

    customer: str
    text: str
    agent: str = ""
    answer: str = ""
    again: str = ""
    end: str = ""


@cache
def people() -> Mapping[str, Person]:
    """Every customer by key, organisations first."""
    file = _file("people")
    found = [_person(each, True) for each in file["organisations"]] + [_person(each, False) for each in file["people"]]
    return {person.key: person for person in found}


def asset_types() -> list[dict[str, Any]]:
    """As the API takes them."""
    return list(_file("assets")["types"])


def templates() -> list[dict[str, Any]]:
    """As the API takes them."""
    return list(_file("templates")["templates"])


def matters() -> list[Matter]:
    """Tickets, oldest first."""
    return [Matter(**{**row, "path": tuple(row["path"])}) for row in _file("matters")["matters"]]


def talks() -> list[Talk]:
    """Conversations, oldest first."""
    return [Talk(**each) for each in _file("talks")["talks"]]


def texts() -> list[Chat]:
    """Conversations by text message, oldest first."""
    return [Chat(**each) for each in _file("texts")["texts"]]


def _file(name: str) -> dict[str, Any]:
    return tomllib.loads((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def _person(row: Mapping[str, Any], is_organisation: bool) -> Person:
    return Person(
        key=row["key"],
        name=row["name"],
        language=row["language"],
        tel=row["tel"],
        address=f"{row['mail']}@{MAIL_DOMAIN}",
        organisation=row.get("organisation", ""),
        attributes=row.get("attributes", {}),
        things=tuple(_thing(**thing) for thing in row.get("assets", ())),
        is_organisation=is_organisation,
    )


def _thing(type: str, **fields: str) -> Thing:  # noqa: A002 - the word in the file
    return Thing(type, fields)
