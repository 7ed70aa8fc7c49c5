"""Parts of one thing are joined before anybody sees it; what is still missing when time runs out is marked."""

from dataclasses import replace

from sqlalchemy import delete, insert, select

from hub.api import Inbound, Part
from hub.pipeline import wire
from hub.store import raws, timers
from hub.store.rows import Row, many
from hub.store.tables import parts
from hub.store.unit import Tx

TIMER = "parts"
GAP = "[…]"


def whole(tx: Tx, inbound: Inbound, account_id: int, raw_id: int) -> Inbound | None:
    """The input itself, or all its parts joined; None while parts are missing."""
    part = inbound.part
    if part is None or part.total < 2:
        return inbound
    _keep(tx, inbound, part, account_id, raw_id)
    rows = _rows(tx, account_id, part.key)
    if len({row["position"] for row in rows}) < part.total:
        return None
    raws.belong(tx, [row["raw_id"] for row in rows], raw_id)
    return _join(tx, account_id, part.key, rows, part.total)


def given_up(tx: Tx, account_id: int, key: str) -> tuple[Inbound, int] | None:
    """Time ran out: what there is, with the gaps marked, and the raw input it came with; None when it was complete."""
    rows = _rows(tx, account_id, key)
    if not rows:
        return None
    raws.belong(tx, [row["raw_id"] for row in rows], rows[0]["raw_id"])
    return _join(tx, account_id, key, rows, rows[0]["total"]), rows[0]["raw_id"]


def _keep(tx: Tx, inbound: Inbound, part: Part, account_id: int, raw_id: int) -> None:
    rows = _rows(tx, account_id, part.key)
    for row in rows:
        if row["position"] == part.index:
            raws.belong(tx, [raw_id], row["raw_id"])
            return
    expires_at = rows[0]["expires_at"] if rows else wire.after(tx.now, part.timeout)
    values = {
        "account_id": account_id,
        "key": part.key,
        "position": part.index,
        "total": part.total,
        "raw_id": raw_id,
        "content": wire.to_document(replace(inbound, part=None)),
        "expires_at": expires_at,
    }
    tx.conn.execute(insert(parts).values(values))
    if not rows:
        payload = {"account": account_id, "key": part.key}
        timers.schedule(tx, timers.CORE, TIMER, expires_at, payload, key=f"{account_id}:{part.key}"[:200])


def _join(tx: Tx, account_id: int, key: str, rows: list[Row], total: int) -> Inbound:
    tx.conn.execute(delete(parts).where(parts.c.account_id == account_id, parts.c.key == key))
    timers.cancel(tx, timers.CORE, TIMER, f"{account_id}:{key}"[:200])
    pieces = {row["position"]: wire.from_document(row["content"]) for row in rows}
    first = pieces[min(pieces)]
    text = "".join(pieces[place].text if place in pieces else GAP for place in range(total))
    files = tuple(file for place in sorted(pieces) for file in pieces[place].attachments)
    return replace(first, text=text, attachments=files)


def _rows(tx: Tx, account_id: int, key: str) -> list[Row]:
    same = (parts.c.account_id == account_id, parts.c.key == key)
    return many(tx.conn, select(parts).where(*same).order_by(parts.c.position))
