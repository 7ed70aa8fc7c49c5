"""What a dialogue remembers between two answers: small, and JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from hub.api import Json

MOST = 4_000  # characters kept of one answer


@dataclass(slots=True)
class Memory:
    """`at` is the node that waits for an answer, `tries` how often it asked in vain, `values` what was found out."""

    at: str = ""
    tries: int = 0
    language: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    attributes: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, state: Json) -> Memory:
        """As the hub kept it; anything else begins anew."""
        given: dict[str, Any] = state if isinstance(state, dict) else {}
        return cls(**{name: value for name, value in given.items() if name in FIELDS})

    def as_json(self) -> Json:
        return asdict(self)


FIELDS = frozenset(Memory.__dataclass_fields__)
