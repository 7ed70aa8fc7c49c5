"""What plugins ask before they act: whether a contact may happen, of which template a text is, whose an account is."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from sqlalchemy import Connection

from hub.api import Contact, Filled, Refusal
from hub.model.filled import values_of
from hub.plugin.hooks import Hooks
from hub.store import access, admin_templates, identities, interactions, users
from hub.store.database import Store


async def may_contact(store: Store, hooks: Hooks, contact: Contact) -> Refusal | None:
    """The vetoes' answer to a contact a plugin makes by itself, asked as before `send`. They see whose it is."""
    whose = await store.read(lambda conn: _customer(conn, contact))
    return await hooks.veto(replace(contact, customer_id=whose))


def _customer(conn: Connection, contact: Contact) -> int | None:
    """As the conversation says, or else the address."""
    if contact.interaction_id is None:
        return identities.owner(conn, contact.to.scheme, contact.to.value)
    found = interactions.get(conn, contact.interaction_id)
    whose: int | None = found["customer_id"] if found else None
    return whose


def seen_accounts(conn: Connection, viewer: int, wanted: Collection[int]) -> frozenset[int]:
    """Those of the accounts that this user sees."""
    actor = users.load_actor(conn, viewer)
    return frozenset(wanted).intersection(access.account_ids(conn, actor)) if actor else frozenset()


def template(conn: Connection, account: int, text: str) -> Filled | None:
    """The first approved template of this account that the text was made from."""
    for one in admin_templates.approved(conn, account):
        values = values_of(one.text, text)
        if values is not None:
            return Filled(one.reference, one.language, values)
    return None
