"""What a group of inputs will ask for, asked at once: what came in before, who wrote it, which conversation it is of.

Only what is not there is trusted later; what is may be changed by an earlier input of the same group (`Tx.beforehand`).
"""

from collections.abc import Iterator, Sequence

from hub.api import Inbound
from hub.pipeline import thread
from hub.pipeline.ingest import Prepared
from hub.store import identities, identity_rows, interactions, messages
from hub.store import tables as t
from hub.store.unit import Tx


def look(tx: Tx, group: Sequence[Prepared]) -> None:
    """Four statements for the group, where each input would have three and each row that it becomes one."""
    said = list(_said(group))
    messages.look_for(tx, {(scope, one.external_id, one.content_hash) for scope, one in said if one.external_id})
    senders = {address for _, one in said if (address := _sender(one)) is not None}
    identity_rows.look_for(tx, senders)
    interactions.look_for(tx, {(scope, key) for scope, one in said for key in one.thread})
    _take_numbers(tx, said, senders)


def done(tx: Tx) -> None:
    """The group is through: what was found holds no longer."""
    tx.beforehand.clear()
    tx.rows.give_numbers_back()


def _said(group: Sequence[Prepared]) -> Iterator[tuple[str, Inbound]]:
    for prepared in group:
        scope = thread.scope_of(prepared.row, prepared.can.dedup_scope)
        for item in prepared.items:
            if isinstance(item, Inbound):
                yield scope, item


def _sender(inbound: Inbound) -> tuple[str, str] | None:
    sender = inbound.sender
    value = identities.normalised(sender.scheme, sender.value) if sender else None
    return (sender.scheme, value) if sender and value else None


def _take_numbers(tx: Tx, said: Sequence[tuple[str, Inbound]], senders: set[tuple[str, str]]) -> None:
    if not said:
        return
    people = sum(tx.beforehand.get(("identity", *address)) is None for address in senders)
    conversations = sum(interactions.is_new(tx, scope, one.thread) for scope, one in said)
    wanted = {t.customers: people, t.identities: people, t.interactions: conversations, t.messages: len(said)}
    tx.rows.take_numbers(tx.conn, {**wanted, t.work: conversations})
