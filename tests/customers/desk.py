"""A desk with customers for the tests of this folder: short names for what a supervisor does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert, select

from hub.api import Address
from hub.model.actor import Actor
from hub.model.customers import CustomerKind, NewCustomer, NewIdentity
from hub.model.permissions import Permission
from hub.store import customer_lists, customers, interactions
from hub.store.database import Store
from hub.store.identities import normalised
from hub.store.rows import inserted
from hub.store.tables import accounts, identities, users
from hub.store.unit import Tx


async def supervisor(store: Store) -> Actor:
    """Somebody who may do everything everywhere."""

    def work(tx: Tx) -> int:
        known = tx.conn.execute(select(users.c.id)).scalar()
        return known or inserted(tx.conn, insert(users).values(login="supervisor", name="Sun", created_at=tx.now))

    return Actor(await store.write(work), "Sun", frozenset(Permission), None)


async def customer(store: Store, name: str, *addresses: tuple[str, str], **more: Any) -> int:
    """A new customer with these (scheme, value) addresses; `shared=True` makes them everybody's."""
    shared = more.pop("shared", False)
    owned = tuple(NewIdentity(scheme, value, shared=shared) for scheme, value in addresses)
    new = NewCustomer(name=name, identities=owned, **more)
    return await store.write(lambda tx: customers.create_customer(tx, None, new))


async def organisation(store: Store, name: str) -> int:
    return await customer(store, name, kind=CustomerKind.ORGANISATION)


async def shown(store: Store, actor: Actor, customer_id: int) -> customer_lists.Customer:
    return await store.read(lambda conn: customer_lists.get_customer(conn, actor, customer_id))


async def addresses(store: Store, actor: Actor, customer_id: int) -> list[str]:
    return [identity.value for identity in (await shown(store, actor, customer_id)).identities]


async def interaction(store: Store, customer_id: int | None, sender: Address) -> int:
    """One that this customer (None: nobody knows who) began by writing from `sender`."""
    mine = identities.c.value == normalised(sender.scheme, sender.value)
    account = insert(accounts).values(channel="toy", scheme="tel", address="+8610")

    def work(tx: Tx) -> int:
        values: dict[str, Any] = {
            "channel": "toy",
            "medium": "DEFERRED",
            "account_id": tx.conn.execute(select(accounts.c.id)).scalar() or inserted(tx.conn, account),
            "customer_id": customer_id,
            "identity_id": tx.conn.execute(select(identities.c.id).where(mine)).scalar_one(),
            "reply_to": {"scheme": sender.scheme, "value": sender.value, "name": sender.name},
        }
        return int(interactions.create(tx, values)["id"])

    return await store.write(work)


async def interaction_row(store: Store, interaction_id: int) -> Mapping[str, Any]:
    found = await store.read(lambda conn: interactions.get(conn, interaction_id))
    assert found is not None
    return found
