"""Flows by name, to be used by other nodes of the site and sent through strangers' hands (RFC 5626 §5.2): sealed with a
key that only the site's nodes have. Pure."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from typing import Final

from plugins.sip.transport.flow import Flow, Host

SEAL: Final = 16


@dataclass(frozen=True, slots=True)
class FlowName:
    """`transport` as a Via names it, the far side, and from which port of ours datagrams go there (0: a connection)."""

    transport: str
    host: str
    port: int
    ours: int = 0

    @classmethod
    def of(cls, flow: Flow) -> FlowName:
        """This flow's."""
        return cls(flow.transport, *flow.remote, 0 if flow.reliable else flow.local[1])

    @property
    def remote(self) -> Host:
        """The far side."""
        return self.host, self.port


class Tokens:
    """`seal` and `unseal` names; they stand in a URI's user or a Via's parameter as they are."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def seal(self, *names: FlowName) -> str:
        """One word."""
        text = "\n".join(f"{name.transport}|{name.host}|{name.port}|{name.ours}" for name in names)
        word = base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
        return f"{word}.{self._mark(word)}"

    def unseal(self, token: str) -> tuple[FlowName, ...]:
        """The names; () for what is none of ours."""
        word, _, mark = token.rpartition(".")
        if not word or not hmac.compare_digest(self._mark(word).encode(), mark.encode("utf-8", "replace")):
            return ()
        try:
            text = base64.urlsafe_b64decode(word + "=" * (-len(word) % 4)).decode()
        except (binascii.Error, UnicodeError):
            return ()
        parts = [line.split("|") for line in text.split("\n")]
        return tuple(FlowName(transport, host, int(port), int(ours)) for transport, host, port, ours in parts)

    def _mark(self, word: str) -> str:
        return hmac.new(self._key, word.encode("utf-8", "replace"), hashlib.sha256).hexdigest()[: 2 * SEAL]
