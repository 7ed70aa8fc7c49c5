"""A carrier's side of one call to the hub, as messages (RFC 3261 §8.1, §12, §13.2.2.4, §15.1): no sockets."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Final, TypeVar

from sipmessage import URI, CSeq, Request, Response

ALLOW: Final = "INVITE, ACK, BYE, CANCEL, OPTIONS"
_Any = TypeVar("_Any", Request, Response)
_PHRASES: Final = {200: "OK", 405: "Method Not Allowed", 481: "No Such Call", 488: "Not Acceptable Here"}


def _branch() -> str:
    return f"z9hG4bK{secrets.token_hex(8)}"


@dataclass(slots=True)
class Dialog:
    """`local` and `remote` are host:port of the phone and the hub; `caller` is a number, "" withholds it (RFC 3323)."""

    local: str
    remote: str
    caller: str
    called: str
    call_id: str = field(default_factory=lambda: secrets.token_hex(12))
    tag: str = field(default_factory=lambda: secrets.token_hex(6))
    branch: str = field(default_factory=_branch)
    sequence: int = 1
    to: str = ""
    target: str = ""
    routes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.target = str(URI("sip", self.remote, user=self.called))
        self.to = f"<{self.target}>"

    def invite(self, offer: bytes) -> Request:
        """Who calls stands in P-Asserted-Identity, too: a carrier vouches for its customers' numbers (RFC 3325)."""
        request = self._request("INVITE", self.branch, self.sequence)
        request.headers.add("Contact", f"<sip:{self.local}>")
        request.headers.add("Allow", ALLOW)
        if self.caller:
            request.headers.add("P-Asserted-Identity", f"<{URI('sip', self._host, user=self.caller)}>")
        else:
            request.headers.add("Privacy", "id")
        return _with_body(request, offer)

    def cancel(self) -> Request:
        """Its branch is the INVITE's (§9.1)."""
        return self._request("CANCEL", self.branch, 1)

    def confirm(self, answer: Response) -> None:
        """A 2xx made it a dialog: whom we talk to, and by which way (§12.1.2)."""
        self.to = answer.headers["To"]
        self.routes = tuple(str(each) for each in reversed(answer.record_route))
        if answer.contact:
            self.target = str(answer.contact[0].uri)

    def ack(self, answer: Response) -> Request:
        """Of a 2xx a request of its own, else part of the INVITE's transaction (§17.1.1.3)."""
        if answer.code >= 300:
            request = self._request("ACK", self.branch, 1)
            request.headers.set("To", answer.headers["To"])
            return request
        return self._within("ACK", 1)

    def bye(self) -> Request:
        """The end."""
        self.sequence += 1
        return self._within("BYE", self.sequence)

    def holds(self, request: Request) -> bool:
        """Whether a request belongs to this call."""
        return request.call_id == self.call_id and request.to_address.parameters.get("tag") == self.tag

    def reply(self, request: Request, code: int, body: bytes = b"") -> Response:
        """§8.2.6."""
        answer = Response(code, _PHRASES[code])
        for name in ("Via", "Record-Route", "From", "To", "Call-ID", "CSeq"):
            for value in request.headers.getlist(name):
                answer.headers.add(name, value)
        answer.headers.add("Contact", f"<sip:{self.local}>")
        answer.headers.add("Allow", ALLOW)
        return _with_body(answer, body)

    def _within(self, method: str, sequence: int) -> Request:
        request = self._request(method, _branch(), sequence)
        for route in self.routes:
            request.headers.add("Route", route)
        return request

    def _request(self, method: str, branch: str, sequence: int) -> Request:
        request = Request(method, URI.parse(self.target))
        for name, value in (
            ("Via", f"SIP/2.0/UDP {self.local};branch={branch};rport"), ("Max-Forwards", "70"), ("From", self._from),
            ("To", self.to), ("Call-ID", self.call_id), ("CSeq", str(CSeq(sequence, method))), ("Content-Length", "0"),
        ):  # fmt: skip
            request.headers.add(name, value)
        return request

    @property
    def _from(self) -> str:
        if not self.caller:
            return f'"Anonymous" <sip:anonymous@anonymous.invalid>;tag={self.tag}'
        return f"<{URI('sip', self._host, user=self.caller)}>;tag={self.tag}"

    @property
    def _host(self) -> str:
        return self.local.rpartition(":")[0]


def _with_body(message: _Any, body: bytes) -> _Any:
    if body:
        message.body = body
        message.headers.add("Content-Type", "application/sdp")
    message.headers.set("Content-Length", str(len(body)))
    return message
