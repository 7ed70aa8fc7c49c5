"""The customers' mails in the plugin's own table: what came, what was sent, newest kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import Connection

KEPT = 5_000
"""So many of all mails stay: simulated customers write for as long as somebody lets them."""

table = sa.Table(
    "demo_mails",
    sa.MetaData(),
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    sa.Column("box", sa.String(320), nullable=False),
    sa.Column("own", sa.Boolean, nullable=False),
    sa.Column("peer", sa.String(320), nullable=False),
    sa.Column("subject", sa.String(1000), nullable=False),
    sa.Column("raw", sa.LargeBinary, nullable=False),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("seen", sa.Boolean, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a mailbox. `own`: the customer wrote it, to `peer`; else `peer` did. `at`: Unix time in ms."""

    id: int
    box: str
    own: bool
    peer: str
    subject: str
    at: int
    seen: bool


_LINE = (table.c.id, table.c.box, table.c.own, table.c.peer, table.c.subject, table.c.at, table.c.seen)


def add(conn: Connection, *, box: str, own: bool, peer: str, subject: str, raw: bytes, at: int) -> int:
    """Put a mail into a box; returns its id. The oldest of all go when there are too many."""
    values = {"box": fold(box), "own": own, "peer": peer[:320], "subject": subject[:1000], "raw": raw, "at": at}
    stored: int = conn.execute(sa.insert(table).values(**values, seen=own).returning(table.c.id)).scalar_one()
    conn.execute(sa.delete(table).where(table.c.id <= stored - KEPT))
    return stored


def box(conn: Connection, address: str, limit: int = 100) -> Sequence[Entry]:
    """The newest mails of one address, newest first."""
    wanted = sa.select(*_LINE).where(table.c.box == fold(address)).order_by(table.c.id.desc()).limit(limit)
    return [Entry(*row) for row in conn.execute(wanted)]


def read(conn: Connection, mail: int) -> tuple[Entry, bytes] | None:
    """One mail with its bytes."""
    row = conn.execute(sa.select(*_LINE, table.c.raw).where(table.c.id == mail)).first()
    return (Entry(*row[:-1]), bytes(row[-1])) if row else None


def mark_seen(conn: Connection, mail: int) -> None:
    """It was opened."""
    conn.execute(sa.update(table).where(table.c.id == mail).values(seen=True))


def fold(address: str) -> str:
    """Addresses of the demo do not care for case."""
    return address.strip().lower()[:320]
