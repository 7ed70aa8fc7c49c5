"""The one kind of state table every concept uses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Generic, TypeVar

from hub.model.errors import Conflict

S = TypeVar("S", bound=StrEnum)


class IllegalTransition(Conflict):
    """A change of state that its table does not allow."""

    code = "ILLEGAL_TRANSITION"
    line = "It is no longer in a state that allows this."

    def __init__(self, before: StrEnum, after: StrEnum) -> None:
        self.before = before
        self.after = after
        super().__init__(f"{type(before).__name__}: {before} cannot become {after}")


class Transitions(Generic[S]):
    """Which state may follow which. Staying as one is never a transition."""

    def __init__(self, table: Mapping[S, Iterable[S]]) -> None:
        self._table = {state: frozenset(after) for state, after in table.items()}

    def after(self, state: S) -> frozenset[S]:
        return self._table.get(state, frozenset())

    def before(self, state: S) -> frozenset[S]:
        """The states `state` can be entered from: the `WHERE state IN (…)` of a compare-and-swap."""
        return frozenset(origin for origin, after in self._table.items() if state in after)

    def allows(self, before: S, after: S) -> bool:
        return after in self.after(before)

    def check(self, before: S, after: S) -> None:
        """Raises IllegalTransition unless `before` may become `after`."""
        if not self.allows(before, after):
            raise IllegalTransition(before, after)

    def is_final(self, state: S) -> bool:
        return not self.after(state)
