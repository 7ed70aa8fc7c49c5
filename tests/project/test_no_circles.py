"""No file of the hub or of a plugin imports another in a circle, not for its types alone either."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.slow
PLUGINS = sorted(each.parent for each in (ROOT / "plugins").glob("*/__init__.py"))


def name_of(file: Path, root: Path) -> str:
    """As it is imported."""
    return ".".join(file.relative_to(root).with_suffix("").parts).removesuffix(".__init__")


def imported(file: Path, known: set[str]) -> Iterator[str]:
    """The files it names, of those known; a name may be a file's or one that stands in it."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{each.name}" for each in node.names]
            yield from known.intersection(name if name in known else node.module for name in names)


def circle_in(files: list[Path], root: Path = ROOT) -> list[str]:
    """The first that is found; [] for none."""
    names = {name_of(file, root): file for file in files}
    sorter = TopologicalSorter({name: {*imported(file, {*names})} - {name} for name, file in names.items()})
    try:
        sorter.prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


@pytest.mark.parametrize("plugin", PLUGINS, ids=lambda each: str(each.name))
def test_no_file_of_a_plugin_imports_another_in_a_circle(plugin: Path) -> None:
    assert circle_in([file for file in plugin.rglob("*.py") if "tests" not in file.relative_to(plugin).parts]) == []


def test_no_file_of_the_hub_imports_another_in_a_circle() -> None:
    assert circle_in([*(ROOT / "hub").rglob("*.py")]) == []


def test_a_circle_is_found(tmp_path: Path) -> None:
    room = tmp_path / "room"
    room.mkdir()
    for name, text in {
        "a": "from room.b import B",
        "b": "from room import c",
        "c": "if X:\n    from room.a import A",
    }.items():
        (room / f"{name}.py").write_text(text, encoding="utf-8")
    assert sorted(set(circle_in([*room.glob("*.py")], tmp_path))) == ["room.a", "room.b", "room.c"]
    (room / "c.py").write_text("", encoding="utf-8")
    assert circle_in([*room.glob("*.py")], tmp_path) == []
