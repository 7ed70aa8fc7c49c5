"""An agent's limit holds however many hub processes reach for them at once."""

from __future__ import annotations

import asyncio
from pathlib import Path

from sqlalchemy import func, insert, select

from hub.model.states import OFFER_OPEN
from hub.pipeline import offer
from hub.pipeline.offer import Proposal
from hub.store import work
from hub.store.database import Store
from hub.store.tables import offers, presence, queues, users
from hub.store.unit import Tx

AGENT_LIMIT = 3
AT_ONCE = 12


def prepare(tx: Tx) -> tuple[int, list[int]]:
    """One agent who takes three chats at once, and twelve pieces of work that wait."""
    row = {"login": "ann", "name": "Ann", "password_hash": "", "roles": ["agent"], "created_at": tx.now}
    user = int(tx.conn.execute(insert(users).values(**row).returning(users.c.id)).scalar_one())
    tx.conn.execute(insert(presence).values(user_id=user, state="READY", since=tx.now))
    tx.conn.execute(insert(queues).values(key="desk", name="Desk"))
    desk = work.first_queue(tx.conn)
    assert desk is not None
    return user, [work.enqueue(tx, desk, {"kind": "chat", "medium": "LIVE_TEXT"}) for _ in range(AT_ONCE)]


async def test_two_processes_that_offer_at_once_never_fill_more_than_there_is_room_for(
    postgresql_url: str, tmp_path: Path
) -> None:
    key = tmp_path / "site.key"
    nodes = [await Store.open(postgresql_url, key_file=key, node=name) for name in ("a", "b")]
    try:
        user, works = await nodes[0].write(prepare)
        made = await asyncio.gather(
            *(
                node.write(lambda tx, number=number: offer.make(tx, [Proposal(number, user, 30.0, {})]))  # type: ignore[misc]  # mypy does not infer a lambda with a default
                for number in works
                for node in nodes
            )
        )
        assert sum(each != [None] for each in made) == AGENT_LIMIT
        standing = select(func.count(), func.count(offers.c.work_id.distinct())).where(offers.c.state.in_(OFFER_OPEN))
        assert await nodes[1].read(lambda conn: tuple(conn.execute(standing).one())) == (AGENT_LIMIT, AGENT_LIMIT)
    finally:
        await asyncio.gather(*(node.close() for node in nodes))
