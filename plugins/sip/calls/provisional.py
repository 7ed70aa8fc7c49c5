"""Reliable provisional answers to our INVITEs (RFC 3262 §4): each acknowledged once, in order, in its early dialog."""

from __future__ import annotations

import re
from typing import Final

from sipmessage import Request, Response

from plugins.sip.calls.dialog import Dialog
from plugins.sip.wire.addresses import name_addr, tag

_RSEQ: Final = re.compile(r"\d{1,10}")


class Provisionals:
    """One call's. An INVITE may lead to several early dialogs, each with numbers of its own."""

    def __init__(self, contact: str) -> None:
        self._contact = contact
        self._early: dict[tuple[str, int, str], tuple[Dialog, int]] = {}

    def acknowledgement(self, invite: Request, answer: Response) -> Request | None:
        """The PRACK this answer asks for; None when it asks for none, came before, or came before its turn."""
        number, key = _reliable(answer), _key(invite, answer)
        if number is None:
            return None
        dialog, last = self._early.get(key) or (Dialog.as_client(invite, answer, self._contact), number - 1)
        if number != last + 1:
            return None
        self._early[key] = (dialog, number)
        prack = dialog.request("PRACK")
        prack.headers.add("RAck", f"{number} {invite.cseq.sequence} INVITE")
        return prack

    def confirmed(self, invite: Request, answer: Response) -> Dialog:
        """The dialog of a 2xx: it goes on counting after its PRACKs."""
        dialog = Dialog.as_client(invite, answer, self._contact)
        if early := self._early.get(_key(invite, answer)):
            dialog.local_sequence = early[0].local_sequence
        return dialog


def _key(invite: Request, answer: Response) -> tuple[str, int, str]:
    return (invite.call_id, invite.cseq.sequence, tag(name_addr(answer.headers["To"])))


def _reliable(answer: Response) -> int | None:
    """Its RSeq, where it is to be acknowledged (§7.1)."""
    required = " ".join(answer.headers.getlist("Require")).replace(",", " ").lower().split()
    number = (answer.headers.get("RSeq") or "").strip()
    if answer.code <= 100 or "100rel" not in required or not _RSEQ.fullmatch(number):
        return None
    return int(number)
