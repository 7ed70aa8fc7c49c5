"""What is offered to an agent, in the order in which they should look at it."""

from __future__ import annotations

from hub.pipeline import offer, presence
from hub.pipeline.offer import Proposal
from hub.store import work
from hub.store.database import Store
from hub.store.tables import users
from hub.store.unit import Tx
from tests.web.conversations import insert_account, insert_interaction, insert_queue
from tests.web.people import People


async def test_who_is_there_now_is_shown_before_what_can_wait(people: People, store: Store) -> None:
    """The inbox shows three and counts the rest: a ringing call must not be among these."""
    agent = people.ids.users["agent"]

    def offered(tx: Tx, queue: int, account: int, medium: str, kind: str) -> int:
        made = insert_interaction(tx, account, queue, people.ids.sales, state="QUEUED", medium=medium)
        row = {"kind": kind, "interaction_id": made, "medium": medium, "channel": "x"}
        found = work.queue(tx.conn, queue)
        assert found is not None
        waiting = work.enqueue(tx, found, row)
        offer.make(tx, [Proposal(waiting, agent, 30.0, {})])
        return made

    def offers(tx: Tx) -> list[int]:
        queue = insert_queue(tx, people.ids.sales, "orders")
        account = insert_account(tx, queue, people.ids.sales)
        capacity = {"DEFERRED": 5, "LIVE_TEXT": 2}
        tx.conn.execute(users.update().where(users.c.id == agent).values(capacity=capacity))
        presence.choose(tx, agent, "READY")
        order = [
            ("DEFERRED", "interaction"),
            ("LIVE_TEXT", "callback"),
            ("DEFERRED", "interaction"),
            ("LIVE_TEXT", "interaction"),
        ]
        return [offered(tx, queue, account, medium, kind) for medium, kind in order]

    mail, callback, other_mail, chat = await store.write(offers)
    shown = (await (await people.client("agent")).get("/offers")).json()["items"]
    assert [each["interaction"]["id"] for each in shown] == [chat, mail, callback, other_mail]
