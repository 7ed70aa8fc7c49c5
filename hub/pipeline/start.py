"""Writing first: a new contact by an agent, or a notice by the hub or a plugin."""

from typing import Any

from hub.api import Address, AnyAccount, Capabilities, Contact, Content
from hub.model.actor import Actor
from hub.model.errors import Invalid
from hub.model.states import InteractionState
from hub.pipeline import converse, route
from hub.store import blobs, interactions
from hub.store.identities import find_or_create_by_identity, normalised
from hub.store.rows import Row
from hub.store.unit import Tx


def contact(
    tx: Tx, actor: Actor, account: AnyAccount, row: Row, can: Capabilities, to: Address, said: converse.Reply
) -> int:
    """An agent writes to an address; the conversation is theirs. Returns the interaction's id. Raises Invalid."""
    if not can.can_start or can.calls or to.scheme != can.start_scheme:
        raise Invalid("cannot start", {"account": "One cannot write first on this channel."})
    interaction = begin(tx, account, row, can, to, subject=str(said.fields.get("subject") or ""))
    interaction = route.connect(tx, interaction, actor.user_id, "started")
    converse.send(tx, interaction, said, actor=actor)
    interaction_id: int = interaction["id"]
    return interaction_id


def notice(tx: Tx, account: AnyAccount, row: Row, can: Capabilities, wanted: Contact, content: Content) -> int:
    """A message nobody in particular wrote (an acknowledgement, a transcript); returns its id. A notice outside any
    interaction makes one that is closed at once: it asks for no agent."""
    said = converse.Reply(content.text, content.html, content.kind, content.fields, to=wanted.to)
    if wanted.interaction_id is not None:
        interaction = interactions.locked(tx, wanted.interaction_id)
        message_id = converse.send(tx, interaction, said, actor=None, automatic=wanted.automatic)
    else:
        interaction = begin(tx, account, row, can, wanted.to, subject=str(content.fields.get("subject") or ""))
        message_id = converse.send(tx, interaction, said, actor=None, automatic=wanted.automatic)
        interactions.move(tx, interaction, InteractionState.CLOSED, disposition="NOTICE")
    for file in content.attachments:
        blobs.attach(tx, message_id, file)
    return message_id


def begin(tx: Tx, account: AnyAccount, row: Row, can: Capabilities, to: Address, subject: str = "") -> Row:
    """A new interaction with whoever has this address, in INITIATED. Raises Invalid when it is none."""
    value = normalised(to.scheme, to.value)
    if value is None:
        raise Invalid("address", {"to": "This is no address one can write to."})
    whose = find_or_create_by_identity(tx, to, {}, account)
    values: dict[str, Any] = {
        "channel": account.channel,
        "medium": can.medium.value,
        "call": can.calls,
        "account_id": account.id,
        "queue_id": row["queue_id"],
        "department_id": row["department_id"],
        "subject": subject[:1000],
        "customer_id": whose.customer_id,
        "identity_id": whose.identity_id,
        "reply_to": {"scheme": to.scheme, "value": value, "name": to.name},
        "language": account.language,
    }
    return interactions.create(tx, values)
