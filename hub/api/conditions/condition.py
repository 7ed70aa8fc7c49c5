"""A condition as the rest of the hub knows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from hub.api.conditions import grammar, tree, truth
from hub.api.conditions.faults import ConditionError, Fault
from hub.api.conditions.tokens import MAX_CHARACTERS


@dataclass(frozen=True, slots=True)
class Clause:
    """One part of a condition and whether it holds; `found` is what its own names stood for, None if absent."""

    text: str
    depth: int
    holds: bool
    found: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Condition:
    """A rule's `if`; two are equal if they mean the same part by part, however they were spaced."""

    root: tree.Node

    @classmethod
    def parse(cls, text: str) -> Condition:
        """Raises ConditionError."""
        found = cls(grammar.parse(text))
        if len(str(found)) > MAX_CHARACTERS:  # or what is stored could not be read again
            raise ConditionError(len(text), Fault.TOO_LONG)
        return found

    def __str__(self) -> str:
        """As it is written in full; parses to an equal condition."""
        return str(self.root)

    def names(self) -> frozenset[str]:
        """What it refers to: `{"grade", "attributes.vip"}`."""
        return frozenset(map(str, tree.names(self.root)))

    def holds(self, values: Mapping[str, object]) -> bool:
        """`values` may nest: `attributes.vip` is `values["attributes"]["vip"]`. Never raises."""
        return truth.holds(self.root, values)

    def explain(self, values: Mapping[str, object]) -> tuple[Clause, ...]:
        """Every part with its truth, the whole first, each before what it consists of."""
        return tuple(_clauses(self.root, values, 0))


def _clauses(node: tree.Node, values: Mapping[str, object], depth: int) -> Iterator[Clause]:
    within = tree.parts(node)
    found = {} if within else {str(name): truth.value_of(name, values) for name in tree.names(node)}
    yield Clause(str(node), depth, truth.holds(node, values), found)
    for part in within:
        yield from _clauses(part, values, depth + 1)
