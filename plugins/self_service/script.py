"""A script: read from YAML, every mistake with its line and column, or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path as File
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from plugins.self_service import checks, marks
from plugins.self_service.head import Head
from plugins.self_service.marks import Complaint, Document, Path, ScriptError
from plugins.self_service.nodes import KINDS, Node


@dataclass(frozen=True, slots=True)
class Script:
    """`folder` is where the files of its `send` nodes are."""

    head: Head
    nodes: Mapping[str, Node]
    warnings: tuple[Complaint, ...] = ()
    folder: File = File()

    @property
    def name(self) -> str:
        return self.head.flow

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.head.zone)


def load(path: File) -> Script:
    """From a file. Raises ScriptError, OSError."""
    return parse(path.read_text(encoding="utf-8"), path.name, path.parent)


def parse(text: str, file: str = "flow.yaml", folder: File = File()) -> Script:
    """Raises ScriptError with all that is wrong."""
    document = marks.read(text, file)
    head = _model(Head, document, ())
    nodes, complaints = _nodes(document)
    if isinstance(head, list) or complaints:
        raise ScriptError([*(head if isinstance(head, list) else ()), *complaints])
    found = [*checks.complaints(head, nodes, document)]
    if wrong := [each for each in found if not each.warning]:
        raise ScriptError(wrong)
    return Script(head, nodes, tuple(sorted(found)), folder)


def _nodes(document: Document) -> tuple[dict[str, Node], list[Complaint]]:
    nodes: dict[str, Node] = {}
    complaints: list[Complaint] = []
    said = document.data.get("nodes") if isinstance(document.data, dict) else None
    for name, table in said.items() if isinstance(said, dict) else ():
        path: Path = ("nodes", name)
        kind = KINDS.get(str(table.get("do"))) if isinstance(table, dict) else None
        if kind is None:
            known = ", ".join(KINDS)
            complaints.append(document.complain((*path, "do"), f"A node says what it does: `do:` one of {known}."))
            continue
        node = _model(kind, document, path)
        if isinstance(node, list):
            complaints += node
        else:
            nodes[name] = node
    return nodes, complaints


def _model(model: type[Any], document: Document, path: Path) -> Any:
    """The model, or what is wrong with it."""
    data = document.data
    for part in path:
        data = data[part]
    try:
        return model.model_validate(data)
    except ValidationError as error:
        wrong = error.errors(include_input=False, include_url=False)
        return [_complaint(document, path, each, model) for each in wrong]


def _complaint(document: Document, path: Path, error: Any, model: type[Any]) -> Complaint:
    within: Path = tuple(part for part in error["loc"] if not _is_branch(part))
    name = within[-1] if within else ""
    if error["type"] == "extra_forbidden":
        keys = ", ".join(field.alias or key for key, field in model.model_fields.items()) if len(within) == 1 else ""
        sentence = f"There is no key `{name}` here" + (f"; there are {keys}." if keys else ".")
        return document.complain((*path, *within[:-1], f"{name}:"), sentence)
    if error["type"] == "missing":
        return document.complain((*path, *within[:-1]), f"`{name}` is missing here.")
    if error["type"] in {"model_type", "dict_type", "model_attributes_type"}:
        return document.complain((*path, *within), "Keys with values are expected here.")
    return document.complain((*path, *within), f"`{name}`: {error['msg'].removeprefix('Value error, ')}.")


def _is_branch(part: str | int) -> bool:
    """Pydantic names which member of a union it tried; no key of ours is called so."""
    return isinstance(part, str) and (part in {"str", "[key]"} or part.startswith(("dict[", "constrained-str")))
