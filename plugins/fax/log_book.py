"""Every fax call there was, in and out: the log of an account, and the attempts of one fax."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, RowMapping, insert, select

from plugins.fax.tables import calls


@dataclass(frozen=True, slots=True)
class Call:
    """One call. `direction` is IN or OUT; `code` and `text` say why it ended, `ok` whether every page came over."""

    account_id: int
    direction: str
    number: str
    began_at: datetime
    seconds: float
    ok: bool
    code: str
    text: str
    station: str = ""
    delivery_id: int | None = None
    message_id: int | None = None
    pages: int = 0
    pages_expected: int = 0
    bit_rate: int = 0
    ecm: bool = False
    t38: bool = False
    compression: str = ""
    bad_rows: int = 0


def note(conn: Connection, call: Call) -> None:
    """Write it down."""
    conn.execute(insert(calls).values(asdict(call)))


def attempts(conn: Connection, message_id: int) -> list[Call]:
    """Those made for one message, in order."""
    mine = select(calls).where(calls.c.message_id == message_id).order_by(calls.c.id)
    return [_call(row) for row in conn.execute(mine).mappings()]


def newest(conn: Connection, account_id: int, most: int = 100) -> list[Call]:
    """Of one account."""
    mine = select(calls).where(calls.c.account_id == account_id).order_by(calls.c.id.desc()).limit(most)
    return [_call(row) for row in conn.execute(mine).mappings()]


def _call(row: RowMapping) -> Call:
    at = row["began_at"]
    return Call(
        **{**{name: row[name] for name in Call.__slots__}, "began_at": at if at.tzinfo else at.replace(tzinfo=UTC)}
    )
