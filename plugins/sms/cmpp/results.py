"""What the results of CMPP mean: of a login, of a submission, and what a status report says."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import Final

from hub.api import Misconfigured, ReceiptState, Rejected, SendError, Throttled, TooLarge, Unreachable

SLOWER: Final = 1.0
"""Seconds after which a text is offered again that was too much at once."""


class Taken(IntEnum):
    """What we answer to a DELIVER (CMPP 2.0 §7.4.5.2)."""

    OK = 0
    TOO_FAST = 8
    OTHER = 9


_LOGIN: Final[Mapping[int, str]] = {
    1: "the structure of CONNECT is wrong",
    2: "it does not know this sp_id",
    3: "the password is wrong",
    4: "it does not speak this version",
}
_SUBMIT: Final[Mapping[int, tuple[type[SendError], str]]] = {
    1: (Rejected, "the structure of the message is wrong"),
    2: (Rejected, "the command is wrong"),
    3: (Rejected, "the sequence number came twice"),
    4: (TooLarge, "its length is wrong"),
    5: (Misconfigured, "the fee code is wrong"),
    6: (TooLarge, "it is too long"),
    7: (Misconfigured, "the service id is wrong"),
    8: (Throttled, "more than the agreed rate"),
    9: (Rejected, "this gateway does not serve this number"),
    10: (Misconfigured, "the service number (Src_Id) is wrong"),
    11: (Misconfigured, "the sp_id (Msg_src) is wrong"),
    12: (Misconfigured, "the number to be charged is wrong"),
    13: (Rejected, "the recipient's number is wrong"),
}
_STATES: Final[Mapping[str, tuple[ReceiptState, str]]] = {
    "DELIVRD": (ReceiptState.DELIVERED, ""),
    "ACCEPTD": (ReceiptState.SENT, ""),
    "EXPIRED": (ReceiptState.FAILED, "the handset was not reached in time"),
    "DELETED": (ReceiptState.FAILED, "it was deleted on its way"),
    "UNDELIV": (ReceiptState.FAILED, "it could not be delivered"),
    "UNKNOWN": (ReceiptState.FAILED, "the carrier does not know what became of it"),
    "REJECTD": (ReceiptState.FAILED, "the carrier refused it"),
}


def login_refused(status: int) -> SendError:
    """Why the gateway does not let us in; 5 and above are its own troubles."""
    if status in _LOGIN:
        return Misconfigured(f"the gateway refuses the login: {_LOGIN[status]}")
    return Unreachable(f"the gateway refuses the login: status {status}")


def submit_refused(result: int) -> SendError:
    """Why the gateway did not take a text."""
    kind, words = _SUBMIT.get(result, (Rejected, "a reason of its own"))
    return kind(f"CMPP {result}: {words}", retry_after=SLOWER if kind is Throttled else None)


def state_of(status: str) -> tuple[ReceiptState, str]:
    """What a report's Stat means, with a line for the agent; a carrier's own codes (MA:0012) are failures."""
    return _STATES.get(status.upper(), (ReceiptState.FAILED, "the carrier's own code"))
