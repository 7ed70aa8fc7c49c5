"""What a node names: the texts in it, and the facts they and its conditions ask for."""

from __future__ import annotations

from collections.abc import Iterator

from hub.api import Condition
from plugins.self_service.marks import Path
from plugins.self_service.nodes import Branch, Menu, Node, Queue
from plugins.self_service.texts import holes

SPOKEN = ("say", "speak", "subject", "text")
PLAIN = frozenset({"serial", "proof", "url", "to", "ticket", "number", "at"})
BY_NAME = frozenset({"values", "attributes", "headers"})


def named(node: Node) -> set[str]:
    """`{"customer.name", "queue.open"}`."""
    names = {name for _, text in texts_of(node) for _, name, _ in holes(text)}
    for when in node.when if isinstance(node, Branch) else ():
        names |= Condition.parse(when.condition).names()
    return names


def texts_of(node: Node) -> Iterator[tuple[Path, str]]:
    """Every text with places in it."""
    for name in type(node).model_fields:
        value = getattr(node, name)
        if name in SPOKEN:
            yield from _each((name,), value)
        elif name in PLAIN and isinstance(value, str):
            yield (name,), value
        elif name in BY_NAME:
            yield from (((name, key), text) for key, text in value.items())
    for number, choice in enumerate(node.choices if isinstance(node, Menu) else ()):
        yield from _each(("choices", number, "label"), choice.label)
    for key, instead in node.while_waiting.items() if isinstance(node, Queue) else ():
        yield from _each(("while_waiting", key, "say"), instead.say)


def _each(path: Path, texts: str | dict[str, str]) -> Iterator[tuple[Path, str]]:
    if isinstance(texts, str):
        yield path, texts
    else:
        yield from (((*path, language), text) for language, text in texts.items())
