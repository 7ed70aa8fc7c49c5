"""What the SMSC's answers mean in the hub's words (SMPP 3.4 §5.1.3, §5.2.28)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hub.api import Misconfigured, ReceiptState, Rejected, SendError, Throttled, TooLarge, Unreachable
from plugins.sms.smpp.pdu import Status

_MEANING: Final[Mapping[int, type[SendError]]] = {
    Status.RINVMSGLEN: TooLarge,
    Status.RINVBNDSTS: Misconfigured,
    Status.RALYBND: Unreachable,
    Status.RSYSERR: Unreachable,
    Status.RINVSRCADR: Misconfigured,
    Status.RBINDFAIL: Misconfigured,
    Status.RINVPASWD: Misconfigured,
    Status.RINVSYSID: Misconfigured,
    Status.RINVSERTYP: Misconfigured,
    Status.RMSGQFUL: Throttled,
    Status.RTHROTTLED: Throttled,
    Status.RX_T_APPN: Unreachable,
}
STATES: Final[Mapping[int, str]] = {
    1: "ENROUTE", 2: "DELIVRD", 3: "EXPIRED", 4: "DELETED", 5: "UNDELIV", 6: "ACCEPTD", 7: "UNKNOWN", 8: "REJECTD",
}  # fmt: skip
"""message_state as the word a text receipt would use (§5.2.28, appendix B)."""
_STILL_ON_ITS_WAY: Final = frozenset({"ENROUTE", "ACCEPTD", "UNKNOWN", "SCHEDULED", "BUFFERED", "BUFFRED"})


def refusal(status: int, what: str) -> SendError:
    """The error an answer other than ESME_ROK means; one we know nothing of is for good."""
    named = Status(status).name if status in set(Status) else "an error of the SMSC's own"
    return _MEANING.get(status, Rejected)(f"{what}: {named} (0x{status:08X})")


def state(word: str) -> ReceiptState:
    """What a receipt's `stat:` says; an unknown word is no failure."""
    word = word.upper()
    if word.startswith("DELIV"):
        return ReceiptState.DELIVERED
    return ReceiptState.SENT if not word or word in _STILL_ON_ITS_WAY else ReceiptState.FAILED
