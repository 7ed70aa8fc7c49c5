"""What we say to a registrar, and what its answer means (RFC 3261 §10.2). No clock, no I/O."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from typing import Final

from sipmessage import Address, CSeq, Request, Response

from plugins.sip.settings import SipConnection
from plugins.sip.transport.flow import Flow, as_user, contact
from plugins.sip.wire import digest
from plugins.sip.wire.addresses import host_and_port, name_addr, single_uri, split

FIRST_PAUSE: Final = 10.0
LONGEST_PAUSE: Final = 600.0
SHORTEST: Final = 1.0


class Refused(Exception):
    """The registrar will not have us; `again_after` in seconds is what it asks for, 0 for nothing."""

    def __init__(self, why: str, again_after: float = 0.0) -> None:
        super().__init__(why)
        self.again_after = again_after


@dataclass(slots=True)
class Asking:
    """All requests to one registrar: one Call-ID, CSeq rising (§10.2), the last challenge answered before it comes."""

    domain: str
    username: str
    password: str
    contact: str
    _call_id: str = field(default_factory=lambda: f"{secrets.token_hex(12)}@hub")
    _tag: str = field(default_factory=lambda: secrets.token_hex(6))
    _sequence: int = 0
    _challenges: tuple[str, ...] = ()
    _proxy: bool = False
    _count: int = 0
    _fresh: bool = False

    @classmethod
    def of(cls, settings: SipConnection, where: str, flow: Flow) -> Asking:
        """As this trunk, to this proxy, by this flow."""
        password = settings.password.get_secret_value()
        domain = settings.domain or host_and_port(where)[0]
        return cls(domain, settings.username, password, contact(flow, settings.username))

    def request(self, seconds: int) -> Request:
        """REGISTER for so long; 0 takes it back."""
        self._sequence += 1
        us = f"<sip:{as_user(self.username)}@{self.domain}>"
        request = Request("REGISTER", single_uri(f"sip:{self.domain}"))
        headers = {
            "Max-Forwards": "70", "From": f"{us};tag={self._tag}", "To": us, "Call-ID": self._call_id,
            "CSeq": str(CSeq(self._sequence, "REGISTER")), "Contact": f"{self.contact};expires={seconds}",
            "Expires": str(seconds), "Content-Length": "0",
        }  # fmt: skip
        for name, value in headers.items():
            request.headers.add(name, value)
        if value := self._logged_in():
            request.headers.add("Proxy-Authorization" if self._proxy else "Authorization", value)
        return request

    def challenged(self, answer: Response) -> bool:
        """Whether asking again may help: it wants a log-in not tried yet, or says that only the nonce was old."""
        if answer.code not in (401, 407):
            return False
        self._proxy = answer.code == 407
        found = tuple(answer.headers.getlist("Proxy-Authenticate" if self._proxy else "WWW-Authenticate"))
        stale = any(digest.parameters(each).get("stale", "").lower() == "true" for each in found)
        again, self._fresh = not self._fresh or stale, True
        self._challenges, self._count = found, 0
        return again and bool(self._credentials(1))

    def settled(self) -> None:
        """It was granted: the next challenge is a new one."""
        self._fresh = False

    def _logged_in(self) -> str:
        if not self._challenges:
            return ""
        self._count += 1
        return self._credentials(self._count)

    def _credentials(self, count: int) -> str:
        uri = f"sip:{self.domain}"
        return digest.credentials(self._challenges, "REGISTER", uri, self.username, self.password, count)


def granted(answer: Response, contact: str, asked: int) -> float:
    """Seconds our contact is held (§10.2.4): by its own `expires`, else by Expires, else as asked."""
    ours = _place(name_addr(contact))
    found = [name_addr(each) for value in answer.headers.getlist("Contact") for each in split(value)]
    mine = [each for each in found if _place(each) == ours]
    # carriers that mend the contact of who is behind NAT give back theirs, alone
    values = [each.parameters.get("expires") for each in mine or (found if len(found) == 1 else [])]
    seconds = next((value for value in [*values, answer.headers.get("Expires")] if value and value.isdecimal()), None)
    return float(seconds) if seconds else float(asked)


def _place(address: Address) -> tuple[str | None, str, int | None]:
    return (address.uri.user, address.uri.host, address.uri.port)


def refresh_after(seconds: float, chance: float) -> float:
    """When to ask again for what is held so long: within its last fifth but one, spread, or all would come at once."""
    return max(SHORTEST / 2, seconds * (0.8 + 0.1 * chance))


def back_off(failures: int, chance: float) -> float:
    """Seconds until the next try, after so many failures in a row (from 1): doubling, half of it by chance (RFC 5626
    §4.5)."""
    return float(min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(failures - 1, 10)) * (0.5 + chance / 2))


def retry_after(answer: Response) -> int:
    """Seconds its Retry-After asks for (§20.33), an hour at most; 0 without one."""
    found = re.match(r"\d{1,6}", answer.headers.get("Retry-After") or "")
    return min(int(found[0]), 3_600) if found else 0
