"""A statement is compiled once a worker and not once a test: engines that differ in nothing but the database they reach
share what they have compiled. That was a quarter of what a test with a store costs."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Dialect, Engine, event
from sqlalchemy.util import LRUCache

STATEMENTS = 20_000  # all the project has
Shared = tuple[Dialect, LRUCache[Any, Any]]
_shared: dict[tuple[object, ...], Shared] = {}


def share() -> None:
    """From now on, for all engines of this process."""
    event.listen(Engine, "engine_connect", _join)


def _join(connection: Connection) -> None:
    """Compiled statements are kept by dialect, which by now knows its server: the first of its kind speaks for all."""
    engine = connection.engine
    ours = _shared.setdefault(_kind(engine.dialect), (engine.dialect, LRUCache(STATEMENTS)))
    engine.dialect, engine._compiled_cache = ours
    connection.dialect = engine.dialect


def _kind(dialect: Any) -> tuple[object, ...]:
    """What else a dialect carries: how it reads documents, and how its transactions begin (our own function does that,
    which has the word in its closure)."""
    begins = tuple(cell.cell_contents for cell in dialect.do_begin.__closure__ or ())
    documents = (dialect._json_serializer, dialect._json_deserializer)
    return type(dialect), dialect._on_connect_isolation_level, *documents, *begins
