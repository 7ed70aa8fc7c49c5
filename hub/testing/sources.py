"""What a plugin's source imports, read without running it."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType


def folder_of(plugin: ModuleType) -> Path:
    """The plugin's package folder, or its one file."""
    assert plugin.__file__ is not None, f"{plugin.__name__} has no file"
    path = Path(plugin.__file__)
    return path.parent if path.name == "__init__.py" else path


def files_of(plugin: ModuleType) -> list[Path]:
    """Its Python files, its own tests left out."""
    root = folder_of(plugin)
    if root.is_file():
        return [root]
    return [path for path in sorted(root.rglob("*.py")) if "tests" not in path.relative_to(root).parts]


@cache  # a plugin of several channels is read once
def imports_of(plugin: ModuleType) -> tuple[tuple[str, str], ...]:
    """(file and line, imported module) of every import, however deep inside a function."""
    return tuple(_imports(plugin))


def _imports(plugin: ModuleType) -> Iterator[tuple[str, str]]:
    for path in files_of(plugin):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
            for module in _imported(node):
                yield f"{path.name}:{node.lineno}", module  # type: ignore[attr-defined]  # imports are statements


def forbidden(module: str, plugin: str) -> bool:
    """Whether a plugin may not import this: our rooms other than hub.api, and other plugins beside it."""
    if module == "hub" or module.startswith("hub."):
        return module != "hub.api" and not module.startswith("hub.api.")
    package = plugin.rpartition(".")[0]
    beside = bool(package) and module.startswith(f"{package}.")
    return beside and module != plugin and not module.startswith(f"{plugin}.")


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
        # `from hub import store` imports hub.store
        return [node.module] if node.module != "hub" else [f"hub.{alias.name}" for alias in node.names]
    return []
