"""What happens to a party's media in a live interaction, as far as the record needs it; media never waits for this."""

from hub.api import LegFact, LegState
from hub.model.states import InteractionState
from hub.pipeline import conclude
from hub.store import interactions
from hub.store.interactions import subjects
from hub.store.rows import Row
from hub.store.unit import Tx


def apply(tx: Tx, fact: LegFact, scope: str) -> int | None:
    """Note the fact; returns the interaction it is about, None when there is none by that name."""
    interaction = interactions.by_thread(tx.conn, scope, (fact.thread,))
    if interaction is None:
        return None
    interaction = interactions.locked(tx, interaction["id"])
    tx.event("leg.state", **subjects(interaction), leg=fact.leg, state=fact.state.value, cause=fact.cause)
    _follow(tx, interaction, fact)
    interaction_id: int = interaction["id"]
    return interaction_id


def _follow(tx: Tx, interaction: Row, fact: LegFact) -> None:
    state = interaction["state"]
    if fact.state is LegState.ENDED:
        conclude.ended_by_customer(tx, interaction, fact.cause or "customer")
    elif fact.state is LegState.HELD and state == InteractionState.CONNECTED:
        interactions.move(tx, interaction, InteractionState.ON_HOLD)
    elif fact.state is LegState.RESUMED and state == InteractionState.ON_HOLD:
        interactions.move(tx, interaction, InteractionState.CONNECTED)
