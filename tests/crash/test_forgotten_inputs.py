"""What a node has stored and nobody holds is taken up: once, and nothing that a lane or another node has."""

from __future__ import annotations

from typing import Any, cast

from hub.api import Raw
from hub.pipeline.intake import Intake
from hub.pipeline.receive import Stored
from hub.store import raws
from hub.store.database import Store
from hub.store.raws import NewRaw
from hub.store.unit import Tx
from tests.web.conversations import insert_account, insert_queue

NOBODY = cast("Any", None)


def store_inputs(tx: Tx, nodes: list[str]) -> list[int]:
    """One input for each of these nodes, of the same account."""
    account = insert_account(tx, insert_queue(tx, None, "desk"), None)
    new = NewRaw("toy", account, None, b"?", {})
    return [raw_id for node in nodes for raw_id in raws.add_all(tx, [new], node)]


async def test_only_what_nobody_holds_is_taken_up_and_only_once(store: Store) -> None:
    nodes = [store.node, store.node, "another"]
    held, _forgotten, _others = await store.write(lambda tx: store_inputs(tx, nodes))
    intake = Intake(store, NOBODY, NOBODY, NOBODY)  # its lanes stand still
    intake.hand_on(Stored(held, 1, Raw(b"?")))
    await intake.look()
    assert intake.waiting() == 1, "what was just committed is about to be handed on"
    await intake.look()
    assert intake.waiting() == 2
    await intake.look()
    assert intake.waiting() == 2
