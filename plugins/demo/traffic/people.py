"""Simulated customers and their words: all of it follows from a seed."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from plugins.demo import story
from plugins.demo.settings import MAIL_DOMAIN
from plugins.demo.story import Person, Thing

STRANGERS = 0.2
"""So many of those who write are not among the site's customers yet."""


@dataclass(frozen=True, slots=True)
class Writer:
    """Somebody with something to say about a thing they own."""

    name: str
    address: str
    tel: str
    language: str
    thing: Thing

    def mail(self, dice: random.Random) -> tuple[str, str]:
        """Subject and text of a first mail."""
        subject, text = dice.choice(_phrases()[self.language][self.thing.type]["mails"])
        return self._filled(subject), self._filled(text)

    def question(self, dice: random.Random) -> str:
        """How a chat begins."""
        return self._filled(dice.choice(_phrases()[self.language][self.thing.type]["chats"]))

    def again(self, dice: random.Random, kind: str) -> str:
        """What is added later; `kind` is "mails" or "chats"."""
        return self._filled(dice.choice(_phrases()[self.language]["again"][kind]))

    def _filled(self, text: str) -> str:
        return text.format(model=self.thing.fields["model"], number=self.thing.number, name=self.name)


def somebody(dice: random.Random) -> Writer:
    """A customer of the site, or a stranger with a thing like theirs."""
    person = dice.choice(_owners())
    thing = dice.choice(person.things)
    if dice.random() >= STRANGERS:
        return Writer(person.name, person.address, person.tel, person.language, thing)
    name = dice.choice(_phrases()["strangers"][person.language])
    number = dice.randrange(1000, 10000)
    return Writer(name, f"guest-{number}@{MAIL_DOMAIN}", f"+8613900{number:06d}", person.language, thing)


@cache
def _owners() -> tuple[Person, ...]:
    return tuple(person for person in story.people().values() if person.things)


@cache
def _phrases() -> Mapping[str, Any]:
    return tomllib.loads(Path(__file__).with_name("phrases.toml").read_text(encoding="utf-8"))
