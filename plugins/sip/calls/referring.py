"""A REFER from a leg (RFC 3515): it is taken or not, and who sent it hears how it goes (§2.4.4)."""

from __future__ import annotations

from plugins.sip.calls import replaces
from plugins.sip.calls.replaces import Replaces
from plugins.sip.calls.within import Within
from plugins.sip.transaction.layer import Incoming
from plugins.sip.wire.message import response, with_body


class Referral:
    """One: its owner calls `accept` and later `done`, or `refuse`. Raises ValueError for a Refer-To that is none."""

    def __init__(self, call: Within, incoming: Incoming) -> None:
        targets = incoming.request.headers.getlist("Refer-To")
        if len(targets) != 1 or not targets[0]:
            raise ValueError("one Refer-To, please")  # §2.4.2
        self.call = call
        self.target = targets[0]
        self.replaces: Replaces | None = replaces.in_refer_to(self.target)
        self._incoming = incoming
        self._event = f"refer;id={incoming.request.cseq.sequence}" if call.referred else "refer"  # §2.4.6

    def accept(self) -> None:
        """It is being done."""
        self.call.referred = True
        self._incoming.respond(response(self._incoming.request, 202, "Accepted"))
        self._notify("SIP/2.0 100 Trying", "active;expires=60")

    def refuse(self, code: int = 603, phrase: str = "Decline") -> None:
        """It will not be done."""
        self._incoming.respond(response(self._incoming.request, code, phrase))

    def done(self, code: int, phrase: str) -> None:
        """What has become of it, as the one who was called would have answered. A leg that is over hears no more."""
        if not self.call.over:
            self._notify(f"SIP/2.0 {code} {phrase}", "terminated;reason=noresource")

    def _notify(self, fragment: str, state: str) -> None:
        assert self.call.dialog is not None, "a REFER is inside a dialog"
        request = self.call.dialog.request("NOTIFY")
        request.headers.add("Event", self._event)
        request.headers.add("Subscription-State", state)
        with_body(request, f"{fragment}\r\n".encode(), "message/sipfrag;version=2.0")
        self.call.ask(request)
