"""Who said what about texts to a number, kept as evidence; the newest word decides.

A number that said STOP is written to by no SMS account of the site until it says START, or an agent notes that the
customer wants texts again.
"""

from __future__ import annotations

import asyncio
import hmac
import time
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from hub.api import Context
from plugins.sms.consent.words import Wish
from plugins.sms.record.tables import consents

_DUE: Final = -1
_MOMENT: Final = 5.0
_LOOK_AGAIN: Final = 0.1
_VEIL: Final = "erased:"


class Source(StrEnum):
    """Where we have it from."""

    KEYWORD = "KEYWORD"
    AGENT = "AGENT"
    CARRIER = "CARRIER"
    IMPORT = "IMPORT"


@dataclass(frozen=True, slots=True)
class Consent:
    """One statement. `evidence` names what proves it (the far side's id of the text, a delivery, an agent's note)."""

    number: str
    account_id: int
    kind: Wish
    source: Source
    words: str = ""
    evidence: str = ""
    user_id: int | None = None
    user_name: str = ""
    customer_id: int | None = None


class Ledger:
    """The statements in the plugin's store."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._secret = context.key("numbers")

    async def note(self, consent: Consent) -> None:
        """Keep a statement; the same evidence twice is one."""
        await self._context.store.write(lambda sql: self._note(sql, consent))

    async def stopped(self, number: str, customer: int | None = None) -> bool:
        """Whether the newest word about this number is STOP; `customer` is noted as whose number it is."""
        newest = await self._context.store.read(lambda sql: self._newest(sql, number))
        if newest is not None and customer is not None and newest.customer_id is None:
            await self._belongs(number, customer)
        return newest is not None and newest.kind == Wish.STOP

    async def history(self, number: str) -> Sequence[Any]:
        """All statements about a number, the newest first."""
        mine = select(consents).where(consents.c.number_key == self._key(number)).order_by(consents.c.id.desc())
        return await self._context.store.read(lambda sql: sql.execute(mine.limit(100)).all())

    async def confirming(self, number: str, wanted: Wish) -> int | None:
        """A confirmation of the number's newest word is about to be written: the statement; None when one was, or when
        the newest word is another."""
        return await self._context.store.write(lambda sql: self._confirming(sql, number, wanted))

    async def confirmed(self, statement: int, message_id: int | None) -> None:
        """It was, by this message; None: it came to nothing."""
        mine = update(consents).where(consents.c.id == statement).values(confirmation=message_id)
        await self._context.store.write(lambda sql: sql.execute(mine))

    async def confirms(self, number: str, message_id: int) -> bool:
        """Whether this message is the confirmation of the number's newest word. While one is about to be written, no
        node can tell whether it is this one: then we wait for that, for a moment."""
        until = time.monotonic() + _MOMENT
        while True:
            newest = await self._context.store.read(lambda sql: self._newest(sql, number))
            known = newest.confirmation if newest is not None else None
            if known != _DUE or time.monotonic() > until:
                return bool(known == message_id)
            await asyncio.sleep(_LOOK_AGAIN)

    async def erase(self, customer: int, numbers: Collection[str] = ()) -> None:
        """Forget the words of a customer and these numbers of theirs, also where nothing but the number ties a
        statement to them. That they said STOP stays, under a key nobody can read, and which text said it, that none
        counts twice."""
        keys = [self._key(number) for number in numbers]
        await self._context.store.write(lambda sql: self._erase(sql, customer, keys))

    async def merge(self, kept: int, gone: int) -> None:
        """Two customers are one."""
        mine = update(consents).where(consents.c.customer_id == gone).values(customer_id=kept)
        await self._context.store.write(lambda sql: sql.execute(mine))

    async def _belongs(self, number: str, customer: int) -> None:
        """For `erase`."""
        unknown = (consents.c.number_key == self._key(number), consents.c.customer_id.is_(None))
        mine = update(consents).where(*unknown).values(customer_id=customer)
        await self._context.store.write(lambda sql: sql.execute(mine))

    def _key(self, number: str) -> str:
        return hmac.digest(self._secret, number.encode(), "sha256").hex()

    def _note(self, sql: Connection, consent: Consent) -> None:
        if consent.evidence and self._is_known(sql, consent):
            return
        values = {
            "number_key": self._key(consent.number),
            "number": consent.number[:80],
            "account_id": consent.account_id,
            "kind": consent.kind.value,
            "source": consent.source.value,
            "words": consent.words[:400],
            "evidence": consent.evidence[:400],
            "user_id": consent.user_id,
            "user_name": consent.user_name[:200],
            "customer_id": consent.customer_id,
            "at": int(time.time()),
        }
        with suppress(IntegrityError), sql.begin_nested():  # the same text, heard twice at once
            sql.execute(insert(consents).values(values))

    def _erase(self, sql: Connection, customer: int, keys: Sequence[str]) -> None:
        theirs = (consents.c.customer_id == customer) | consents.c.number_key.in_(keys)
        for row in sql.execute(select(consents.c.id, consents.c.evidence).where(theirs)).all():
            values = {"number": "", "words": "", "customer_id": None, "evidence": self._veiled(row.evidence)}
            sql.execute(update(consents).where(consents.c.id == row.id).values(values))

    def _veiled(self, evidence: str) -> str:
        """What tells one piece of evidence from another, and nothing else of it."""
        known = not evidence or evidence.startswith(_VEIL)
        return evidence if known else _VEIL + self._key(evidence)

    def _is_known(self, sql: Connection, consent: Consent) -> bool:
        """A customer's word comes again as often as carriers like, even after a newer one; what others say of a number
        may be said again once it has been undone."""
        newest, plain = self._newest(sql, consent.number), consent.evidence[:400]
        spellings = (plain, self._veiled(plain))
        if consent.source is not Source.KEYWORD:
            return newest is not None and newest.evidence in spellings
        mine = (consents.c.number_key == self._key(consent.number), consents.c.source == Source.KEYWORD.value)
        same = select(consents.c.id).where(*mine, consents.c.evidence.in_(spellings))
        return sql.execute(same.limit(1)).first() is not None

    def _newest(self, sql: Connection, number: str) -> Any:
        same = select(consents).where(consents.c.number_key == self._key(number))
        return sql.execute(same.order_by(consents.c.id.desc()).limit(1)).one_or_none()

    def _confirming(self, sql: Connection, number: str, wanted: Wish) -> int | None:
        newest = self._newest(sql, number)
        if newest is None or newest.kind != wanted or newest.confirmation not in (None, _DUE):
            return None
        sql.execute(update(consents).where(consents.c.id == newest.id).values(confirmation=_DUE))
        return int(newest.id)
