"""The state tables themselves: what may follow what, and what is never left."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import pytest

from hub.model import states
from hub.model.states import (
    CALLBACK,
    DELIVERY,
    FINAL,
    HOLDS_SLOT,
    INTERACTION,
    OFFER,
    OFFER_OPEN,
    PRESENCE,
    RAW,
    SEGMENT,
    SLOT,
    TICKET,
    VOICEMAIL,
    WAITING_FOR_AGENT,
    WAITING_ON_OTHERS,
    WORK,
    CallbackState,
    DeliveryState,
    InteractionState,
    OfferState,
    Presence,
    RawState,
    SegmentState,
    SlotState,
    TicketStatus,
    VoicemailState,
    WorkState,
)
from hub.model.transitions import IllegalTransition, Transitions

TABLES: list[tuple[type[StrEnum], Transitions[Any], StrEnum]] = [
    (InteractionState, INTERACTION, InteractionState.INITIATED),
    (SegmentState, SEGMENT, SegmentState.ACTIVE),
    (OfferState, OFFER, OfferState.PENDING),
    (Presence, PRESENCE, Presence.LOGGED_OUT),
    (SlotState, SLOT, SlotState.IDLE),
    (DeliveryState, DELIVERY, DeliveryState.PENDING),
    (WorkState, WORK, WorkState.WAITING),
    (TicketStatus, TICKET, TicketStatus.NEW),
    (RawState, RAW, RawState.STORED),
    (CallbackState, CALLBACK, CallbackState.PLANNED),
    (VoicemailState, VOICEMAIL, VoicemailState.NEW),
]


@pytest.mark.parametrize(("kind", "table", "first"), TABLES)
def test_every_state_can_be_reached_from_the_first(
    kind: type[StrEnum], table: Transitions[Any], first: StrEnum
) -> None:
    reached, ahead = {first}, [first]
    while ahead:
        following = table.after(ahead.pop()) - reached
        reached |= following
        ahead.extend(following)
    assert reached == set(kind)


@pytest.mark.parametrize(("kind", "table", "first"), TABLES)
def test_no_state_follows_itself_and_check_agrees_with_the_table(
    kind: type[StrEnum], table: Transitions[Any], first: StrEnum
) -> None:
    for before in kind:
        assert not table.allows(before, before)
        for after in set(kind) - table.after(before):
            with pytest.raises(IllegalTransition) as caught:
                table.check(before, after)
            assert caught.value.code == "ILLEGAL_TRANSITION"
        for after in table.after(before):
            table.check(before, after)
            assert before in table.before(after)


def test_an_ended_interaction_stays_ended() -> None:
    assert {state for state in InteractionState if INTERACTION.is_final(state)} == FINAL


def test_an_offer_ends_exactly_once() -> None:
    ends = {state for state in OfferState if not OFFER.after(state) & (OFFER_OPEN | {OfferState.ACCEPTED})}
    assert ends == set(OfferState) - OFFER_OPEN
    assert {state for state in OfferState if OFFER.is_final(state)} == ends - {OfferState.ACCEPTED}


def test_each_interaction_state_is_of_exactly_one_sort() -> None:
    sorts = [FINAL, HOLDS_SLOT, WAITING_ON_OTHERS, WAITING_FOR_AGENT]
    unhandled = {InteractionState.INITIATED, InteractionState.SELF_SERVICE}
    assert sum(map(len, sorts)) + len(unhandled) == len(InteractionState)
    assert set().union(*sorts, unhandled) == set(InteractionState)


def test_a_late_bounce_may_turn_delivered_into_failed() -> None:
    DELIVERY.check(DeliveryState.DELIVERED, DeliveryState.FAILED)
    with pytest.raises(IllegalTransition):
        DELIVERY.check(DeliveryState.DELIVERED, DeliveryState.PENDING)


def test_a_reply_to_a_closed_ticket_opens_it_again() -> None:
    assert TICKET.after(TicketStatus.CLOSED) == {TicketStatus.OPEN}


def test_every_state_is_spelled_as_its_name() -> None:
    kinds = [kind for kind in vars(states).values() if isinstance(kind, type) and issubclass(kind, StrEnum)]
    assert len(kinds) >= 10
    assert all(member.value == member.name for kind in kinds for member in kind)
