"""A failing statement is logged without the words of customers that were in it."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import IntegrityError

from hub.store.database import Store
from hub.store.tables import departments
from hub.store.unit import Tx

SECRET = "what a customer wrote"  # no password: the words that must not show


async def test_an_error_of_the_database_hides_what_was_to_be_stored(store: Store) -> None:
    def twice(tx: Tx) -> None:
        row = {"id": 1, "name": SECRET}
        tx.conn.execute(departments.insert(), row)
        tx.conn.execute(departments.insert(), row)

    with pytest.raises(IntegrityError) as raised:
        await store.write(twice)
    assert SECRET not in str(raised.value)
