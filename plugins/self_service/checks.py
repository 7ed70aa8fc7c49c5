"""What a script must be beyond its form: every way leads somewhere, in every language."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from hub.api import Condition, ConditionError
from plugins.self_service.head import Head
from plugins.self_service.marks import Complaint, Document, Path
from plugins.self_service.naming import texts_of
from plugins.self_service.nodes import Asking, Branch, Collect, Menu, Node, Queue, follows
from plugins.self_service.texts import KEPT, holes, wrong

ROOTS = frozenset({"customer", "attributes", "sender", "called", "medium", "language", "queue", "queues", KEPT})


def complaints(head: Head, nodes: Mapping[str, Node], document: Document) -> Iterator[Complaint]:
    """Everything, in no order."""
    yield from _targets(head, nodes, document)
    yield from _loops(nodes, document)
    yield from _unreached(head, nodes, document)
    known = ROOTS | {name for node in nodes.values() for name in _introduced(node)}
    for name, node in nodes.items():
        for path, text in texts_of(node):
            yield from _template(document, ("nodes", name, *path), text, known)
        yield from _languages(head, node, document, ("nodes", name))
        yield from _own(node, document, ("nodes", name), known)


def _targets(head: Head, nodes: Mapping[str, Node], document: Document) -> Iterator[Complaint]:
    ways: list[tuple[Path, str]] = [(("start",), head.start), (("off",), head.off)]
    ways += [(("anywhere", number, "go"), each.go) for number, each in enumerate(head.anywhere)]
    ways += [(("nodes", name, *path), go) for name, node in nodes.items() for path, go in follows(node)]
    for path, go in ways:
        if go and go not in nodes:
            yield document.complain(path, f"There is no node `{go}`.")


def _loops(nodes: Mapping[str, Node], document: Document) -> Iterator[Complaint]:
    """A way that comes back to where it was without asking anything would never end. A queue is no such way."""
    acting = {
        name: [go for _, go in follows(node)] for name, node in nodes.items() if not isinstance(node, Asking | Queue)
    }
    for name, ways in acting.items():
        reached, ahead = set[str](), [go for go in ways if go in acting]
        while ahead:
            here = ahead.pop()
            if here not in reached:
                reached.add(here)
                ahead += [go for go in acting[here] if go in acting]
        if name in reached:
            yield document.complain(("nodes", f"{name}:"), f"From `{name}` it goes round and round and asks nothing.")


def _unreached(head: Head, nodes: Mapping[str, Node], document: Document) -> Iterator[Complaint]:
    reached, ahead = set[str](), [head.start, head.off, *(each.go for each in head.anywhere)]
    while ahead:
        here = ahead.pop()
        if here in nodes and here not in reached:
            reached.add(here)
            ahead += [go for _, go in follows(nodes[here])]
    for name in nodes.keys() - reached:
        yield document.complain(("nodes", f"{name}:"), f"Nothing leads to `{name}`.", warning=True)


def _introduced(node: Node) -> set[str]:
    return {into for into in (getattr(node, "into", ""), *getattr(node, "values", {})) if into}


def _template(document: Document, path: Path, text: str, known: set[str] | frozenset[str]) -> Iterator[Complaint]:
    if fault := wrong(text):
        yield document.complain(path, fault[1], fault[0])
        return
    for position, name, _ in holes(text):
        if name.split(".")[0] not in known:
            yield document.complain(path, f"Nothing is called `{name.split('.')[0]}`.", position)


def _languages(head: Head, node: Node, document: Document, path: Path) -> Iterator[Complaint]:
    """A text that differs by language must be there in all of them, and in no other."""
    tables = [(name, getattr(node, name, "")) for name in ("say", "speak", "subject", "text")]
    found: list[tuple[Path, Any]] = [((name,), value) for name, value in tables]
    if isinstance(node, Menu):
        found += [(("choices", number, "label"), each.label) for number, each in enumerate(node.choices)]
    if isinstance(node, Queue):
        found += [(("while_waiting", key, "say"), each.say) for key, each in node.while_waiting.items()]
    for where, texts in found:
        if isinstance(texts, dict) and texts.keys() != set(head.languages):
            wanted = " and ".join(head.languages)
            yield document.complain((*path, *where), f"The script speaks {wanted}: there must be a text for each.")
    for where, language in _chosen(node):
        if language and language not in head.languages:
            yield document.complain((*path, *where), f"The script does not speak `{language}`.")


def _chosen(node: Node) -> Iterator[tuple[Path, str]]:
    yield ("language",), getattr(node, "language", "")
    for number, choice in enumerate(node.choices if isinstance(node, Menu) else ()):
        yield ("choices", number, "language"), choice.language


def _own(node: Node, document: Document, path: Path, known: set[str] | frozenset[str]) -> Iterator[Complaint]:
    if isinstance(node, Menu):
        keys = [choice.key.casefold() for choice in node.choices]
        for number, key in enumerate(keys):
            if key in keys[:number]:
                yield document.complain((*path, "choices", number, "key"), f"The key `{key}` is taken already.")
    if isinstance(node, Collect) and node.pattern:
        try:
            re.compile(node.pattern)
        except re.error as error:
            yield document.complain((*path, "pattern"), f"This is no regular expression: {error.msg}.", error.pos or 0)
    for into in _introduced(node) & ROOTS:
        yield document.complain((*path, "into"), f"`{into}` is a name of the hub's own.")
    for number, when in enumerate(node.when if isinstance(node, Branch) else ()):
        yield from _condition(document, (*path, "when", number, "if"), when.condition, known)
    if isinstance(node, Asking) and not node.say:
        yield document.complain((*path, "do"), "A question needs words: `say` is missing.")


def _condition(document: Document, path: Path, text: str, known: set[str] | frozenset[str]) -> Iterator[Complaint]:
    try:
        names = Condition.parse(text).names()
    except ConditionError as error:
        yield document.complain(path, error.message, error.position)
        return
    for name in sorted(names):
        if name.split(".")[0].split("[")[0] not in known:
            yield document.complain(path, f"Nothing is called `{name}`.", max(text.find(name), 0))
