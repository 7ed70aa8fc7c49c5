"""What a normalised input becomes, in one transaction: a message in an interaction, on a ticket, in a queue."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hub.api import AnyAccount, Capabilities, CustomerRef, Inbound, LegFact, MessageKind, Normalised, Receipt, Signal
from hub.model.errors import NotFound
from hub.model.states import WAITING_FOR_AGENT, WAITING_ON_OTHERS, InteractionState
from hub.model.tickets import NewTicket
from hub.pipeline import assemble, receipt, route, thread
from hub.pipeline.calls import leg
from hub.pipeline.colleagues import into_box
from hub.pipeline.flows import flow_state, meanwhile
from hub.pipeline.promises import voicemail
from hub.store import customers, interactions, messages, raws, tickets, work
from hub.store.identities import Found, find_or_create_by_identity
from hub.store.rows import Row
from hub.store.unit import Tx


@dataclass(frozen=True, slots=True)
class Prepared:
    """A raw input that has been read: what it means, and whom plugins recognised in each of its contents."""

    raw_id: int
    account: AnyAccount
    row: Row
    can: Capabilities
    items: Sequence[Normalised]
    recognised: Sequence[CustomerRef | None]


@dataclass(frozen=True, slots=True)
class Effect:
    """What became of one input, for the steps that follow the commit: flows to step, signals to show."""

    interaction_id: int | None
    said: str | None = None
    signal: Signal | None = None


def apply(tx: Tx, prepared: Prepared) -> list[Effect]:
    """Take everything one raw input means into the record."""
    scope = thread.scope_of(prepared.row, prepared.can.dedup_scope)
    effects = []
    for item, recognised in zip(prepared.items, prepared.recognised, strict=True):
        match item:
            case Inbound():
                effects.append(_content(tx, prepared, item, recognised, scope))
            case Receipt():
                effects.append(Effect(receipt.apply(tx, item, prepared.account.channel)))
            case LegFact():
                effects.append(Effect(leg.apply(tx, item, scope)))
            case Signal():
                effects.append(Effect(None, signal=item))
    return effects


def _content(tx: Tx, prepared: Prepared, inbound: Inbound, recognised: CustomerRef | None, scope: str) -> Effect:
    joined = assemble.whole(tx, inbound, prepared.row["id"], prepared.raw_id)
    if joined is None:
        return Effect(None)
    return take(tx, prepared, joined, recognised, scope)


def take(tx: Tx, prepared: Prepared, inbound: Inbound, recognised: CustomerRef | None, scope: str) -> Effect:
    """Deduplicate → identify → thread → store → ticket → flow or queue."""
    known = messages.known(tx, scope, inbound.external_id, inbound.content_hash) if inbound.external_id else None
    if known is not None:
        _once_more(tx, prepared, known)
        return Effect(known["interaction_id"])
    recognised_as = _current(tx, recognised)
    whose = find_or_create_by_identity(tx, inbound.sender, inbound.profile, prepared.account, recognised_as)
    place = thread.find(tx, inbound, prepared.row, scope)
    interaction = _interaction(tx, prepared, inbound, whose, place)
    is_new = place.interaction is None
    message = messages.add(
        tx, interaction, messages.INBOUND, _values(inbound, prepared, whose, scope), inbound.attachments
    )
    voicemail.note(tx, interaction, message)
    interactions.name_thread(tx, scope, (*inbound.known_as, *(inbound.thread if is_new else ())), interaction["id"])
    interaction = _ticket(tx, prepared, inbound, interaction, place)
    _onward(tx, prepared, inbound, interaction)
    return Effect(interaction["id"], said=inbound.text)


def _current(tx: Tx, recognised: CustomerRef | None) -> int | None:
    """Whom a plugin knows as they are now: it may not have heard yet that they were merged, or erased."""
    try:
        return customers.current_id(tx.conn, recognised.customer_id) if recognised else None
    except NotFound:
        return None


def _once_more(tx: Tx, prepared: Prepared, known: Row) -> None:
    """What comes again is kept as it came, and goes when the first goes."""
    if known["raw_id"] is not None:
        raws.belong(tx, [prepared.raw_id], known["raw_id"])


def _interaction(tx: Tx, prepared: Prepared, inbound: Inbound, whose: Found, place: thread.Place) -> Row:
    answer_to = inbound.reply_to or inbound.sender
    address = {"scheme": answer_to.scheme, "value": answer_to.value, "name": answer_to.name} if answer_to else {}
    if place.interaction is not None:
        here = interactions.locked(tx, place.interaction["id"])
        if address and address != here["reply_to"] and not inbound.automatic:
            return interactions.change(tx, here, reply_to=address)
        return here
    account = prepared.row
    named = work.queue_by_key(tx.conn, inbound.queue) if inbound.queue else None
    values: dict[str, Any] = {
        "channel": account["channel"],
        "medium": prepared.can.medium.value,
        "call": prepared.can.calls,
        "account_id": account["id"],
        "queue_id": named["id"] if named else account["queue_id"],
        "department_id": account["department_id"],
        "subject": str(inbound.fields.get("subject") or "")[:1000],
        "customer_id": whose.customer_id,
        "identity_id": whose.identity_id,
        "reply_to": address,
        "thread": (inbound.thread[0] if inbound.thread else inbound.external_id)[:400],
        "language": inbound.language or account["language"],
        "automatic": inbound.automatic,
        "attributes": dict(inbound.profile),
    }
    values["ticket_id"] = place.ticket_id or _opened(tx, prepared, inbound, values)
    return interactions.create(tx, values)


def _values(inbound: Inbound, prepared: Prepared, whose: Found, scope: str) -> dict[str, Any]:
    return {
        "account_id": prepared.row["id"],
        "kind": str(inbound.kind),
        "identity_id": whose.identity_id,
        "author": inbound.sender.name if inbound.sender else "",
        "text": inbound.text,
        "html": inbound.html,
        "quoted": inbound.quoted,
        "fields": dict(inbound.fields),
        "external_id": inbound.external_id[:1000],
        "dedup_scope": scope if inbound.external_id else "",
        "content_hash": inbound.content_hash,
        "raw_id": prepared.raw_id,
        "automatic": inbound.automatic,
        "sent_at": inbound.sent_at,
    }


def _ticket(tx: Tx, prepared: Prepared, inbound: Inbound, interaction: Row, place: thread.Place) -> Row:
    """What was known before joins its ticket, or has one opened now; what is new begins with one."""
    if place.interaction is None and place.ticket_id is None:
        return interaction
    if interaction["ticket_id"] is not None:
        if not inbound.automatic and inbound.kind != MessageKind.RATING:
            tickets.customer_wrote(tx, interaction["ticket_id"])
        return interaction
    opened = _opened(tx, prepared, inbound, interaction)
    return interaction if opened is None else interactions.change(tx, interaction, ticket_id=opened)


def _opened(tx: Tx, prepared: Prepared, inbound: Inbound, interaction: Row) -> int | None:
    """A ticket, where the account says so or the customer asks for one. A machine's mail never opens one."""
    wanted = prepared.row["opens_ticket"] or bool(inbound.fields.get("opens_ticket"))
    if not wanted or inbound.automatic:
        return None
    new = NewTicket(
        subject=interaction["subject"] or inbound.text.strip().split("\n")[0][:200],
        customer_id=interaction["customer_id"],
        department_id=interaction["department_id"],
        channel=interaction["channel"],
    )
    return tickets.create_ticket(tx, None, new)


def _onward(tx: Tx, prepared: Prepared, inbound: Inbound, interaction: Row) -> None:
    """To the flow while self-service has it, or when it is what they may choose while they wait; to its agent or queue
    when nobody has it; else it is where it belongs."""
    state = interaction["state"]
    if state == InteractionState.INITIATED and prepared.row["flow"] and not inbound.automatic:
        flow_state.start(tx, interaction, prepared.row["flow"], inbound.text)
    elif state == InteractionState.SELF_SERVICE:
        flow_state.answered(tx, interaction, inbound.text, str(inbound.kind))
    elif state in WAITING_FOR_AGENT and not inbound.automatic:
        meanwhile.chosen(tx, interaction, inbound.text, str(inbound.kind))
    elif state == InteractionState.INITIATED and inbound.automatic:
        interactions.move(tx, interaction, InteractionState.CLOSED, disposition="AUTOMATIC")
    elif state == InteractionState.INITIATED or (state in WAITING_ON_OTHERS and not inbound.automatic):
        into_box.at_once(tx, route.need_agent(tx, interaction))
