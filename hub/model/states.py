"""Every state a concept can be in, and which may follow which (upper case in code, API and log)."""

from __future__ import annotations

from enum import StrEnum

from hub.model.transitions import Transitions


class InteractionState(StrEnum):
    INITIATED = "INITIATED"
    SELF_SERVICE = "SELF_SERVICE"
    QUEUED = "QUEUED"
    OFFERED = "OFFERED"
    CONNECTED = "CONNECTED"
    ON_HOLD = "ON_HOLD"
    CONSULTING = "CONSULTING"
    CONFERENCED = "CONFERENCED"
    TRANSFERRING = "TRANSFERRING"
    AWAITING_CUSTOMER = "AWAITING_CUSTOMER"
    SNOOZED = "SNOOZED"
    PARKED = "PARKED"
    CLOSED = "CLOSED"
    ABANDONED = "ABANDONED"
    FAILED = "FAILED"


_I = InteractionState
FINAL = frozenset({_I.CLOSED, _I.ABANDONED, _I.FAILED})
WAITING_ON_OTHERS = frozenset({_I.AWAITING_CUSTOMER, _I.SNOOZED, _I.PARKED})
HOLDS_SLOT = frozenset({_I.CONNECTED, _I.ON_HOLD, _I.CONSULTING, _I.CONFERENCED, _I.TRANSFERRING})
WAITING_FOR_AGENT = frozenset({_I.QUEUED, _I.OFFERED})

_ENDS_WITH_AGENT = frozenset({_I.CLOSED, _I.FAILED})
_IN_HAND = HOLDS_SLOT | WAITING_ON_OTHERS | _ENDS_WITH_AGENT | {_I.QUEUED}

INTERACTION = Transitions(
    {
        _I.INITIATED: {_I.SELF_SERVICE, _I.QUEUED, _I.CONNECTED, _I.AWAITING_CUSTOMER} | FINAL,
        _I.SELF_SERVICE: {_I.QUEUED, _I.CONNECTED} | FINAL,
        # CONNECTED from the queue: taken by hand
        _I.QUEUED: {_I.OFFERED, _I.CONNECTED, _I.SELF_SERVICE, _I.SNOOZED} | FINAL,
        # SELF_SERVICE from the queue: they chose something else than to wait on
        _I.OFFERED: {_I.QUEUED, _I.CONNECTED, _I.SELF_SERVICE} | FINAL,
        # SELF_SERVICE from an agent: a rating or a payment taken by the flow
        _I.CONNECTED: (_IN_HAND | {_I.SELF_SERVICE}) - {_I.CONNECTED},
        _I.ON_HOLD: _IN_HAND - {_I.ON_HOLD},
        _I.CONSULTING: _IN_HAND - {_I.CONSULTING},
        _I.CONFERENCED: (_IN_HAND | {_I.SELF_SERVICE}) - {_I.CONFERENCED},
        _I.TRANSFERRING: {_I.QUEUED, _I.CONNECTED} | FINAL,
        _I.AWAITING_CUSTOMER: {_I.CONNECTED, _I.QUEUED, _I.TRANSFERRING, _I.SNOOZED, _I.PARKED} | FINAL,
        _I.SNOOZED: {_I.CONNECTED, _I.QUEUED, _I.TRANSFERRING, _I.AWAITING_CUSTOMER, _I.PARKED} | FINAL,
        _I.PARKED: {_I.CONNECTED, _I.QUEUED, _I.TRANSFERRING, _I.AWAITING_CUSTOMER, _I.SNOOZED} | FINAL,
    }
)


class SegmentState(StrEnum):
    ACTIVE = "ACTIVE"
    WRAP_UP = "WRAP_UP"
    DONE = "DONE"


SEGMENT = Transitions(
    {
        SegmentState.ACTIVE: {SegmentState.WRAP_UP, SegmentState.DONE},
        SegmentState.WRAP_UP: {SegmentState.DONE},
    }
)


class SegmentOutcome(StrEnum):
    """How a segment ended; one without an outcome is still under way."""

    ANSWERED = "ANSWERED"
    OVERFLOWED = "OVERFLOWED"
    CALLBACK_REQUESTED = "CALLBACK_REQUESTED"
    TIMED_OUT = "TIMED_OUT"
    TRANSFERRED = "TRANSFERRED"
    SELF_SERVICE = "SELF_SERVICE"
    ABANDONED = "ABANDONED"


class OfferState(StrEnum):
    PENDING = "PENDING"
    RINGING = "RINGING"
    ACCEPTED = "ACCEPTED"
    BRIDGED = "BRIDGED"
    REJECTED = "REJECTED"
    TIMED_OUT = "TIMED_OUT"
    RESCINDED = "RESCINDED"
    CANCELLED = "CANCELLED"
    FAILED = "FAILED"
    EXPIRED = "EXPIRED"


_O = OfferState
OFFER_OPEN = frozenset({_O.PENDING, _O.RINGING})
_OFFER_ENDS = frozenset({_O.REJECTED, _O.TIMED_OUT, _O.RESCINDED, _O.CANCELLED, _O.FAILED, _O.EXPIRED})

OFFER = Transitions(
    {
        _O.PENDING: {_O.RINGING, _O.ACCEPTED} | _OFFER_ENDS,
        _O.RINGING: {_O.ACCEPTED} | _OFFER_ENDS,
        # for deferred work ACCEPTED is the end; for a call the media has still to come up
        _O.ACCEPTED: {_O.BRIDGED, _O.CANCELLED, _O.FAILED},
    }
)


class PartyState(StrEnum):
    """Somebody in a call who was not offered it: a number outside, a supervisor."""

    RINGING = "RINGING"
    TALKING = "TALKING"
    ENDED = "ENDED"


PARTY = Transitions(
    {
        PartyState.RINGING: {PartyState.TALKING, PartyState.ENDED},
        PartyState.TALKING: {PartyState.ENDED},
    }
)


class Presence(StrEnum):
    """Chosen by the agent; what they are busy with is SlotState, derived."""

    LOGGED_OUT = "LOGGED_OUT"
    NOT_READY = "NOT_READY"
    READY = "READY"


PRESENCE = Transitions({state: set(Presence) - {state} for state in Presence})


class NotReadyReason(StrEnum):
    """The reasons the hub itself gives; a site adds its own as plain strings."""

    LOGIN = "LOGIN"
    NO_ANSWER = "NO_ANSWER"
    FORCED = "FORCED"
    UNREACHABLE = "UNREACHABLE"


class SlotState(StrEnum):
    IDLE = "IDLE"
    RESERVED = "RESERVED"
    RINGING = "RINGING"
    ACTIVE = "ACTIVE"
    WRAP_UP = "WRAP_UP"


_S = SlotState
SLOT = Transitions(
    {
        _S.IDLE: {_S.RESERVED, _S.ACTIVE},  # ACTIVE at once: taken by hand
        _S.RESERVED: {_S.RINGING, _S.ACTIVE, _S.IDLE},
        _S.RINGING: {_S.ACTIVE, _S.IDLE},
        _S.ACTIVE: {_S.WRAP_UP, _S.IDLE},
        _S.WRAP_UP: {_S.IDLE},
    }
)


class DeliveryState(StrEnum):
    PENDING = "PENDING"
    LEASED = "LEASED"
    SENT = "SENT"
    DELIVERED = "DELIVERED"
    READ = "READ"
    FAILED = "FAILED"
    BLOCKED = "BLOCKED"
    UNDONE = "UNDONE"
    UNKNOWN = "UNKNOWN"


_D = DeliveryState
DELIVERY = Transitions(
    {
        _D.PENDING: {_D.LEASED, _D.BLOCKED, _D.UNDONE, _D.FAILED},
        # a receipt may overtake the answer to our own request
        _D.LEASED: {_D.PENDING, _D.SENT, _D.DELIVERED, _D.READ, _D.FAILED, _D.BLOCKED, _D.UNKNOWN},
        _D.SENT: {_D.DELIVERED, _D.READ, _D.FAILED, _D.UNKNOWN},
        _D.DELIVERED: {_D.READ, _D.FAILED},  # a late bounce
        _D.FAILED: {_D.PENDING, _D.DELIVERED, _D.READ},  # a person tries again; a receipt says otherwise
        _D.UNKNOWN: {_D.PENDING, _D.SENT, _D.DELIVERED, _D.READ, _D.FAILED},
    }
)


class WorkState(StrEnum):
    WAITING = "WAITING"
    OFFERED = "OFFERED"
    ASSIGNED = "ASSIGNED"
    DONE = "DONE"
    CANCELLED = "CANCELLED"


_W = WorkState
WORK = Transitions(
    {
        _W.WAITING: {_W.OFFERED, _W.ASSIGNED, _W.DONE, _W.CANCELLED},
        _W.OFFERED: {_W.WAITING, _W.ASSIGNED, _W.CANCELLED},
        _W.ASSIGNED: {_W.WAITING, _W.DONE, _W.CANCELLED},
    }
)


class CallbackState(StrEnum):
    """A promise to call somebody back. PLANNED: its time has not come; WAITING: its work waits for an agent, or is with
    one; DIALING: that agent's device rings, then the customer's."""

    PLANNED = "PLANNED"
    WAITING = "WAITING"
    DIALING = "DIALING"
    REACHED = "REACHED"
    NOT_REACHED = "NOT_REACHED"
    CANCELLED = "CANCELLED"


_B = CallbackState
_KEPT = frozenset({_B.REACHED, _B.NOT_REACHED, _B.CANCELLED})
CALLBACK = Transitions(
    {
        _B.PLANNED: {_B.WAITING} | _KEPT,
        _B.WAITING: {_B.DIALING, _B.PLANNED} | _KEPT,
        _B.DIALING: {_B.PLANNED, _B.WAITING} | _KEPT,
    }
)


class VoicemailState(StrEnum):
    """A message in a box. Who plays it has HEARD it; CLOSED: it has been seen to."""

    NEW = "NEW"
    HEARD = "HEARD"
    CLOSED = "CLOSED"


_V = VoicemailState
VOICEMAIL = Transitions({_V.NEW: {_V.HEARD, _V.CLOSED}, _V.HEARD: {_V.NEW, _V.CLOSED}, _V.CLOSED: {_V.HEARD}})


class TicketStatus(StrEnum):
    NEW = "NEW"
    OPEN = "OPEN"
    PENDING = "PENDING"
    ON_HOLD = "ON_HOLD"
    RESOLVED = "RESOLVED"
    CLOSED = "CLOSED"


_T = TicketStatus
TICKET_UNSOLVED = frozenset({_T.NEW, _T.OPEN, _T.PENDING, _T.ON_HOLD})
TICKET = Transitions(
    {
        _T.NEW: set(_T) - {_T.NEW},
        _T.OPEN: set(_T) - {_T.NEW, _T.OPEN},
        _T.PENDING: set(_T) - {_T.NEW, _T.PENDING},
        _T.ON_HOLD: set(_T) - {_T.NEW, _T.ON_HOLD},
        _T.RESOLVED: set(_T) - {_T.NEW, _T.RESOLVED},
        _T.CLOSED: {_T.OPEN},  # a late reply opens the same ticket
    }
)


class RawState(StrEnum):
    """What became of the bytes that came in."""

    STORED = "STORED"
    DONE = "DONE"
    QUARANTINED = "QUARANTINED"
    DISCARDED = "DISCARDED"


_R = RawState
RAW = Transitions(
    {
        _R.STORED: {_R.DONE, _R.QUARANTINED, _R.DISCARDED},
        _R.QUARANTINED: {_R.STORED, _R.DONE, _R.DISCARDED},  # STORED: a person has it replayed
    }
)
