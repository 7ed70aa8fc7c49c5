"""Where in a TOML file a key stands. The standard parser forgets the lines; people need them to mend a mistake."""

import re
from collections import Counter
from collections.abc import Iterator

_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"""^\s*(["']?[\w.-]+["']?)\s*=""")
Place = tuple[str | int, ...]


def lines(text: str) -> dict[Place, int]:
    """Line numbers (from 1) by path: ("accounts", 1, "queue") is the second [[accounts]]'s queue."""
    found: dict[Place, int] = {}
    for number, place in _places(text):
        found.setdefault(place, number)
    return found


def nearest(known: dict[Place, int], place: Place) -> int | None:
    """The line of the place, or of the closest thing around it."""
    while place:
        if place in known:
            return known[place]
        place = place[:-1]
    return None


def _places(text: str) -> Iterator[tuple[int, Place]]:
    counts: Counter[Place] = Counter()
    header: Place = ()
    for number, line in enumerate(text.splitlines(), 1):
        if match := _HEADER.match(line):
            header = _opened(match[2], match[1] == "[[", counts)
            yield number, header
        elif match := _KEY.match(line):
            yield number, (*header, *_parts(match[1]))


def _opened(name: str, array: bool, counts: Counter[Place]) -> Place:
    place: Place = ()
    parts = _parts(name)
    for position, part in enumerate(parts):
        place = (*place, part)
        last = position == len(parts) - 1
        if array and last:
            counts[place] += 1
        if counts[place]:
            place = (*place, counts[place] - 1)
    return place


def _parts(name: str) -> list[str]:
    return [part.strip().strip("\"'") for part in name.split(".")]
