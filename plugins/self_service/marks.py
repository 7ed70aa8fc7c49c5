"""YAML with its places: what stands where, so that every mistake can be pointed at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

Path = tuple[str | int, ...]
MOST_CHARACTERS, MOST_NODES, DEEPEST = 500_000, 50_000, 24


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Line and column, from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True, order=True)
class Complaint:
    """One mistake in one sentence. A `warning` does not keep a script from working."""

    file: str
    place: Place
    sentence: str
    warning: bool = False

    def __str__(self) -> str:
        kind = "warning: " if self.warning else ""
        return f"{self.file}:{self.place.line}:{self.place.column}: {kind}{self.sentence}"


class ScriptError(ValueError):
    """What keeps a script from working, in the order of the file."""

    def __init__(self, complaints: list[Complaint]) -> None:
        self.complaints = sorted(complaints)
        super().__init__("\n".join(map(str, self.complaints)))


@dataclass(frozen=True, slots=True)
class Document:
    """`data` as YAML says it; numbers whose written form matters (007, 1_000) stay texts. `places` by path."""

    file: str
    data: Any
    places: Mapping[Path, Place]

    def complain(self, path: Path, sentence: str, offset: int = 0, *, warning: bool = False) -> Complaint:
        """About what stands at this path, or else about the nearest thing it would be in."""
        while path and path not in self.places:
            path, offset = path[:-1], 0
        place = self.places.get(path, Place(1, 1))
        return Complaint(self.file, Place(place.line, place.column + offset), sentence, warning)


@dataclass(slots=True)
class _Reader:
    file: str
    loader: yaml.SafeLoader
    places: dict[Path, Place] = field(default_factory=dict)
    complaints: list[Complaint] = field(default_factory=list)
    read: int = 0

    def value(self, node: yaml.Node, path: Path) -> Any:
        """Raises ScriptError for what is too much of a good thing."""
        self.read += 1
        self.places.setdefault(path, _place(node.start_mark, isinstance(node, yaml.ScalarNode) and bool(node.style)))
        if self.read > MOST_NODES or len(path) > DEEPEST:
            raise ScriptError([Complaint(self.file, self.places[path], "The script is too large or too deep.")])
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(each, (*path, number)) for number, each in enumerate(node.value)]
        return self.scalar(node)

    def mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in node.value:
            name = str(key.value) if isinstance(key, yaml.ScalarNode) else "?"
            if name in found:
                self.complaints.append(Complaint(self.file, _place(key.start_mark), f"`{name}` stands here twice."))
            self.places[(*path, f"{name}:")] = _place(key.start_mark)
            found[name] = self.value(value, (*path, name))
        return found

    def scalar(self, node: yaml.Node) -> Any:
        try:
            value = self.loader.construct_object(node)
        except (ValueError, yaml.YAMLError):
            return node.value
        if isinstance(value, bool | int | float) and str(value).lower() != node.value.lower():
            return node.value  # `yes`, 007 and 1_000 mean what stands there
        return value if value is None or isinstance(value, bool | int | float) else node.value


def read(text: str, file: str) -> Document:
    """Raises ScriptError."""
    if len(text) > MOST_CHARACTERS:
        raise ScriptError([Complaint(file, Place(1, 1), "The script is too large or too deep.")])
    try:
        loader = yaml.SafeLoader(text)
        root = loader.get_single_node()
        reader = _Reader(file, loader)
        data = reader.value(root, ()) if root is not None else None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = _place(mark) if mark else Place(1, 1)
        raise ScriptError([Complaint(file, place, f"This is not YAML: {error.problem or error.context}.")]) from None
    except (yaml.YAMLError, RecursionError) as error:
        raise ScriptError([Complaint(file, Place(1, 1), f"This is not YAML: {type(error).__name__}.")]) from None
    if reader.complaints:
        raise ScriptError(reader.complaints)
    return Document(file, data, reader.places)


def _place(mark: Any, quoted: bool = False) -> Place:
    """Of a quoted text the first character within the quotes."""
    return Place(mark.line + 1, mark.column + 1 + quoted)
