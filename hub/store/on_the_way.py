"""What whoever passes work on had begun (their words), in its payload for as long as it is on its way to somebody."""

from typing import Any

from hub.store.rows import Row

CARRIED = "carried"


def arrived(row: Row) -> dict[str, Any]:
    """The columns of the work that forget it: its taker has it as their draft by now, or nobody took it."""
    payload = row.get("payload") or {}
    return {"payload": {key: said for key, said in payload.items() if key != CARRIED}} if CARRIED in payload else {}
