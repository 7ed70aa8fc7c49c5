"""Who a contact may be from when its address does not say: who shares it, and whose address somebody gave as theirs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Select, func, select, tuple_

from hub.model.actor import Actor
from hub.model.customers import PROFILE_SCHEMES
from hub.model.named import Named
from hub.model.permissions import Permission
from hub.store import access
from hub.store.identities import normalised
from hub.store.tables import customers, identities, identity_candidates, interactions

MOST = 50
_i, _shares = identities.c, identity_candidates.c


class CandidateReason(StrEnum):
    """ADDRESS: it came from an address this customer has, alone or with others; NAMED: they gave one of theirs."""

    ADDRESS = "ADDRESS"
    NAMED = "NAMED"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A customer this contact may be from; `address` is the one that says so, `last_contact_at` as far as the viewer
    may see."""

    id: int
    kind: str
    name: str
    organisation: Named | None
    reason: CandidateReason
    address: str
    last_contact_at: datetime | None


def candidates(conn: Connection, actor: Actor, interaction_id: int) -> list[Candidate]:
    """Who else it may be, the address it came from before those it named, then the latest contact first; at most 50.

    The customer it already belongs to is not among them. Empty for who may not read customers.
    """
    if not actor.may(Permission.CUSTOMERS_READ):
        return []
    c = interactions.c
    row = conn.execute(select(c.customer_id, c.identity_id, c.attributes).where(c.id == interaction_id)).one()
    found = _having(conn, actor, _i.id == row.identity_id, CandidateReason.ADDRESS)
    if named := _named(row.attributes):
        found += _having(conn, actor, tuple_(_i.scheme, _i.value).in_(named), CandidateReason.NAMED)
    first = {one.id: one for one in reversed(found)}  # of two reasons the stronger, which came first
    return [one for one in found if first[one.id] is one and one.id != row.customer_id][:MOST]


def _named(attributes: dict[str, Any]) -> list[tuple[str, str]]:
    """The addresses somebody gave when they began, as identities are kept."""
    values = ((scheme, normalised(scheme, str(attributes.get(scheme) or ""))) for scheme in PROFILE_SCHEMES)
    return [(scheme, value) for scheme, value in values if value]


def _having(conn: Connection, actor: Actor, which: Any, reason: CandidateReason) -> list[Candidate]:
    """The customers with these addresses, owned or shared."""
    owned = select(_i.customer_id.label("customer"), _i.value).where(which, _i.customer_id.is_not(None))
    shared = select(_shares.customer_id, _i.value).join_from(identities, identity_candidates).where(which)
    return [_candidate(row, reason) for row in conn.execute(_rows(actor, owned.union(shared)))]


def _rows(actor: Actor, having: Any) -> Select[Any]:
    which, above, c = having.subquery("having"), customers.alias("organisation"), interactions.c
    latest = select(func.max(c.created_at)).where(c.customer_id == customers.c.id, access.visible_interactions(actor))
    last = latest.correlate(customers).scalar_subquery()
    columns = (customers.c.id, customers.c.kind, customers.c.name, above.c.id, above.c.name, which.c.value, last)
    joined = select(*columns).join_from(customers, which, which.c.customer == customers.c.id)
    joined = joined.outerjoin(above, above.c.id == customers.c.organisation_id)
    return (
        joined.where(customers.c.merged_into.is_(None)).order_by(last.desc().nulls_last(), customers.c.id).limit(MOST)
    )


def _candidate(row: Sequence[Any], reason: CandidateReason) -> Candidate:
    id_, kind, name, organisation, organisation_name, address, last = row
    above = Named(organisation, organisation_name) if organisation else None
    return Candidate(id_, kind, name, above, reason, address, last)
