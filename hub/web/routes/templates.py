"""Canned replies."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import Field

from hub.model.permissions import Permission
from hub.store import access, admin_templates
from hub.store.admin_templates import Template
from hub.store.unit import Tx
from hub.web.call import Call
from hub.web.fields import Body, Id, Language, Query, QueryId, Short
from hub.web.routing import Routes

routes = Routes("templates")
MANAGE = Permission.TEMPLATES_MANAGE
Title = Annotated[str, Field(min_length=1, max_length=400)]
Text = Annotated[str, Field(max_length=20_000)]
Accounts = Annotated[list[Id], Field(max_length=200)]
Reference = Annotated[str, Field(max_length=200)]


class TemplateQuery(Query):
    """`q` is a piece of the short code, the title, its pinyin initials or the text; those for `account`, if asked."""

    q: Annotated[str, Field(max_length=200)] = ""
    language: Short = ""
    account: QueryId | None = None


class TemplateBody(Body):
    """A canned reply; without a language it is for all, without a department for everybody, without accounts for each
    of them. `reference` is what a carrier that approved it calls it; channels that need it find it by the text."""

    short_code: Short = ""
    title: Title
    language: Language | None = None
    text: Text
    department: Id | None = None
    accounts: Accounts = Field(default_factory=list)
    reference: Reference = ""


class TemplateChange(Body):
    """Only what is named changes."""

    short_code: Short | None = None
    title: Title | None = None
    language: Language | None = None
    text: Text | None = None
    department: Id | None = None
    accounts: Accounts | None = None
    reference: Reference | None = None


@routes.get("/templates", Permission.INTERACTIONS_REPLY)
async def list_templates(call: Call, query: TemplateQuery) -> list[Template]:
    """The canned replies one may use."""
    return await call.read(
        lambda conn: admin_templates.list_templates(conn, call.actor, query.q, query.language, query.account)
    )


@routes.post("/templates", MANAGE, status=201)
async def create_template(call: Call, body: TemplateBody) -> Template:
    """Add a canned reply."""
    return await call.write(lambda tx: _create(call, tx, body))


@routes.patch("/templates/{template_id}", MANAGE)
async def change_template(call: Call, template_id: int, body: TemplateChange) -> Template:
    """Change a canned reply."""
    return await call.write(lambda tx: _change(call, tx, template_id, body))


@routes.delete("/templates/{template_id}", MANAGE)
async def delete_template(call: Call, template_id: int) -> None:
    """Remove a canned reply."""
    await call.write(lambda tx: _delete(call, tx, template_id))


def _create(call: Call, tx: Tx, body: TemplateBody) -> Template:
    access.require_department(tx.conn, call.actor, body.department)
    _require_accounts(call, tx, body.accounts)
    values = body.model_dump(exclude={"department", "language"})
    values |= {"department_id": body.department, "language": body.language or ""}
    return admin_templates.get_template(tx.conn, call.actor, admin_templates.insert_template(tx, values))


def _change(call: Call, tx: Tx, template_id: int, body: TemplateChange) -> Template:
    _require_own(call, tx, template_id)
    values: dict[str, Any] = body.model_dump(exclude_none=True, exclude={"department"})
    if "department" in body.model_fields_set:
        access.require_department(tx.conn, call.actor, body.department)
        values["department_id"] = body.department
    _require_accounts(call, tx, body.accounts or ())
    admin_templates.update_template(tx, template_id, values)
    return admin_templates.get_template(tx.conn, call.actor, template_id)


def _delete(call: Call, tx: Tx, template_id: int) -> None:
    _require_own(call, tx, template_id)
    admin_templates.delete_template(tx, template_id)


def _require_accounts(call: Call, tx: Tx, accounts: Iterable[int]) -> None:
    """Raises NotFound for one that is not there, or not the actor's to see."""
    for account in accounts:
        access.require_account(tx.conn, call.actor, account)


def _require_own(call: Call, tx: Tx, template_id: int) -> None:
    """What is everybody's may be changed only by who sees the whole site."""
    found = admin_templates.get_template(tx.conn, call.actor, template_id)
    access.require_department(tx.conn, call.actor, found.department)
