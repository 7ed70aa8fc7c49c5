"""Digest authentication (RFC 8760 over RFC 3261 §22, RFC 7616): both sides, SHA-256 and MD5. Pure: time passed in."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from plugins.sip.wire.addresses import split

ALGORITHMS: Final[Mapping[str, Callable[[bytes], hashlib._Hash]]] = {
    "SHA-256": hashlib.sha256,
    "MD5": lambda data: hashlib.md5(data, usedforsecurity=False),  # what old phones can do (RFC 8760 §2.3)
}
NONCE_LIFE: Final = 300
MOST_COUNTS: Final = 20_000
QUOTED: Final = ("username", "realm", "nonce", "uri", "response", "opaque", "cnonce", "domain")


@dataclass(frozen=True, slots=True)
class Secret:
    """H(username:realm:password) for each algorithm: what a registrar keeps instead of a password."""

    username: str
    realm: str
    hashes: Mapping[str, str]

    @classmethod
    def of(cls, username: str, realm: str, password: str) -> Secret:
        """From the password."""
        text = f"{username}:{realm}:{password}".encode()
        return cls(username, realm, {name: make(text).hexdigest() for name, make in ALGORITHMS.items()})


class Verdicts:
    """The server's side: challenges, and judges what comes back. Nonces are signed, so none are stored; only counts
    of those in use are, against replay."""

    def __init__(self, realm: str, key: bytes, algorithms: Iterable[str] = ("SHA-256", "MD5")) -> None:
        self.realm = realm
        self._key = key
        self._algorithms = tuple(algorithms)
        self._counts: OrderedDict[str, int] = OrderedDict()

    def challenges(self, now: float, *, stale: bool = False) -> list[str]:
        """WWW-Authenticate values, the strongest first (RFC 8760 §2.4)."""
        end = ", stale=true" if stale else ""
        nonce = self._nonce(int(now))
        return [
            f'Digest realm="{self.realm}", nonce="{nonce}", algorithm={name}, qop="auth"{end}'
            for name in self._algorithms
        ]

    def judge(self, given: Mapping[str, str], method: str, secret: Secret | None, now: float) -> str:
        """ "" when it is right, else "stale" or "wrong". Nobody learns whether the user exists: without a `secret` the
        same is computed."""
        algorithm = given.get("algorithm", "MD5").upper()
        known = secret.hashes.get(algorithm) if secret and algorithm in self._algorithms else None
        expected = response(given, method, algorithm, known or "0" * 64)
        right = hmac.compare_digest(expected.encode(), given.get("response", "").encode()) and known is not None
        if not right or given.get("realm") != self.realm or not self._ours(given.get("nonce", "")):
            return "wrong"
        if now - self._age(given["nonce"]) > NONCE_LIFE:
            return "stale"
        return self._counted(given)

    def _counted(self, given: Mapping[str, str]) -> str:
        """Each use of a nonce must count up (RFC 7616 §3.4)."""
        try:
            count = int(given.get("nc", "0"), 16) if "qop" in given else 1
        except ValueError:
            return "wrong"
        nonce = given["nonce"]
        if count <= self._counts.get(nonce, 0):
            return "stale"
        self._counts[nonce] = count
        if len(self._counts) > MOST_COUNTS:
            self._counts.popitem(last=False)
        return ""

    def _nonce(self, at: int) -> str:
        head = f"{at:x}.{secrets.token_hex(6)}"
        return f"{head}.{self._sign(head)}"

    def _sign(self, head: str) -> str:
        return hmac.new(self._key, head.encode(), hashlib.sha256).hexdigest()[:24]

    def _ours(self, nonce: str) -> bool:
        head, _, signature = nonce.rpartition(".")
        return bool(head) and hmac.compare_digest(self._sign(head).encode(), signature.encode())

    def _age(self, nonce: str) -> int:
        return int(nonce.partition(".")[0], 16)


def parameters(value: str) -> dict[str, str]:
    """The parameters of a Digest header, names in lower case; {} for another scheme or what is none."""
    scheme, _, rest = value.strip().partition(" ")
    if scheme.lower() != "digest":
        return {}
    try:
        pairs = [part.partition("=") for part in split(rest)]
    except ValueError:
        return {}
    return {name.strip().lower(): text.strip().strip('"') for name, _, text in pairs if name.strip()}


def response(given: Mapping[str, str], method: str, algorithm: str, secret_hash: str) -> str:
    """request-digest (RFC 7616 §3.4.1) for parameters as they are on the wire."""
    make = ALGORITHMS.get(algorithm, ALGORITHMS["MD5"])
    inner = make(f"{method}:{given.get('uri', '')}".encode()).hexdigest()
    nonce = given.get("nonce", "")
    if "qop" in given:
        middle = f"{nonce}:{given.get('nc', '')}:{given.get('cnonce', '')}:{given['qop']}"
    else:
        middle = nonce  # RFC 2069, as the oldest phones do
    return make(f"{secret_hash}:{middle}:{inner}".encode()).hexdigest()


def credentials(challenges: Iterable[str], method: str, uri: str, username: str, password: str, count: int = 1) -> str:
    """The client's side: an Authorization value for the strongest challenge we can meet; "" when there is none."""
    for algorithm in ALGORITHMS:
        for value in challenges:
            asked = parameters(value)
            if asked and asked.get("algorithm", "MD5").upper() == algorithm:
                return _authorization(asked, algorithm, method, uri, username, password, count)
    return ""


def _authorization(
    asked: Mapping[str, str], algorithm: str, method: str, uri: str, username: str, password: str, count: int
) -> str:
    given = {"username": username, "realm": asked.get("realm", ""), "nonce": asked.get("nonce", ""), "uri": uri}
    if "auth" in [word.strip() for word in asked.get("qop", "").split(",")]:
        given |= {"qop": "auth", "nc": f"{count:08x}", "cnonce": secrets.token_hex(8)}
    secret = Secret.of(username, given["realm"], password)
    given["response"] = response(given, method, algorithm, secret.hashes[algorithm])
    given["algorithm"] = algorithm
    if "opaque" in asked:
        given["opaque"] = asked["opaque"]
    return "Digest " + ", ".join(f'{name}="{v}"' if name in QUOTED else f"{name}={v}" for name, v in given.items())
