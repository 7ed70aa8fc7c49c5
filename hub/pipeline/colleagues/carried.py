"""What an agent has begun goes with the work: the note they were writing and the forms they had open.

Both are their draft, which their screen keeps on the server as they type. So it does not matter who passes the work on
(the inbox, the transfer key of a desk phone), nor which node hears of it; and what is not taken needs no way back, for
the draft is still the giver's.
"""

from collections.abc import Mapping
from typing import Any

from hub.model.actor import Actor
from hub.store import drafts, work
from hub.store.rows import Row
from hub.store.unit import Tx

KEY = "carried"
PARTS = ("kind", "text", "fields", "forms")  # not the files: who uploaded them attaches them


def begun(tx: Tx, user_id: int, interaction_id: int) -> dict[str, Any]:
    """What this user has begun there, as the payload of work; {} when nothing."""
    draft = drafts.get_draft(tx.conn, user_id, interaction_id) or {}
    return {KEY: {part: draft[part] for part in PARTS if draft.get(part)}} if _says(draft) else {}


def along(tx: Tx, actor: Actor, interaction: Row) -> Row:
    """What the actor has begun goes with the work that stands for it now, to whoever takes it; the interaction."""
    row = work.open_for(tx.conn, interaction["id"])
    mine = begun(tx, actor.user_id, interaction["id"])
    if row is not None and mine and row["user_id"] != actor.user_id:
        work.change(tx, row, payload={**row["payload"], **mine})
        if row["user_id"] is not None:
            handed(tx, {**row, "payload": mine}, row["user_id"])
    return interaction


def handed(tx: Tx, row: Row, user_id: int) -> None:
    """The work is theirs: what came with it is their draft from now on, unless they have begun something themselves."""
    carried = row["payload"].get(KEY)
    if carried and not _says(drafts.get_draft(tx.conn, user_id, row["interaction_id"]) or {}):
        drafts.put_draft(tx, user_id, row["interaction_id"], carried)


def _says(draft: Mapping[str, Any]) -> bool:
    return bool(draft.get("text", "").strip() or draft.get("forms"))
