"""What an agent says: replies, notes, new contacts. A reply and its delivery are one commit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from hub.api import Address, Capabilities, Json, MessageKind
from hub.model.actor import Actor
from hub.model.errors import Conflict, Forbidden, Invalid
from hub.model.states import FINAL, HOLDS_SLOT, DeliveryState, InteractionState
from hub.pipeline import conclude, route
from hub.pipeline.colleagues import consulted
from hub.pipeline.promises import missed
from hub.store import blobs, idempotency, interactions, messages, outbox, settings_rows, tickets
from hub.store.interactions import subjects
from hub.store.rows import Row
from hub.store.unit import Tx

LONGEST_UNDO = 60.0


@dataclass(frozen=True, slots=True)
class Reply:
    """What is to be said. `expected_position`: the newest message its author had seen; `then`: what the interaction
    becomes after it (AWAITING_CUSTOMER or CLOSED); `undo_seconds`: how long it may still be taken back."""

    text: str = ""
    html: str = ""
    kind: str = MessageKind.TEXT
    fields: Mapping[str, Json] = field(default_factory=dict)
    attachments: Sequence[int] = ()
    to: Address | None = None
    then: str = ""
    disposition: str = ""
    undo_seconds: float = 0.0
    expected_position: int | None = None
    idempotency_key: str = ""


def reply(tx: Tx, actor: Actor, interaction_id: int, said: Reply, can: Capabilities) -> int:
    """Answer the customer; returns the message's id. The same idempotency key returns the first one's.

    Raises NotFound, Conflict (newer message, or ended), Invalid (nothing said, or more than the channel carries).
    """
    if known := idempotency.find(tx, actor.user_id, said.idempotency_key):
        return known
    interaction = interactions.locked_for(tx, actor, interaction_id)
    _check(tx, interaction, said, can)
    interaction = _in_hand(tx, actor, interaction)
    message_id = send(tx, interaction, said, actor=actor)
    idempotency.remember(tx, actor.user_id, said.idempotency_key, message_id)
    if interaction["unread"]:
        _seen(tx, interaction)
    if interaction["ticket_id"] is not None:
        tickets.agent_replied(tx, actor, interaction["ticket_id"])
    _afterwards(tx, actor, interaction_id, said)
    return message_id


def send(tx: Tx, interaction: Row, said: Reply, *, actor: Actor | None, automatic: bool = False) -> int:
    """Put a message and its delivery into the outbox, in this transaction."""
    to = _recipient(interaction, said)
    account = settings_rows.account(tx.conn, interaction["account_id"])
    if account is None:
        raise Invalid("the account is gone")
    values = {
        "account_id": account["id"],
        "kind": said.kind,
        "text": said.text,
        "html": said.html,
        "fields": dict(said.fields),
        "author": actor.name if actor else "",
        "user_id": actor.user_id if actor else None,
        "automatic": automatic,
    }
    message = messages.add(tx, interaction, messages.OUTBOUND, values)
    _claim(tx, actor, message, said.attachments)
    due = tx.now + timedelta(seconds=min(said.undo_seconds, LONGEST_UNDO))
    outbox.add(tx, message, account, {"scheme": to["scheme"], "value": to["value"], "name": to.get("name", "")}, due)
    if actor is not None:
        missed.contacted(tx, interaction, actor.user_id, written=True)
    message_id: int = message["id"]
    return message_id


def note(tx: Tx, actor: Actor, interaction_id: int, text: str, attachments: Sequence[int] = (), key: str = "") -> int:
    """Leave a note for colleagues: never sent, never shown to the customer."""
    if known := idempotency.find(tx, actor.user_id, key):
        return known
    interaction = interactions.locked_for(tx, actor, interaction_id)
    if not text.strip() and not attachments:
        raise Invalid("empty", {"text": "A note needs some text."})
    values = {"kind": MessageKind.NOTE.value, "text": text, "author": actor.name, "user_id": actor.user_id}
    message = messages.add(tx, interaction, messages.INTERNAL, values)
    _claim(tx, actor, message, attachments)
    idempotency.remember(tx, actor.user_id, key, message["id"])
    message_id: int = message["id"]
    return message_id


def undo(tx: Tx, actor: Actor, delivery_id: int) -> Row:
    """Take back what has not gone yet; returns the delivery. Raises Conflict when it is too late."""
    delivery = outbox.get(tx.conn, delivery_id)
    interaction = _of_delivery(tx, actor, delivery)
    if delivery is None or not outbox.move(tx, delivery, DeliveryState.UNDONE, interaction["department_id"]):
        raise Conflict("It has been sent already.")
    return delivery


def retry(tx: Tx, actor: Actor, delivery_id: int) -> None:
    """A person decides to send a failed or unknown delivery again. Raises Conflict when it is neither."""
    delivery = outbox.get(tx.conn, delivery_id)
    interaction = _of_delivery(tx, actor, delivery)
    again = {"due_at": tx.now, "attempts": 0, "error_code": "", "error": "", "pending_until": None}
    if delivery is None or not outbox.move(tx, delivery, DeliveryState.PENDING, interaction["department_id"], **again):
        raise Conflict("Only a delivery that failed can be tried again.")


def read(tx: Tx, actor: Actor, interaction_id: int) -> None:
    """Its agent has seen everything so far."""
    interaction = interactions.locked_for(tx, actor, interaction_id)
    if interaction["unread"] and interaction["agent_id"] in (None, actor.user_id):
        _seen(tx, interaction)


def _seen(tx: Tx, interaction: Row) -> None:
    interactions.change(tx, interaction, unread=0)
    tx.event("interaction.read", **subjects(interaction))


def _check(tx: Tx, interaction: Row, said: Reply, can: Capabilities) -> None:
    if interaction["state"] in FINAL:
        raise Conflict("This conversation has ended.", {"state": interaction["state"]})
    if not said.text.strip() and not said.attachments and not said.fields and not said.html.strip():
        raise Invalid("empty", {"text": "There is nothing to send."})
    if len(said.text) > can.max_text:
        raise Invalid("too long", {"text": f"At most {can.max_text} characters."})
    if said.attachments and not can.attachments:
        raise Invalid("no files", {"attachments": "This channel carries no files."})
    if said.kind not in can.kinds:
        raise Invalid("kind", {"kind": f"This channel carries {', '.join(can.kinds)}."})
    _check_newest(tx, interaction, said)


def _check_newest(tx: Tx, interaction: Row, said: Reply) -> None:
    if said.expected_position is None:
        return
    newest = messages.last_inbound(tx.conn, interaction["id"])
    if newest is not None and newest["position"] > said.expected_position:
        raise Conflict("The customer has written in the meantime.", {"position": newest["position"]})


def _in_hand(tx: Tx, actor: Actor, interaction: Row) -> Row:
    """Who answers has it: waiting work is taken by hand, a colleague's only by who may supervise."""
    if interaction["agent_id"] not in (None, actor.user_id):
        if not actor.may("interactions.supervise") and not _joined(tx, actor, interaction):
            raise Forbidden("Somebody else has this conversation.")
        return interaction
    if interaction["state"] in HOLDS_SLOT and interaction["agent_id"] == actor.user_id:
        return interaction
    route.free(tx, interaction)
    return route.connect(tx, interaction, actor.user_id, "taken")


def _joined(tx: Tx, actor: Actor, interaction: Row) -> bool:
    """Whether they were brought in and speak to the customer too."""
    if interaction["state"] != InteractionState.CONFERENCED:
        return False
    other = consulted.partner(tx, interaction["id"])
    return other is not None and other["user_id"] == actor.user_id


def _afterwards(tx: Tx, actor: Actor, interaction_id: int, said: Reply) -> None:
    if said.then == InteractionState.CLOSED:
        conclude.close(tx, actor, interaction_id, said.disposition)
    elif said.then == InteractionState.AWAITING_CUSTOMER:
        conclude.await_customer(tx, actor, interaction_id)


def _recipient(interaction: Row, said: Reply) -> Mapping[str, Any]:
    if said.to is not None:
        return {"scheme": said.to.scheme, "value": said.to.value, "name": said.to.name}
    to: Mapping[str, Any] = interaction["reply_to"]
    if not to:
        raise Invalid("no address", {"to": "There is no address to answer to."})
    return to


def _claim(tx: Tx, actor: Actor | None, message: Row, attachments: Sequence[int]) -> None:
    for attachment_id in attachments:
        if actor is None or not blobs.claim(tx, attachment_id, actor.user_id, message["id"]):
            raise Invalid("attachment", {"attachments": f"There is no upload {attachment_id} of yours."})


def _of_delivery(tx: Tx, actor: Actor, delivery: Row | None) -> Row:
    if delivery is None:
        raise Conflict("There is no such delivery.")
    interaction = interactions.locked_for(tx, actor, delivery["interaction_id"])
    tx.event("interaction.changed", **subjects(interaction), fields=["deliveries"])
    return interaction
