"""Canned replies: found by short code, title and pinyin initials."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, insert, select, update

from hub.model.actor import Actor
from hub.model.errors import NotFound
from hub.model.pinyin import pinyin_keys
from hub.store.access import in_departments
from hub.store.tables import templates
from hub.store.unit import Tx


@dataclass(frozen=True, slots=True)
class Template:
    """A canned reply. `department` null is for all; no `accounts`, for all. `reference` is what a carrier that approved
    it calls it."""

    id: int
    short_code: str
    title: str
    language: str
    text: str
    department: int | None
    accounts: list[int]
    reference: str
    updated_at: datetime


def list_templates(
    conn: Connection, actor: Actor, q: str = "", language: str = "", account: int | None = None
) -> list[Template]:
    """Those the actor may use, by short code. There are hundreds at most, so what fits is decided here."""
    statement = select(templates).where(in_departments(actor, templates.c.department_id))
    if language:
        statement = statement.where(templates.c.language.in_([language, ""]))
    rows = conn.execute(statement.order_by(templates.c.short_code, templates.c.id)).mappings()
    return [found for found in map(_template, rows) if _matches(found, q.strip().casefold()) and _fits(found, account)]


def approved(conn: Connection, account: int) -> list[Template]:
    """Those of an account that a carrier has a name for, by id."""
    statement = select(templates).where(templates.c.reference != "").order_by(templates.c.id)
    return [found for found in map(_template, conn.execute(statement).mappings()) if _fits(found, account)]


def get_template(conn: Connection, actor: Actor, template_id: int) -> Template:
    """Raises NotFound unless the actor may use it."""
    seen = in_departments(actor, templates.c.department_id)
    row = conn.execute(select(templates).where(templates.c.id == template_id, seen)).mappings().first()
    if row is None:
        raise NotFound
    return _template(row)


def insert_template(tx: Tx, values: Mapping[str, Any]) -> int:
    """A new canned reply."""
    made = insert(templates).values(**values, updated_at=tx.now).returning(templates.c.id)
    return int(tx.conn.execute(made).scalar_one())


def update_template(tx: Tx, template_id: int, values: Mapping[str, Any]) -> None:
    """Change some columns."""
    tx.conn.execute(update(templates).where(templates.c.id == template_id).values(**values, updated_at=tx.now))


def delete_template(tx: Tx, template_id: int) -> None:
    """Remove it."""
    tx.conn.execute(delete(templates).where(templates.c.id == template_id))


def _matches(template: Template, q: str) -> bool:
    said = (template.short_code, template.title, template.text, *pinyin_keys(template.title))
    return any(q in text.casefold() for text in said)


def _fits(template: Template, account: int | None) -> bool:
    return account is None or not template.accounts or account in template.accounts


def _template(row: RowMapping) -> Template:
    plain = {name: row[name] for name in Template.__slots__ if name != "department"}
    return Template(**plain, department=row["department_id"])
