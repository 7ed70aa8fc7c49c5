"""What an agent does with a call. The record says what shall be; the switchboard has the channel bring it about."""

from dataclasses import dataclass

from hub.api import Address, AnyAccount, Capabilities, Cause
from hub.model.actor import Actor
from hub.model.errors import Conflict, Invalid
from hub.model.states import InteractionState
from hub.pipeline import conclude, offer, route, start
from hub.pipeline.colleagues import consult, consulted
from hub.pipeline.colleagues.place import handed_over
from hub.store import interactions, legs
from hub.store.rows import Row
from hub.store.unit import Tx

PLACED, PASSED_TO = "placed", "passed_to"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A call to be made: `caller` is the number to show, "" the account's usual one."""

    to: Address
    caller: str = ""


def hold(tx: Tx, actor: Actor, interaction_id: int) -> Row:
    """The customer hears music. Raises Conflict unless the actor talks with them."""
    interaction = _own_call(tx, actor, interaction_id)
    if interaction["state"] != InteractionState.CONNECTED:
        raise Conflict("You do not talk with the customer now.", {"state": interaction["state"]})
    return interactions.move(tx, interaction, InteractionState.ON_HOLD)


def resume(tx: Tx, actor: Actor, interaction_id: int) -> Row:
    """They talk again: from hold, or when nobody has answered yet where they were to be passed on. Raises Conflict in
    any other state."""
    interaction = _own_call(tx, actor, interaction_id)
    if interaction["state"] not in {InteractionState.ON_HOLD, InteractionState.TRANSFERRING}:
        raise Conflict("The customer is not on hold.", {"state": interaction["state"]})
    interactions.move(tx, interaction, InteractionState.CONNECTED)
    return consulted.settle(tx, interaction_id)


def hang_up(tx: Tx, actor: Actor, interaction_id: int) -> Row:
    """The call is over. Who was brought in only leaves it; whose device still rings does not take it."""
    interaction = interactions.locked_for(tx, actor, interaction_id)
    own = next((leg for leg in legs.legs_of(tx.conn, interaction_id) if leg.user == actor.user_id), None)
    if own is None:
        raise Conflict("You are not in this call.")
    if not own.up:
        offer.refused(tx, own.offer)
        return interactions.locked(tx, interaction_id)
    if consulted.partner(tx, interaction_id, actor.user_id) is not None:
        consult.leave(tx, actor, interaction_id)
        return interactions.locked(tx, interaction_id)
    if interaction["agent_id"] == actor.user_id and (other := consulted.beside_them(tx, interaction_id)) is not None:
        return handed_over(tx, interaction, other)
    if interaction["state"] == InteractionState.INITIATED and interaction["agent_id"] == actor.user_id:
        return conclude.ended(tx, interaction, "agent", InteractionState.FAILED)
    return conclude.close(tx, actor, interaction_id)


def pass_out(tx: Tx, actor: Actor, interaction_id: int, to: Address) -> Row:
    """To an outside address: TRANSFERRING until they were taken there, or the actor's again. Who was called into the
    call from there has them at once."""
    interaction = _own_call(tx, actor, interaction_id)
    there = {"scheme": to.scheme, "value": to.value, "name": to.name}
    attributes = {**interaction["attributes"], PASSED_TO: there}
    return interactions.move(tx, interaction, InteractionState.TRANSFERRING, attributes=attributes)


def passed_out(tx: Tx, interaction_id: int) -> None:
    """They were taken there."""
    conclude.ended(tx, interactions.locked(tx, interaction_id), Cause.TRANSFERRED, InteractionState.CLOSED)


def place(tx: Tx, actor: Actor, account: AnyAccount, row: Row, can: Capabilities, scope: str, wanted: Wanted) -> int:
    """Call somebody: the actor's device rings first. Returns the interaction, which is theirs. Raises Invalid where the
    channel makes no calls, Conflict while they are in another one."""
    if not can.calls or wanted.to.scheme != can.start_scheme:
        raise Invalid("no calls", {"account": "One cannot call from this account."})
    # Before anything is written: who asks may go on in this transaction.
    if not route.may_call(tx, {"medium": can.medium.value, "channel": account.channel}, actor.user_id):
        raise Conflict("You have a call already.")
    interaction = start.begin(tx, account, row, can, wanted.to)
    thread = f"{PLACED}:{interaction['id']}"
    attributes = {PLACED: {"by": actor.user_id, "caller": wanted.caller}}
    interaction = interactions.change(tx, interaction, thread=thread, attributes=attributes)
    interactions.name_thread(tx, scope, (thread,), interaction["id"])
    route.connect(tx, interaction, actor.user_id, "started")
    offer.give_way(tx, actor.user_id)
    interaction_id: int = interaction["id"]
    return interaction_id


def _own_call(tx: Tx, actor: Actor, interaction_id: int) -> Row:
    interaction = interactions.locked_for(tx, actor, interaction_id)
    if not interaction["call"] or interaction["agent_id"] != actor.user_id:
        raise Conflict("This is no call of yours.", {"state": interaction["state"]})
    if not legs.up_for(tx.conn, interaction_id, actor.user_id):
        raise Conflict("Your phone has not been answered yet.", {"state": interaction["state"]})
    return interaction
