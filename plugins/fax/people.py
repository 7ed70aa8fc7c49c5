"""Whose numbers are, as the hub said last: so that a customer who is erased leaves none behind."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final, TypeVar

from sqlalchemy import Connection, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from hub.api import Contact, Event, MessageKind, Overloaded, PluginStore
from plugins.fax.settings import NAME
from plugins.fax.states import ENDS, RecipientState
from plugins.fax.tables import calls, jobs, people, recipients

Said = TypeVar("Said")
MOST_OPEN: Final = 1_000
_WAITING: Final = (RecipientState.WAITING.value, RecipientState.STARTING.value)


class People:
    """Of one site. Who writes by fax is known from the hub's events, who is written to from its question before."""

    def __init__(self, store: PluginStore) -> None:
        self._store = store
        # of one fax that came in, whichever is told first waits for the other: the number, or the customer
        self._numbers: dict[int, str] = {}
        self._customers: dict[int, int] = {}

    async def asked(self, contact: Contact) -> None:
        """A fax is about to go to somebody. A database that is away must not stop it."""
        customer = contact.customer_id
        if contact.channel == NAME and customer is not None:
            with suppress(Overloaded):
                await self._store.write(lambda conn: belongs(conn, contact.to.value, customer))

    async def came(self, raw: int, number: str) -> None:
        """What was handed in under this name came from this number."""
        if number:
            _remember(self._numbers, raw, number)
            await self._matched(raw)

    async def observe(self, event: Event) -> None:
        """Whose what came in is."""
        raw = event.data.get("raw")
        if event.customer_id is not None and isinstance(raw, int) and event.data.get("kind") == MessageKind.FAX:
            _remember(self._customers, raw, event.customer_id)
            await self._matched(raw)

    async def merge(self, kept: int, gone: int) -> None:
        """Two customers are one."""
        theirs = update(people).where(people.c.customer_id == gone).values(customer_id=kept)
        await self._store.write(lambda conn: conn.execute(theirs))

    async def erase(self, customer: int, known: Sequence[str] = ()) -> None:
        """Forget the numbers of a customer; `known` are those the hub had of them."""
        await self._store.write(lambda conn: erase(conn, customer, datetime.now(UTC), known))

    async def _matched(self, raw: int) -> None:
        if raw in self._numbers and raw in self._customers:
            number, customer = self._numbers.pop(raw), self._customers.pop(raw)
            with suppress(Overloaded):
                await self._store.write(lambda conn: belongs(conn, number, customer))


def belongs(conn: Connection, number: str, customer: int) -> None:
    """From now on."""
    insert_into = postgresql.insert if conn.dialect.name == "postgresql" else sqlite.insert
    row = insert_into(people).values(number=number[:100], customer_id=customer)
    conn.execute(row.on_conflict_do_update(index_elements=["number"], set_={"customer_id": customer}))


def erase(conn: Connection, customer: int, now: datetime, known: Sequence[str] = ()) -> None:
    """Their numbers and names go from the log, the faxes and the lists; that there were such faxes stays. What waits to
    be sent to them is not."""
    theirs = conn.execute(select(people.c.number).where(people.c.customer_id == customer)).scalars()
    numbers = list({*theirs, *known})
    sent = list(conn.execute(select(jobs.c.message_id).where(jobs.c.number.in_(numbers))).scalars())
    _from_lists(conn, numbers, sent)
    conn.execute(update(calls).where(calls.c.number.in_(numbers)).values(number="", station=""))
    open_ones = (jobs.c.number.in_(numbers), jobs.c.state.not_in([str(state) for state in ENDS]))
    conn.execute(update(jobs).where(*open_ones).values(give_up_at=now))
    conn.execute(update(jobs).where(jobs.c.number.in_(numbers)).values(number=""))
    conn.execute(delete(people).where(people.c.customer_id == customer))


def _from_lists(conn: Connection, numbers: Sequence[str], messages: Sequence[int]) -> None:
    theirs = or_(recipients.c.number.in_(numbers), recipients.c.message_id.in_(messages))
    waiting = update(recipients).where(theirs, recipients.c.state.in_(_WAITING))
    conn.execute(waiting.values(state=RecipientState.CANCELLED))
    conn.execute(update(recipients).where(theirs).values(number="", name=""))


def _remember(within: dict[int, Said], raw: int, said: Said) -> None:
    within[raw] = said
    while len(within) > MOST_OPEN:
        del within[next(iter(within))]
