"""A thing somebody else's record points at: enough to show it and to go there."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Named:
    """Its id and the name to show."""

    id: int
    name: str
