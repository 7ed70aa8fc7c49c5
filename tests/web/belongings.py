"""One of everything that a department has, so that another one can be shown not to have it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Table, insert

from hub.api import Attachment
from hub.model.tickets import NewTicket
from hub.store import blobs, interactions, messages, outbox, own_boxes, tickets
from hub.store.tables import api_tokens, callbacks, offers, raws, templates, voicemails, work
from hub.store.unit import Tx
from tests.web.conversations import insert_account, insert_customer, insert_interaction, insert_queue
from tests.web.people import Ids

WORD = "Kingfisher"  # stands in every text, so that search would find it


def insert_belongings(tx: Tx, ids: Ids) -> dict[str, int]:
    """Everything is of sales and its agent; ids by the names they have in paths."""
    sales, agent = ids.sales, ids.users["agent"]
    queue = insert_queue(tx, sales, "orders")
    account = insert_account(tx, queue, sales)
    customer = insert_customer(tx)
    raw = _insert(tx, raws, channel="toy", account_id=account, body=b"?", state="QUARANTINED", received_at=tx.now)
    ticket = tickets.create_ticket(tx, None, NewTicket(subject=WORD, department_id=sales, customer_id=customer))
    subjects = {"customer_id": customer, "subject": WORD, "ticket_id": ticket}
    interaction = insert_interaction(tx, account, queue, sales, **subjects)
    said = {"text": WORD, "html": f"<b>{WORD}</b>", "raw_id": raw}
    message = messages.add(tx, interactions.locked(tx, interaction), messages.INBOUND, said)
    file = blobs.attach(tx, message["id"], Attachment("a.txt", "text/plain", b"a"))
    sender = {"id": account, "connection_id": None}
    delivery = outbox.add(tx, message, sender, {"scheme": "toy", "value": "w", "name": ""}, tx.now)
    own_boxes.record(tx, agent, b"RIFF")
    return {
        "department_id": sales,
        "user_id": agent,
        "queue_id": queue,
        "account_id": account,
        "interaction_id": interaction,
        "ticket_id": ticket,
        "message_id": message["id"],
        "attachment_id": file,
        "delivery_id": delivery,
        "work_id": _work(tx, queue, interaction, agent, kind="callback", state="ASSIGNED"),
        "callback_id": _callback(tx, queue, interaction, sales),
        "voicemail_id": _insert(
            tx, voicemails, message_id=message["id"], interaction_id=interaction, department_id=sales, created_at=tx.now
        ),
        "offer_id": _offer(tx, queue, interaction, agent),
        "raw_id": raw,
        "template_id": _insert(tx, templates, title=WORD, text=WORD, department_id=sales, updated_at=tx.now),
        "token_id": _insert(tx, api_tokens, user_id=agent, name=WORD, token_hash="0" * 64, created_at=tx.now),
    }


def _callback(tx: Tx, queue: int, interaction: int, department: int) -> int:
    of = {"interaction_id": interaction, "queue_id": queue, "department_id": department}
    return _insert(tx, callbacks, **of, created_at=tx.now, updated_at=tx.now, enqueued_at=tx.now)


def _offer(tx: Tx, queue: int, interaction: int, user: int) -> int:
    made = _work(tx, queue, interaction, user, state="OFFERED")
    offered = {"work_id": made, "interaction_id": interaction, "queue_id": queue, "user_id": user}
    return _insert(tx, offers, **offered, created_at=tx.now, expires_at=tx.now)


def _work(tx: Tx, queue: int, interaction: int, user: int, **values: str) -> int:
    row = {"queue_id": queue, "interaction_id": interaction, "user_id": user, "medium": "DEFERRED"}
    return _insert(tx, work, **row, **values, created_at=tx.now, enqueued_at=tx.now)


def _insert(tx: Tx, table: Table, **values: Any) -> int:
    return int(tx.conn.execute(insert(table).values(**values).returning(table.c.id)).scalar_one())
