"""The voicemail boxes: a message left to be heard is in its queue's, or in an agent's own, until somebody closes it."""

from sqlalchemy import or_, select

from hub.api import MessageKind
from hub.model.actor import Actor
from hub.model.states import VoicemailState
from hub.store import access, voicemails
from hub.store.interactions import subjects
from hub.store.rows import Row, many
from hub.store.tables import users
from hub.store.unit import Tx

FOR = "voicemail_for"  # the attribute by which a script puts what is left into an agent's own box, by login or by name


def note(tx: Tx, interaction: Row, message: Row) -> None:
    """A message has come in: if it is to be heard, it is in a box from now on; in an agent's own, theirs to see to."""
    if message["kind"] != MessageKind.VOICEMAIL:
        return
    owner = _owner(tx, interaction)
    values = {
        "message_id": message["id"],
        "interaction_id": interaction["id"],
        "queue_id": interaction["queue_id"],
        "department_id": interaction["department_id"],
        "language": interaction["language"],
        "box_user_id": owner,
        "assignee_id": owner,
    }
    voicemails.create(tx, values)


def boxed(tx: Tx, interaction: Row) -> None:
    """Self-service has said whose they are."""
    owner = _owner(tx, interaction)
    if owner is None:
        return
    for number in voicemails.of_interaction(tx.conn, interaction["id"]):
        known = voicemails.get(tx, number)
        if known["box_user_id"] != owner:
            voicemails.change(tx, known, box_user_id=owner, assignee_id=owner)


def heard(tx: Tx, actor: Actor, voicemail_id: int, on: bool = True) -> None:
    """Somebody has heard it; or it is to be as new. Raises NotFound, IllegalTransition."""
    row = voicemails.require(tx, actor, voicemail_id)
    if row["state"] == VoicemailState.CLOSED:
        return
    if on:
        voicemails.move(tx, row, VoicemailState.HEARD, heard_by=actor.user_id, heard_at=tx.now)
    else:
        voicemails.move(tx, row, VoicemailState.NEW, heard_by=None, heard_at=None)


def closed(tx: Tx, actor: Actor, voicemail_id: int, on: bool = True) -> None:
    """It has been seen to, or is not yet."""
    row = voicemails.require(tx, actor, voicemail_id)
    voicemails.move(tx, row, VoicemailState.CLOSED if on else VoicemailState.HEARD)


def assign(tx: Tx, actor: Actor, voicemail_id: int, user_id: int | None) -> None:
    """Whose it is to see to; None: nobody's in particular. Raises NotFound."""
    row = voicemails.require(tx, actor, voicemail_id)
    if user_id is not None:
        access.require_enabled_user(tx.conn, user_id)
    voicemails.change(tx, row, assignee_id=user_id)


def told(tx: Tx, interaction: Row, row: Row, state: str, own: str = "") -> None:
    """What became of its transcript; screens that show it look again. `own`: its words, where they are for who may hear
    it alone."""
    voicemails.change(tx, row, transcript_state=state, transcript=own)
    tx.event("interaction.changed", **subjects(interaction), fields=["transcript"])


def _owner(tx: Tx, interaction: Row) -> int | None:
    login = interaction["attributes"].get(FOR)
    if not isinstance(login, str) or not login:
        return None
    named = or_(users.c.login == login, users.c.name == login)
    found = many(tx.conn, select(users.c.id, users.c.login).where(named, users.c.enabled).limit(3))
    best = [row for row in found if row["login"] == login] or found
    return int(best[0]["id"]) if len(best) == 1 else None
