"""Which addresses a customer has, set by hand: added, shared between several, verified, taken away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, insert, select, tuple_, update

from hub.api import Json
from hub.model.customers import NewIdentity, Verification
from hub.model.errors import Conflict, Invalid, NotFound
from hub.model.storable import one_line
from hub.store.identities import normalised
from hub.store.identity_rows import find
from hub.store.rows import Row, inserted, one
from hub.store.tables import identities, identity_candidates
from hub.store.unit import Tx
from hub.store.upsert import insert_into

MAX_LABEL = 200


def put(tx: Tx, customer_id: int, new: NewIdentity) -> int:
    """Give the customer this address; the identity's id. One that is (or shall be) shared makes them a candidate.

    Raises Invalid for an address that is none, Conflict (data.customer) when it is another's alone.
    """
    value = _value(new)
    known = find(tx.conn, new.scheme, value)
    if known is None:
        return _insert(tx, customer_id, new, value)
    if known["shared"] or new.shared:
        _share(tx, known, customer_id)
    elif known["customer_id"] is None:
        _own(tx, known["id"], customer_id)
    elif known["customer_id"] != customer_id:
        raise Conflict("the address is another customer's", {"customer": known["customer_id"]})
    return int(known["id"])


def put_new(tx: Tx, customer_id: int, news: Sequence[NewIdentity]) -> list[str]:
    """Give a customer just made these addresses; their values. Raises as `put`."""
    wanted = {(new.scheme, _value(new)): new for new in news}
    i = identities.c
    taken = select(i.id).where(tuple_(i.scheme, i.value).in_(list(wanted))) if wanted else None
    if taken is not None and one(tx.conn, taken) is None and not any(new.shared for new in news):
        rows = [_row(tx, customer_id, new, value) for (_, value), new in wanted.items()]
        tx.conn.execute(insert(identities), rows)
    else:
        for new in wanted.values():
            put(tx, customer_id, new)
    return [value for _, value in wanted]


def change(tx: Tx, customer_id: int, identity_id: int, changes: Mapping[str, object]) -> None:
    """Set `label`, `shared` or `verification` of one of the customer's addresses. Raises NotFound, Invalid."""
    row = _theirs(tx, customer_id, identity_id)
    values = {name: _check(name, value) for name, value in changes.items()}
    shared = values.pop("shared", None)
    if values:
        tx.conn.execute(update(identities).where(identities.c.id == identity_id).values(**values))
    if shared is True:
        _share(tx, row, customer_id)
    elif shared is False and row["shared"]:
        tx.conn.execute(delete(identity_candidates).where(identity_candidates.c.identity_id == identity_id))
        _own(tx, identity_id, customer_id)


def remove(tx: Tx, customer_id: int, identity_id: int) -> None:
    """The address is not this customer's. It stays known, for what came in from it keeps its place."""
    row = _theirs(tx, customer_id, identity_id)
    if row["shared"]:
        c = identity_candidates.c
        mine = (c.identity_id == identity_id, c.customer_id == customer_id)
        tx.conn.execute(delete(identity_candidates).where(*mine))
    else:
        gone = {"customer_id": None, "verification": Verification.NONE}
        tx.conn.execute(update(identities).where(identities.c.id == identity_id).values(gone))


def _value(new: NewIdentity) -> str:
    value = normalised(new.scheme, new.value)
    if value is None or not new.scheme:
        raise Invalid("address", {"value": "not an address"})
    return value


def _row(tx: Tx, customer_id: int, new: NewIdentity, value: str) -> dict[str, Any]:
    return {
        "customer_id": None if new.shared else customer_id,
        "scheme": new.scheme,
        "value": value,
        "label": one_line(new.label)[:MAX_LABEL],
        "shared": new.shared,
        "verification": new.verification,
        "created_at": tx.now,
    }


def _insert(tx: Tx, customer_id: int, new: NewIdentity, value: str) -> int:
    identity_id = inserted(tx.conn, insert(identities).values(_row(tx, customer_id, new, value)))
    if new.shared:
        _candidate(tx, identity_id, customer_id)
    return identity_id


def _share(tx: Tx, row: Row, customer_id: int) -> None:
    """From now on it is nobody's alone: who had it and who gets it are its candidates."""
    tx.conn.execute(update(identities).where(identities.c.id == row["id"]).values(shared=True, customer_id=None))
    for candidate in {row["customer_id"], customer_id} - {None}:
        _candidate(tx, row["id"], candidate)


def _candidate(tx: Tx, identity_id: int, customer_id: int) -> None:
    link = insert_into(tx.conn, identity_candidates).values(identity_id=identity_id, customer_id=customer_id)
    tx.conn.execute(link.on_conflict_do_nothing())


def _own(tx: Tx, identity_id: int, customer_id: int) -> None:
    mine = update(identities).where(identities.c.id == identity_id)
    tx.conn.execute(mine.values(customer_id=customer_id, shared=False))


def _theirs(tx: Tx, customer_id: int, identity_id: int) -> Row:
    row = one(tx.conn, select(identities).where(identities.c.id == identity_id).with_for_update())
    if row is not None and (row["customer_id"] == customer_id or _is_candidate(tx, customer_id, identity_id)):
        return row
    raise NotFound(f"identity {identity_id}")


def _is_candidate(tx: Tx, customer_id: int, identity_id: int) -> bool:
    c = identity_candidates.c
    mine = select(c.identity_id).where(c.identity_id == identity_id, c.customer_id == customer_id)
    return one(tx.conn, mine) is not None


def _check(name: str, value: object) -> Json:
    if name == "label" and isinstance(value, str):
        return one_line(value)[:MAX_LABEL]
    if name == "shared" and isinstance(value, bool):
        return value
    if name == "verification" and isinstance(value, str) and value in set(Verification):
        return str(value)
    raise Invalid(name, {name: "not a value this can have"})
