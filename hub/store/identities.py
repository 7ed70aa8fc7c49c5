"""The addresses of customers: whose one is, found or made. This is on the path of everything that comes in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, delete, select, update

from hub.api import Address, AnyAccount, Json
from hub.model.customers import (
    PROFILE_SCHEMES,
    READABLE_SCHEMES,
    Verification,
    claimed_attributes,
    clean_name,
    short_code,
)
from hub.model.identity import normalise_identity
from hub.model.storable import one_line
from hub.store import identity_rows
from hub.store.rows import Row
from hub.store.search import index_customer, index_new_customer
from hub.store.tables import customers, identities, identity_candidates
from hub.store.unit import Tx

MAX_VALUE = 400


@dataclass(frozen=True, slots=True)
class Found:
    """Whose address it is. No customer: it was withheld (then no identity either) or is shared by the `candidates`.

    With a customer, `candidates` are others who have an address that this one claims: one person twice, perhaps.
    """

    customer_id: int | None
    identity_id: int | None
    candidates: tuple[int, ...] = ()


def normalised(scheme: str, value: str) -> str | None:
    """The value as it is stored and compared; None for a withheld or empty one."""
    found = normalise_identity(scheme, value)
    return one_line(found)[:MAX_VALUE] or None if found else None


def find_or_create_by_identity(
    tx: Tx,
    address: Address | None,
    profile: Mapping[str, Json],
    account: AnyAccount,
    recognised: int | None = None,
) -> Found:
    """Whose address this is; a new one makes a new customer of whom `profile` tells, or joins the `recognised` one.

    Somebody wrote from it, so the identity is at least SEEN. Addresses the profile only claims become identities
    that nobody has yet; one that another customer has makes that customer a candidate, never a merge.
    """
    value = normalised(address.scheme, address.value) if address else None
    if address is None or value is None:
        return Found(recognised, None)
    recognised = recognised or _vouched(tx, profile)
    known = identity_rows.found(tx, address.scheme, value)
    if known is None:
        return _create(tx, replace(address, value=value), profile, account, recognised)
    if known["shared"]:
        return Found(recognised, known["id"], () if recognised else candidates_of(tx.conn, known["id"]))
    return _known(tx, known, replace(address, value=value), profile, account, recognised)


def candidates_of(conn: Connection, identity_id: int) -> tuple[int, ...]:
    """The customers who may be behind a shared identity, the first recorded first."""
    c = identity_candidates.c
    wanted = select(c.customer_id).join(customers, customers.c.id == c.customer_id)
    wanted = wanted.where(c.identity_id == identity_id, customers.c.merged_into.is_(None))
    return tuple(conn.execute(wanted.order_by(c.customer_id)).scalars())


def owner(conn: Connection, scheme: str, value: str) -> int | None:
    """The customer whose address this is, written in whatever way; None where it is nobody's, or several people's."""
    known = (identities.c.scheme == scheme, identities.c.value == (normalised(scheme, value) or ""))
    found: int | None = conn.execute(select(identities.c.customer_id).where(*known)).scalar()
    return found


def _known(
    tx: Tx, known: Row, address: Address, profile: Mapping[str, Json], account: AnyAccount, recognised: int | None
) -> Found:
    owner = known["customer_id"]
    if owner is None:
        owner = recognised or _insert_customer(tx, _columns(address, profile, account))
        tx.conn.execute(update(identities).where(identities.c.id == known["id"]).values(customer_id=owner))
        index_customer(tx, owner)
    if known["verification"] == Verification.NONE:
        tx.conn.execute(update(identities).where(identities.c.id == known["id"]).values(verification=Verification.SEEN))
    _learn_name(tx, owner, known["name"], address, profile)
    return Found(recognised or owner, known["id"], _claim(tx, owner, profile))


def _create(
    tx: Tx, address: Address, profile: Mapping[str, Json], account: AnyAccount, recognised: int | None
) -> Found:
    columns = _columns(address, profile, account)
    owner = recognised or _insert_customer(tx, columns)
    identity_id, actual = identity_rows.put(tx, address, owner, Verification.SEEN, absent=True)
    if actual != owner and not recognised:  # another node was faster: its customer is the one
        tx.conn.execute(delete(customers).where(customers.c.id == owner))
        return Found(actual, identity_id)
    candidates = _claim(tx, owner, profile)
    if recognised or any(profile.get(scheme) for scheme in PROFILE_SCHEMES):
        index_customer(tx, owner)
    else:
        index_new_customer(tx, owner, columns, [address.value])
    if recognised:
        tx.event("customer.changed", customer=owner, fields=["identities"])
    else:
        tx.event("customer.created", customer=owner)
    return Found(owner, identity_id, candidates)


def _columns(address: Address, profile: Mapping[str, Json], account: AnyAccount) -> dict[str, Any]:
    name = _given_name(address, profile) or _placeholder(address)
    return {
        "name": name,
        "short_code": short_code(name),
        "language": str(profile.get("language") or account.language or "")[:10],
        "attributes": claimed_attributes(profile),
    }


def _insert_customer(tx: Tx, columns: Mapping[str, Any]) -> int:
    return tx.make(customers, {**columns, "created_at": tx.now, "updated_at": tx.now})


def _verified(profile: Mapping[str, Json]) -> list[str]:
    """The schemes of a profile's addresses that the channel itself has verified."""
    said = profile.get("verified")
    return [scheme for scheme in PROFILE_SCHEMES if isinstance(said, list) and scheme in said]


def _vouched(tx: Tx, profile: Mapping[str, Json]) -> int | None:
    """The customer who is known by a verified address."""
    for scheme in _verified(profile):
        value = normalised(scheme, str(profile.get(scheme) or ""))
        if (
            value
            and (known := identity_rows.find(tx.conn, scheme, value))
            and not known["shared"]
            and known["customer_id"]
        ):
            return int(known["customer_id"])
    return None


def _claim(tx: Tx, owner: int, profile: Mapping[str, Json]) -> tuple[int, ...]:
    """Record the addresses a profile names; returns the other customers who have one of them."""
    others: list[int] = []
    for scheme in PROFILE_SCHEMES:
        value = normalised(scheme, str(profile.get(scheme) or ""))
        if value is None:
            continue
        level = Verification.VERIFIED if scheme in _verified(profile) else Verification.NONE
        _, actual = identity_rows.put(tx, Address(scheme, value), owner, level)
        if actual is not None and actual != owner:
            others.append(actual)
    return tuple(dict.fromkeys(others))


def _learn_name(tx: Tx, owner: int, name: str | None, address: Address, profile: Mapping[str, Json]) -> None:
    """A customer who was only a number gets the first name they give."""
    given = _given_name(address, profile)
    if name not in {"", address.value} or given in {"", name}:
        return
    named = {"name": given, "short_code": short_code(given), "updated_at": tx.now, "version": customers.c.version + 1}
    tx.conn.execute(update(customers).where(customers.c.id == owner).values(named))
    index_customer(tx, owner)
    tx.event("customer.changed", customer=owner, fields=["name"])


def _given_name(address: Address, profile: Mapping[str, Json]) -> str:
    said = profile.get("name")
    return clean_name(str(said if said else address.name)[:MAX_VALUE])


def _placeholder(address: Address) -> str:
    return address.value if address.scheme in READABLE_SCHEMES else ""
