"""X-Twilio-Signature: HMAC-SHA1, base64, of the address and the sorted form fields
(https://www.twilio.com/docs/usage/security#validating-requests).

It carries no time and no nonce: a request that is replayed is signed as well as the first. What makes it harmless is
the MessageSid, by which the hub knows what it has.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha1, sha256
from typing import Final
from urllib.parse import parse_qs, urlsplit

HEADER: Final = "x-twilio-signature"
Fields = Sequence[tuple[str, str]]


def signature(token: str, url: str, fields: Fields = ()) -> str:
    """What Twilio would sign a request with: of several values of one name each once, sorted."""
    text = url + "".join(name + value for name, value in sorted(set(fields)))
    return base64.b64encode(hmac.new(token.encode(), text.encode(), sha1).digest()).decode()


def is_signed(token: str, signed: str, urls: Iterable[str], fields: Fields, body: bytes = b"") -> bool:
    """Whether it is Twilio's signature for one of the addresses the site may be known by, with or without its port.

    Twilio signs sometimes the one, sometimes the other. Where the address has `bodySHA256`, the body is no form, and is
    vouched for by that hash. Without a token nothing is signed: anybody could.
    """
    return bool(token) and any(
        _matches(token, signed, spelt, fields, body) for url in urls for spelt in _spellings(url)
    )


def _matches(token: str, signed: str, url: str, fields: Fields, body: bytes) -> bool:
    told = parse_qs(urlsplit(url).query).get("bodySHA256")
    if told:
        whole = hmac.compare_digest(sha256(body).hexdigest(), told[0].lower().encode("ascii", "replace").decode())
        return _same(signature(token, url), signed) and whole
    return _same(signature(token, url, fields), signed)


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def _spellings(url: str) -> Iterator[str]:
    """The address with its port and without."""
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        return
    host = parts.netloc.rpartition("@")[2]
    bare = host.removesuffix(f":{port}") if parts.port else host
    yield parts._replace(netloc=bare).geturl()
    yield parts._replace(netloc=f"{bare}:{port}").geturl()
