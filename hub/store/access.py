"""Who sees which rows, as SQL. A row without a department is everybody's who has the permission."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, or_, select, true

from hub.model.actor import Actor
from hub.model.errors import NotFound
from hub.store.rows import Row, one
from hub.store.tables import (
    accounts,
    assets,
    attachments,
    customers,
    departments,
    interactions,
    messages,
    offers,
    queues,
    tickets,
    users,
    work,
)


def in_departments(actor: Actor, department: Column[Any]) -> ColumnElement[bool]:
    """Rows of the actor's departments and those below, and those of none."""
    if actor.departments is None:
        return true()
    return or_(department.is_(None), department.in_(actor.departments))


def visible_interactions(actor: Actor) -> ColumnElement[bool]:
    """Those of the actor's departments, and those they own, are offered, or were brought into."""
    if actor.departments is None:
        return true()
    offered = select(offers.c.interaction_id).where(offers.c.user_id == actor.user_id, offers.c.ended_at.is_(None))
    held = select(work.c.interaction_id).where(work.c.user_id == actor.user_id, work.c.ended_at.is_(None))
    return or_(
        in_departments(actor, interactions.c.department_id),
        interactions.c.agent_id == actor.user_id,
        interactions.c.id.in_(offered),
        interactions.c.id.in_(held),
    )


def visible_tickets(actor: Actor) -> ColumnElement[bool]:
    """Those of the actor's departments, and those assigned to them."""
    if actor.departments is None:
        return true()
    return or_(in_departments(actor, tickets.c.department_id), tickets.c.assignee_id == actor.user_id)


def visible_queues(actor: Actor) -> ColumnElement[bool]:
    """Those of the actor's departments."""
    return in_departments(actor, queues.c.department_id)


def visible_accounts(actor: Actor) -> ColumnElement[bool]:
    """Those of the actor's departments."""
    return in_departments(actor, accounts.c.department_id)


def visible_users(actor: Actor) -> ColumnElement[bool]:
    """Those of the actor's departments, and the actor."""
    if actor.departments is None:
        return true()
    return or_(in_departments(actor, users.c.department_id), users.c.id == actor.user_id)


def visible_attachments(actor: Actor) -> ColumnElement[bool]:
    """Those on messages of visible interactions, and the actor's own uploads that are on none yet."""
    joined = messages.join(interactions, interactions.c.id == messages.c.interaction_id)
    on_message = select(messages.c.id).select_from(joined).where(messages.c.id == attachments.c.message_id)
    mine = (attachments.c.uploaded_by == actor.user_id) & attachments.c.message_id.is_(None)
    return or_(mine, on_message.where(visible_interactions(actor)).exists())


def require_interaction(conn: Connection, actor: Actor, interaction_id: int) -> None:
    """Raises NotFound unless the actor sees it."""
    statement = select(interactions.c.id).where(interactions.c.id == interaction_id, visible_interactions(actor))
    if conn.execute(statement).first() is None:
        raise NotFound


def may_act_in(actor: Actor, department_id: int | None) -> bool:
    """Whether the actor may put something into this department; none is the whole site's."""
    return actor.departments is None or (department_id is not None and department_id in actor.departments)


def require_department(conn: Connection, actor: Actor, department_id: int | None) -> None:
    """Raises NotFound unless the actor may put something there. None is the site's own."""
    known = (
        department_id is None or conn.execute(select(departments.c.id).where(departments.c.id == department_id)).first()
    )
    if not known or not may_act_in(actor, department_id):
        raise NotFound("There is no such department.")


def require_known_department(conn: Connection, department_id: int) -> None:
    """Raises NotFound unless there is one: work may be handed to any."""
    if conn.execute(select(departments.c.id).where(departments.c.id == department_id)).first() is None:
        raise NotFound("There is no such department.")


def require_account(conn: Connection, actor: Actor, account_id: int) -> Row:
    """The account's row; raises NotFound unless the actor sees it."""
    row = one(conn, select(accounts).where(accounts.c.id == account_id, visible_accounts(actor)))
    if row is None:
        raise NotFound("There is no such account.")
    return row


def account_ids(conn: Connection, actor: Actor) -> set[int]:
    """The accounts the actor sees."""
    return set(conn.execute(select(accounts.c.id).where(visible_accounts(actor))).scalars())


def require_queue(conn: Connection, actor: Actor, queue_id: int) -> None:
    """Raises NotFound unless the actor sees it."""
    if conn.execute(select(queues.c.id).where(queues.c.id == queue_id, visible_queues(actor))).first() is None:
        raise NotFound("There is no such queue.")


def require_customer(conn: Connection, customer_id: int) -> None:
    """Raises NotFound when there is no such customer, or they were merged into another or erased."""
    there = (customers.c.merged_into.is_(None), customers.c.erased_at.is_(None))
    found = select(customers.c.id).where(customers.c.id == customer_id, *there)
    if conn.execute(found).first() is None:
        raise NotFound("There is no such customer.")


def require_enabled_user(conn: Connection, user_id: int) -> None:
    """Raises NotFound when nobody by this id can take work; colleagues of any department can."""
    if conn.execute(select(users.c.id).where(users.c.id == user_id, users.c.enabled)).first() is None:
        raise NotFound("There is no such user.")


def require_asset(conn: Connection, asset_id: int) -> None:
    """Raises NotFound when no customer has it."""
    if conn.execute(select(assets.c.id).where(assets.c.id == asset_id)).first() is None:
        raise NotFound("There is no such asset.")


def department_of(conn: Connection, user_id: int) -> int | None:
    """The user's own department; None is the whole site."""
    return conn.execute(select(users.c.department_id).where(users.c.id == user_id)).scalar()


def require_organisation(conn: Connection, customer_id: int) -> None:
    """Raises NotFound when there is no such organisation."""
    c = customers.c
    there = (c.merged_into.is_(None), c.erased_at.is_(None))
    found = select(c.id).where(c.id == customer_id, *there, c.kind == "ORGANISATION")
    if conn.execute(found).first() is None:
        raise NotFound("There is no such organisation.")
