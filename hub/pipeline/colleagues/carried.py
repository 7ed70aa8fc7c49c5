"""What an agent has begun goes with the work: the note they were writing and the forms they had open.

Both are their draft, which their screen keeps on the server as they type. So it does not matter who passes the work on
(the inbox, the transfer key of a desk phone), nor which node hears of it; and what is not taken needs no way back, for
the draft is still the giver's.
"""

from collections.abc import Mapping
from typing import Any

from hub.store import drafts, on_the_way, work
from hub.store.rows import Row
from hub.store.unit import Tx

PARTS = ("kind", "text", "fields", "forms")  # not the files: who uploaded them attaches them


def begun(tx: Tx, user_id: int, interaction_id: int) -> dict[str, Any]:
    """What this user has begun there, as the payload of work; {} when nothing."""
    draft = drafts.get_draft(tx.conn, user_id, interaction_id) or {}
    return {on_the_way.CARRIED: {part: draft[part] for part in PARTS if draft.get(part)}} if _says(draft) else {}


def along(tx: Tx, given: Row, interaction: Row) -> Row:
    """What its agent has begun, whoever passes it on, goes with the work that stands for it now, to whoever takes it.
    `given` is the interaction as they had it; returns it as it is now."""
    giver, row = given["agent_id"], work.open_for(tx.conn, interaction["id"])
    theirs = begun(tx, giver, interaction["id"]) if giver is not None else {}
    if row is None or not theirs or row["user_id"] == giver:
        return interaction
    if row["user_id"] is None:
        work.change(tx, row, payload={**row["payload"], **theirs})
    else:
        handed(tx, {**row, "payload": theirs}, row["user_id"])
    return interaction


def handed(tx: Tx, row: Row, user_id: int) -> None:
    """The work is theirs: what came with it is their draft from now on, unless they have begun something themselves."""
    carried = row["payload"].get(on_the_way.CARRIED)
    if carried and not _says(drafts.get_draft(tx.conn, user_id, row["interaction_id"]) or {}):
        drafts.put_draft(tx, user_id, row["interaction_id"], carried)


def _says(draft: Mapping[str, Any]) -> bool:
    return bool(draft.get("text", "").strip() or draft.get("forms"))
