"""What a flow's step becomes, in one transaction: said, sent, asked, handed over or ended. Once, or not at all."""

import logging
from dataclasses import replace
from typing import Any

from hub.api import (
    Address,
    AnyAccount,
    Ask,
    Capabilities,
    Contact,
    End,
    FlowStep,
    HandOver,
    Json,
    MessageKind,
    Prompt,
    Sending,
)
from hub.model.serial import format_serial
from hub.model.states import InteractionState
from hub.model.tickets import NewTicket
from hub.pipeline import conclude, converse, route, start
from hub.pipeline.colleagues import into_box
from hub.pipeline.directory import Directory
from hub.pipeline.flows import flow_state
from hub.pipeline.promises import callback, voicemail
from hub.store import blobs, interactions, tickets, work
from hub.store.identities import normalised
from hub.store.rows import Row
from hub.store.unit import Tx

log = logging.getLogger(__name__)


def take(tx: Tx, interaction_id: int, step: FlowStep, seen: tuple[int, int], via: Directory) -> None:
    """Do as the flow says, unless the dialogue has moved on since it was asked; `seen`: its version, events pending."""
    interaction = interactions.locked(tx, interaction_id)
    memory = interaction["flow_state"]
    if interaction["state"] != InteractionState.SELF_SERVICE or not memory or interaction["flow_version"] != seen[0]:
        return
    if isinstance(step, HandOver) and step.callback and not callback.possible(interaction, _wish(step)):
        step = replace(step, callback=False)  # nobody could be called there: they hold the line, and wait on
    for sending in step.sends:
        _send(tx, interaction, sending, via)
    if isinstance(step, HandOver) and step.ticket:
        interaction = _on_ticket(tx, interaction, step.ticket)
    if "left" not in memory:
        _say_all(tx, interaction_id, step, via)
    interaction = _onward(tx, interactions.locked(tx, interaction_id), step)
    gone = memory.get("left") or ("callback" if _lets_go(interaction, step, via) else "")
    if gone and not (interaction["flow_state"] or {}).get("pending"):
        conclude.ended_by_customer(tx, interaction, gone)


def _onward(tx: Tx, interaction: Row, step: FlowStep) -> Row:
    if not isinstance(step, Ask):
        return _leave(tx, interaction, step)
    choices = [{"key": c.key, "label": c.label} for prompt in step.prompts for c in prompt.choices]
    return flow_state.wait(tx, interaction, step.state, choices, step.timeout)


def _lets_go(interaction: Row, step: FlowStep, via: Directory) -> bool:
    """Who is called back need not hold the line: after the last words it is let go of."""
    account = via.account(interaction["account_id"])
    promised = isinstance(step, HandOver) and step.callback
    return promised and account is not None and via.channel_of(account).capabilities.calls


def _leave(tx: Tx, interaction: Row, step: HandOver | End) -> Row:
    memory = interaction["flow_state"]
    interaction = flow_state.finish(tx, interaction, step if isinstance(step, HandOver) else None)
    if step.attributes:
        known = {**interaction["attributes"], **step.attributes}
        interaction = interactions.change(tx, interaction, attributes=known)
        voicemail.boxed(tx, interaction)
    if isinstance(step, End):
        return conclude.ended_by_customer(tx, interaction, conclude.SELF_SERVICE)
    return _hand_over(tx, interaction, step, flow_state.more_priority(memory, step))


def _hand_over(tx: Tx, interaction: Row, step: HandOver, more: int) -> Row:
    conclude.wrapped_up(tx, interaction)  # by an agent whom they had before: the next one needs the work
    queue = work.queue_by_key(tx.conn, step.queue) if step.queue else None
    if more:
        interaction = interactions.change(tx, interaction, priority=interaction["priority"] + more)
    interaction = route.need_agent(tx, interaction, queue["id"] if queue else None)
    if not step.callback:  # who is promised a call has not come to speak to a tape
        return into_box.at_once(tx, interaction)
    if work.open_for(tx.conn, interaction["id"]) is not None:
        callback.ask(tx, interaction, _wish(step))
        interaction = interactions.locked(tx, interaction["id"])
    return interaction


def _wish(step: HandOver) -> callback.Wish:
    """What is no number one can call is left out: they are called where they came from."""
    known = step.call is not None and normalised(step.call.scheme, step.call.value) is not None
    return callback.Wish(step.call if known else None, step.call_at)


def _on_ticket(tx: Tx, interaction: Row, subject: str) -> Row:
    if interaction["ticket_id"] is not None:
        return interaction
    new = NewTicket(
        subject=subject[:200],
        customer_id=interaction["customer_id"],
        department_id=interaction["department_id"],
        channel=interaction["channel"],
    )
    return interactions.change(tx, interaction, ticket_id=tickets.create_ticket(tx, None, new))


def _with_last(step: FlowStep) -> dict[str, Json]:
    """What a channel that carries a connection must know of the last words."""
    if isinstance(step, End):
        to = step.transfer
        onward: dict[str, Json] = {"transfer": _address(to)} if to else {}
        return {"final": True, **onward}
    return {"final": True} if isinstance(step, HandOver) and step.callback else {}


def _address(to: Address) -> dict[str, Json]:
    return {"scheme": to.scheme, "value": to.value, **({"name": to.name} if to.name else {})}


def _say_all(tx: Tx, interaction_id: int, step: FlowStep, via: Directory) -> None:
    *first, last = step.prompts or (None,)
    for prompt in first:
        _say(tx, interaction_id, prompt, {}, via)
    if last is not None:
        meanwhile = step.meanwhile if isinstance(step, HandOver) else ()
        _say(tx, interaction_id, replace(last, choices=last.choices + meanwhile), _with_last(step), via)


def _say(tx: Tx, interaction_id: int, prompt: Prompt, last: dict[str, Json], via: Directory) -> None:
    interaction = interactions.locked(tx, interaction_id)
    if prompt.language and prompt.language != interaction["language"]:
        interaction = interactions.change(tx, interaction, language=prompt.language)
    serial = _serial(tx, interaction) if "{serial}" in prompt.text + prompt.speech else ""
    text = prompt.text.replace("{serial}", serial) + _written_choices(prompt, interaction, via)
    speech = prompt.speech.replace("{serial}", f'<say-as interpret-as="digits">{serial}</say-as>')
    said = converse.Reply(text=text, kind=MessageKind.TEXT, fields=_fields(prompt, speech) | last)
    message_id = converse.send(tx, interaction, said, actor=None, automatic=True)
    if prompt.sound is not None:
        blobs.attach(tx, message_id, prompt.sound)


def _serial(tx: Tx, interaction: Row) -> str:
    known = interaction["ticket_id"]
    return format_serial(tickets.locked(tx, known)["serial"]) if known is not None else ""


def _written_choices(prompt: Prompt, interaction: Row, via: Directory) -> str:
    """As lines of text, where the channel shows no buttons and speaks no keys."""
    account = via.account(interaction["account_id"])
    can = via.channel_of(account).capabilities if account else None
    if can is None or can.choices or can.calls:
        return ""
    return "".join(f"\n{choice.key}: {choice.label}" for choice in prompt.choices)


def _fields(prompt: Prompt, speech: str) -> dict[str, Json]:
    fields: dict[str, Json] = {}
    if prompt.choices:
        fields["choices"] = [{"key": c.key, "label": c.label} for c in prompt.choices]
    if speech:
        fields["speech"] = speech
    if prompt.language:
        fields["language"] = prompt.language
    if entry := prompt.entry:
        facts: dict[str, Any] = {name: getattr(entry, name) for name in entry.__dataclass_fields__}
        fields["entry"] = {**facts, "kind": str(entry.kind)}
    return fields


def _send(tx: Tx, interaction: Row, sending: Sending, via: Directory) -> None:
    account = _account_for(sending, via)
    if account is None:
        log.error("interaction %s: no account can write first to %s", interaction["id"], sending.to.scheme)
        return
    can = via.capabilities_of(account)
    contact = Contact(account.id, account.channel, sending.to, "notice", interaction["customer_id"], automatic=True)
    start.notice(tx, account, via.row(account.id), can, contact, sending.content)


def _account_for(sending: Sending, via: Directory) -> AnyAccount | None:
    known = via.accounts_for(sending.to.scheme)
    able = sorted(known, key=lambda each: not _made_for(via.capabilities_of(each), sending))
    wanted = sending.sender
    if wanted is not None:
        able = [each for each in able if (each.address.scheme, each.address.value) == (wanted.scheme, wanted.value)]
    return able[0] if able else None


def _made_for(can: Capabilities, sending: Sending) -> bool:
    """Several channels may share a scheme: a telephone number can be called, written to and sent pages."""
    files = bool(sending.content.attachments)
    return not can.calls and sending.content.kind in can.kinds and (can.attachments or not files)
