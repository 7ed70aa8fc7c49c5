"""Outgoing webhooks: another system hears of what happens here."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from hub.model.errors import Forbidden
from hub.model.permissions import Permission
from hub.store import webhooks
from hub.store.unit import Tx
from hub.store.webhooks import Webhook
from hub.web.call import Call
from hub.web.fields import Body
from hub.web.routing import Routes

routes = Routes("webhooks")
MANAGE = Permission.WEBHOOKS_MANAGE
Url = Annotated[str, Field(pattern=r"^https?://[A-Za-z0-9.\-]{1,253}(:[0-9]{1,5})?(/[A-Za-z0-9._~/?&=%+\-]{0,600})?$")]
EventNames = Annotated[list[Annotated[str, Field(pattern=r"^[a-z_]+\.[a-z_]*$", max_length=60)]], Field(max_length=100)]


@dataclass(frozen=True, slots=True)
class NewWebhook:
    """The secret that signs what is sent is shown this once."""

    webhook: Webhook
    secret: str


class WebhookBody(Body):
    """Where to; `events` are types or beginnings of types ("ticket."), none for all."""

    url: Url
    events: EventNames = Field(default_factory=list)
    enabled: bool = True


class WebhookChange(Body):
    """Only what is named changes; what had failed is tried at once."""

    url: Url | None = None
    events: EventNames | None = None
    enabled: bool | None = None


@routes.get("/webhooks", MANAGE)
async def list_webhooks(call: Call) -> list[Webhook]:
    """All of them, with how far each has come and what went wrong last."""
    _require_whole_site(call)
    return await call.read(webhooks.list_webhooks)


@routes.post("/webhooks", MANAGE, status=201)
async def create_webhook(call: Call, body: WebhookBody) -> NewWebhook:
    """Send what happens from now on to this address."""
    _require_whole_site(call)
    secret = secrets.token_urlsafe(32)
    return await call.write(lambda tx: _create(call, tx, body, secret))


@routes.patch("/webhooks/{webhook_id}", MANAGE)
async def change_webhook(call: Call, webhook_id: int, body: WebhookChange) -> Webhook:
    """Change where to, what, or whether."""
    _require_whole_site(call)
    return await call.write(lambda tx: _change(call, tx, webhook_id, body))


@routes.delete("/webhooks/{webhook_id}", MANAGE)
async def delete_webhook(call: Call, webhook_id: int) -> None:
    """Send nothing there any more."""
    _require_whole_site(call)
    await call.write(lambda tx: _delete(call, tx, webhook_id))


def _require_whole_site(call: Call) -> None:
    """A webhook hears of every department, so only who sees them all may keep one."""
    if call.actor.departments is not None:
        raise Forbidden("Webhooks hear of all departments; only who sees the whole site may keep them.")


def _create(call: Call, tx: Tx, body: WebhookBody, secret: str) -> NewWebhook:
    hidden = call.node.services.store.vault.encrypt({"secret": secret})
    made = webhooks.insert_webhook(tx, body.url, body.events, hidden, body.enabled)
    call.record(tx, "webhook.created", "webhook", made)
    return NewWebhook(webhooks.get_webhook(tx.conn, made), secret)


def _change(call: Call, tx: Tx, webhook_id: int, body: WebhookChange) -> Webhook:
    webhooks.get_webhook(tx.conn, webhook_id)
    webhooks.update_webhook(tx, webhook_id, body.model_dump(exclude_none=True))
    call.record(tx, "webhook.changed", "webhook", webhook_id, fields=sorted(body.model_fields_set))
    return webhooks.get_webhook(tx.conn, webhook_id)


def _delete(call: Call, tx: Tx, webhook_id: int) -> None:
    webhooks.get_webhook(tx.conn, webhook_id)
    webhooks.delete_webhook(tx, webhook_id)
    call.record(tx, "webhook.deleted", "webhook", webhook_id)
