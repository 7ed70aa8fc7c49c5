"""Whatever a rule may ask for is there to be asked: documented names, filled from the store, on both databases."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import insert, update

from hub.pipeline import demand
from hub.store import interactions
from hub.store import work as works
from hub.store.database import Store
from hub.store.tables import customers, site
from hub.store.unit import Tx
from tests.web.conversations import insert_account, insert_customer, insert_interaction, insert_queue
from tests.web.people import People

GUIDE = (Path(__file__).parents[2] / "docs/routing.md").read_text(encoding="utf-8")
CONDITIONS = {
    "channel": 'channel == "toy"',
    "medium": 'medium in ["DEFERRED"]',
    "account": 'account starts with "door-"',
    "queue": 'queue == "orders"',
    "language": 'language == "zh"',
    "subject": 'subject contains "boiler"',
    "priority": "priority == 3",
    "customer.name": 'customer.name == "王伟"',
    "customer.kind": 'customer.kind == "PERSON"',
    "customer.language": 'customer.language == "zh"',
    "customer.attributes.…": 'customer.attributes.vip and customer.attributes["credit grade"] == "A"',
    "attributes.…": 'attributes.choice == "2"',
    "returning": "returning",
}


def waits(tx: Tx, people: People) -> tuple[int, int]:
    """A good customer who was here before, has pressed 2, and writes to an account of the queue."""
    queue = insert_queue(tx, people.ids.sales, "orders")
    account = insert_account(tx, queue, people.ids.sales)
    customer = insert_customer(tx, "王伟")
    known = {"language": "zh", "attributes": {"vip": True, "credit grade": "A"}}
    tx.conn.execute(update(customers).where(customers.c.id == customer).values(**known))
    insert_interaction(tx, account, queue, people.ids.sales, customer_id=customer)
    values = {"customer_id": customer, "language": "zh", "subject": "My boiler", "priority": 3}
    return queue, insert_interaction(tx, account, queue, people.ids.sales, attributes={"choice": "2"}, **values)


@pytest.mark.parametrize("name", CONDITIONS)
async def test_a_rule_can_ask_for_it(store: Store, people: People, name: str) -> None:
    rules = [{"name": "It holds", "when": CONDITIONS[name], "priority": 7}]
    rules.append({"name": "It does not", "when": f"not ({CONDITIONS[name]})", "priority": 100})

    def asked(tx: Tx) -> demand.Demand:
        tx.conn.execute(insert(site).values(key="routing", value={"rules": rules}))
        queue_id, interaction = waits(tx, people)
        queue = works.queue(tx.conn, queue_id)
        assert queue is not None
        return demand.of(tx, interactions.locked(tx, interaction), queue, chosen=False)

    found = await store.write(asked)
    assert (found.rules, found.priority) == (("It holds",), 3 + 7)


def test_each_name_that_is_documented_is_tried_and_no_other() -> None:
    sentence = GUIDE[GUIDE.index("A condition may ask for ") :].split("Besides the rules")[0]
    assert set(re.findall(r"`([a-z.…]+)`", sentence)) == set(CONDITIONS)
