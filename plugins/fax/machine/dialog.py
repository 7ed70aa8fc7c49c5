"""One call's messages, whichever side began it (RFC 3261 §8, §12): no sockets."""

from __future__ import annotations

import secrets
from typing import Final, TypeVar

from sipmessage import URI, CSeq, Request, Response

ALLOW: Final = "INVITE, ACK, BYE, CANCEL, OPTIONS"
_PHRASES: Final = {
    100: "Trying", 180: "Ringing", 200: "OK", 404: "Not Found", 405: "Method Not Allowed", 481: "No Such Call",
    486: "Busy Here", 487: "Request Terminated", 488: "Not Acceptable Here",
}  # fmt: skip
_Any = TypeVar("_Any", Request, Response)


class Dialog:
    """`local` and `remote` are host:port."""

    def __init__(self, local: str, remote: str, own: str, other: str) -> None:
        self._local, host = local, local.rpartition(":")[0]
        self.call_id, self._tag = secrets.token_hex(12), secrets.token_hex(6)
        self._own = f"<{URI('sip', host, user=own)}>;tag={self._tag}"
        self.target = str(URI("sip", remote, user=other))
        self._other, self._routes = f"<{self.target}>", list[str]()
        self._caller, self._host = own, host
        self._sequence, self._branch = 0, ""

    @classmethod
    def of(cls, local: str, invite: Request) -> Dialog:
        """The side that was called."""
        dialog = cls(local, local, "", "")
        dialog.call_id, dialog._own = invite.call_id, f"{invite.headers['To']};tag={dialog._tag}"
        dialog._other, dialog._routes = invite.headers["From"], [str(each) for each in invite.record_route]
        if invite.contact:
            dialog.target = str(invite.contact[0].uri)
        return dialog

    def invite(self, offer: bytes) -> Request:
        """First, or again within the call."""
        self._sequence += 1
        self._branch = f"z9hG4bK{secrets.token_hex(8)}"
        request = self._request("INVITE", self._branch)
        request.headers.add("Contact", f"<sip:{self._local}>")
        request.headers.add("Allow", ALLOW)
        if self._caller:  # a carrier vouches for its customers' numbers (RFC 3325)
            request.headers.add("P-Asserted-Identity", f"<{URI('sip', self._host, user=self._caller)}>")
        return _with_body(request, offer)

    def cancel(self) -> Request:
        """Its branch is the INVITE's (§9.1)."""
        return self._request("CANCEL", self._branch)

    def confirm(self, answer: Response) -> None:
        """A 2xx to the first INVITE made it a dialog (§12.1.2)."""
        self._other = answer.headers["To"]
        self._routes = [str(each) for each in reversed(answer.record_route)]
        if answer.contact:
            self.target = str(answer.contact[0].uri)

    def ack(self, answer: Response) -> Request:
        """Of a 2xx a request of its own, else part of the INVITE's transaction (§17.1.1.3)."""
        good = answer.code < 300
        request = self._request("ACK", f"z9hG4bK{secrets.token_hex(8)}" if good else self._branch)
        if not good:
            request.headers.set("To", answer.headers["To"])
        return request

    def key(self, key: str) -> Request:
        """Pressed for the other side to act on (RFC 6086; what telephones send)."""
        self._sequence += 1
        request = self._request("INFO", f"z9hG4bK{secrets.token_hex(8)}")
        return _with_body(request, f"Signal={key}\r\nDuration=160\r\n".encode(), "application/dtmf-relay")

    def bye(self) -> Request:
        """The end."""
        self._sequence += 1
        return self._request("BYE", f"z9hG4bK{secrets.token_hex(8)}")

    def reply(self, request: Request, code: int, body: bytes = b"") -> Response:
        """§8.2.6; a To without a tag gets ours."""
        answer = Response(code, _PHRASES[code])
        for name in ("Via", "Record-Route", "From", "Call-ID", "CSeq"):
            for value in request.headers.getlist(name):
                answer.headers.add(name, value)
        to = request.headers["To"]
        answer.headers.add("To", to if ";tag=" in to or code == 100 else f"{to};tag={self._tag}")
        answer.headers.add("Contact", f"<sip:{self._local}>")
        answer.headers.add("Allow", ALLOW)
        return _with_body(answer, body)

    def _request(self, method: str, branch: str) -> Request:
        request = Request(method, URI.parse(self.target))
        for name, value in (
            ("Via", f"SIP/2.0/UDP {self._local};branch={branch};rport"), ("Max-Forwards", "70"), ("From", self._own),
            ("To", self._other), ("Call-ID", self.call_id), ("CSeq", str(CSeq(self._sequence, method))),
            ("Content-Length", "0"),
        ):  # fmt: skip
            request.headers.add(name, value)
        for route in self._routes:
            request.headers.add("Route", route)
        return request


def _with_body(message: _Any, body: bytes, kind: str = "application/sdp") -> _Any:
    if body:
        message.body = body
        message.headers.add("Content-Type", kind)
    message.headers.set("Content-Length", str(len(body)))
    return message
