"""Whether a database is at the newest revision, told without Alembic: importing it is an eighth of a start."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from sqlalchemy import Connection, column, inspect, select, table

# a plain assignment on one line, as Alembic writes them
_NAMED = re.compile(r"^(revision|down_revision)\b[^=\n]*=\s*(.+)$", re.MULTILINE)


def is_newest(conn: Connection, versions: Path, version_table: str) -> bool:
    """Whether nothing in the folder `versions` is left to do. What cannot be read for sure is False: ask Alembic."""
    newest = _newest(versions)
    return bool(newest) and newest == _recorded(conn, version_table)


def _newest(versions: Path) -> set[str]:
    """The revisions that no other builds on."""
    made: set[str] = set()
    built_on: set[str] = set()
    for script in versions.glob("*.py"):
        try:
            named = {name: ast.literal_eval(value) for name, value in _NAMED.findall(script.read_text("utf-8"))}
        except (SyntaxError, ValueError):
            return set()
        before = named.get("down_revision") or ()
        made |= {str(named["revision"])} if "revision" in named else set()
        built_on |= {before} if isinstance(before, str) else set(before)
    return made - built_on


def _recorded(conn: Connection, version_table: str) -> set[str]:
    if not inspect(conn).has_table(version_table):
        return set()
    return set(conn.scalars(select(column("version_num")).select_from(table(version_table))))
