"""Whoever changes a contact and its work locks the contact first: two nodes that meet there wait for each other."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, insert, select

from hub.model.actor import Actor
from hub.pipeline import conclude, offer, overflow, presence
from hub.pipeline.offer import Proposal
from hub.store import work
from hub.store.database import Store
from hub.store.tables import offers, users
from hub.store.unit import Tx
from tests.web.conversations import insert_account, insert_interaction, insert_queue

_LOCKS = re.compile(r"^UPDATE (\w+)|FROM (\w+).*FOR UPDATE", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Scene:
    """A chat that waits in one of two queues, or is offered to `agent`."""

    agent: Actor
    contact: int
    work: int
    other_queue: int

    @property
    def proposal(self) -> Proposal:
        return Proposal(self.work, self.agent.user_id, 30.0, {})


def _scene(tx: Tx) -> Scene:
    row = {"login": "ann", "name": "Ann", "password_hash": "", "roles": ["agent"], "created_at": tx.now}
    user = int(tx.conn.execute(insert(users).values(**row, capacity={}).returning(users.c.id)).scalar_one())
    presence.choose(tx, user, "READY")
    queue, other = insert_queue(tx, None, "desk"), insert_queue(tx, None, "back")
    contact = insert_interaction(tx, insert_account(tx, queue, None), queue, None, medium="LIVE_TEXT")
    desk = work.queue(tx.conn, queue)
    assert desk is not None
    waits = work.enqueue(tx, desk, {"kind": "interaction", "interaction_id": contact, "medium": "LIVE_TEXT"})
    return Scene(Actor(user, "Ann", frozenset(), None), contact, waits, other)


@contextmanager
def _locked() -> Iterator[list[str]]:
    """The tables whose rows are locked, in this order."""
    tables: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        if found := _LOCKS.search(statement):
            tables.append(found[1] or found[2])

    event.listen(Engine, "before_cursor_execute", note)
    yield tables
    event.remove(Engine, "before_cursor_execute", note)


def _offered(tx: Tx, scene: Scene) -> int:
    offer.make(tx, [scene.proposal])
    return int(tx.conn.execute(select(offers.c.id)).scalar_one())


def _made(tx: Tx, scene: Scene) -> None:
    assert offer.make(tx, [scene.proposal]) != [None]


def _accepted(tx: Tx, scene: Scene) -> None:
    assert offer.accept(tx, scene.agent, tx.conn.execute(select(offers.c.id)).scalar_one()) == scene.contact


def _rejected(tx: Tx, scene: Scene) -> None:
    offer.reject(tx, scene.agent, tx.conn.execute(select(offers.c.id)).scalar_one())


def _expired(tx: Tx, scene: Scene) -> None:
    assert presence.not_answered(tx, tx.conn.execute(select(offers.c.id)).scalar_one(), scene.agent.user_id)


def _closed(tx: Tx, scene: Scene) -> None:
    conclude.close(tx, scene.agent, scene.contact)


def _moved_on(tx: Tx, scene: Scene) -> None:
    assert overflow.move_on(tx, scene.work, "LONGEST_WAIT", scene.other_queue, "queue")


STEPS = [(_made,), (_offered, _accepted), (_offered, _rejected), (_offered, _expired), (_offered, _accepted, _closed),
         (_moved_on,)]  # fmt: skip


@pytest.mark.parametrize("steps", STEPS, ids=lambda steps: steps[-1].__name__)
async def test_a_contact_is_locked_before_its_work_and_both_before_who_has_it(
    postgresql_url: str, tmp_path: Path, steps: tuple[Callable[[Tx, Scene], object], ...]
) -> None:
    store = await Store.open(postgresql_url, key_file=tmp_path / "key")
    scene = await store.write(_scene)

    def work_on(tx: Tx) -> list[str]:
        for step in steps[:-1]:
            step(tx, scene)
        with _locked() as tables:
            steps[-1](tx, scene)
        return [each for each in dict.fromkeys(tables) if each in {"interactions", "offers", "work", "presence"}]

    order = await store.write(work_on)
    assert order[0] == "interactions", order
    assert "presence" not in order[:-1], order
    await store.close()
