"""Dialogs (RFC 3261 §12): what two parties of a call share. Pure; one INVITE may lead to several (forking)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TypeAlias

from sipmessage import URI, CSeq, Message, Request, Response

from plugins.sip.wire.addresses import name_addr, split, tag

Key: TypeAlias = tuple[str, str, str]
"""Call-ID, our tag, their tag (§12)."""


@dataclass(slots=True)
class Dialog:
    """`local` and `remote` are From and To as we send them; `target` is where requests go, `route` by which way."""

    call_id: str
    local: str
    remote: str
    local_tag: str
    remote_tag: str
    target: URI
    contact: str
    route: tuple[str, ...] = ()
    local_sequence: int = 0
    remote_sequence: int = -1
    early: bool = field(default=True)

    @classmethod
    def as_server(cls, request: Request, our_tag: str, contact: str) -> Dialog:
        """From the INVITE we got (§12.1.1)."""
        to = request.headers["To"]
        return cls(
            call_id=request.call_id,
            local=to if tag(name_addr(to)) else f"{to};tag={our_tag}",
            remote=request.headers["From"],
            local_tag=our_tag,
            remote_tag=tag(name_addr(request.headers["From"])),
            target=target_of(request) or request.uri,
            contact=contact,
            route=tuple(routes(request)),
            remote_sequence=request.cseq.sequence,
        )

    @classmethod
    def as_client(cls, request: Request, response: Response, contact: str) -> Dialog:
        """From an answer to the INVITE we sent (§12.1.2)."""
        return cls(
            call_id=request.call_id,
            local=request.headers["From"],
            remote=response.headers["To"],
            local_tag=tag(name_addr(request.headers["From"])),
            remote_tag=tag(name_addr(response.headers["To"])),
            target=target_of(response) or request.uri,
            contact=contact,
            route=tuple(reversed(routes(response))),
            local_sequence=request.cseq.sequence,
            early=response.code < 200,
        )

    @property
    def key(self) -> Key:
        """By which requests inside it are known."""
        return (self.call_id, self.local_tag, self.remote_tag)

    def request(self, method: str, sequence: int | None = None) -> Request:
        """A new request inside the dialog (§12.2.1.1); an ACK carries its INVITE's `sequence`."""
        if sequence is None:
            self.local_sequence += 1
        request = Request(method, self.target)
        if self.route:
            request.headers.setlist("Route", list(self.route))
        request.headers.add("From", self.local)
        request.headers.add("To", self.remote)
        request.headers.add("Call-ID", self.call_id)
        request.headers.add("CSeq", str(CSeq(self.local_sequence if sequence is None else sequence, method)))
        request.headers.add("Max-Forwards", "70")
        request.headers.add("Contact", self.contact)
        request.headers.add("Content-Length", "0")
        return request

    def in_order(self, request: Request) -> bool:
        """Whether a request's CSeq is newer than the last (§12.2.2); then it is the last."""
        if request.cseq.sequence <= self.remote_sequence:
            return False
        self.remote_sequence = request.cseq.sequence
        return True

    def refresh(self, message: Message) -> None:
        """A target refresh: the peer's Contact is where requests go from now on (§12.2)."""
        self.target = target_of(message) or self.target


def key_of(request: Request) -> Key:
    """The dialog a request claims to be in, seen from us: their To tag is ours."""
    return (request.call_id, tag(name_addr(request.headers["To"])), tag(name_addr(request.headers["From"])))


def target_of(message: Message) -> URI | None:
    """The URI of its first Contact."""
    for value in message.headers.getlist("Contact"):
        if value != "*":
            return replace(name_addr(split(value)[0]).uri)
    return None


def routes(message: Message) -> list[str]:
    """Its Record-Route, in order."""
    return [each for value in message.headers.getlist("Record-Route") for each in split(value)]
