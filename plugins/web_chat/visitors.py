"""Who a visitor is: ids that only this hub gives out, and customers whom the shop's own server vouches for."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from itsdangerous import BadSignature, URLSafeSerializer, URLSafeTimedSerializer

SIGNED_FOR = 86_400.0
"""Seconds a shop's signature is taken for; a page that is older must be loaded anew."""
CLOCKS_APART = 300.0


class Forged(ValueError):
    """A token or signature that this hub, or this shop, did not make."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """One visitor of one account. `customer` is the shop's own id when the shop signed them in, else ""."""

    id: str
    account: int
    customer: str = ""
    name: str = ""
    mailto: str = ""

    @property
    def thread(self) -> str:
        """The key by which the core knows their conversation."""
        return f"visitor:{self.id}"


class Visitors:
    """Gives out and reads visitor tokens and links to files, signed with the plugin's own key."""

    def __init__(self, key: bytes) -> None:
        self._tokens = URLSafeSerializer(key, salt="visitor", signer_kwargs={"digest_method": hashlib.sha256})
        self._files = URLSafeTimedSerializer(key, salt="file", signer_kwargs={"digest_method": hashlib.sha256})
        self._key = key

    def new(self, account: int) -> Visitor:
        """A visitor nobody has seen before."""
        return Visitor(secrets.token_urlsafe(15), account)

    def token(self, visitor: Visitor) -> str:
        """What the visitor's browser keeps."""
        return str(self._tokens.dumps([visitor.id, visitor.account, visitor.customer, visitor.name, visitor.mailto]))

    def read(self, token: str, account: int) -> Visitor:
        """The visitor who was given this token by this account. Raises Forged."""
        try:
            visitor = Visitor(*self._tokens.loads(token))
        except (BadSignature, TypeError):
            raise Forged("the visitor token was not made here") from None
        if visitor.account != account:
            raise Forged("the visitor token is for another account")
        return visitor

    def customer(self, account: int, customer_id: str, name: str, mailto: str) -> Visitor:
        """The one visitor who is this customer of the shop, on whatever device."""
        proof = hmac.new(self._key, f"customer\n{account}\n{customer_id}".encode(), hashlib.sha256)
        return Visitor(proof.hexdigest()[:32], account, customer_id, name, mailto)

    def file_link(self, thread: str, attachment: int) -> str:
        """A proof, good for `SIGNED_FOR` seconds, that this file may be shown to who holds it."""
        return str(self._files.dumps([thread, attachment]))

    def file(self, link: str) -> tuple[str, int]:
        """Thread and attachment of a link. Raises Forged, also when it is too old."""
        try:
            thread, attachment = self._files.loads(link, max_age=int(SIGNED_FOR))
        except BadSignature:
            raise Forged("the link to the file is not good, or no longer") from None
        return str(thread), int(attachment)


def sign(secret: str, customer_id: str, name: str, mailto: str, signed_at: int) -> str:
    """What the shop's server computes: HMAC-SHA256, hexadecimal, over the four lines in UTF-8 joined by a line feed."""
    lines = "\n".join([customer_id, name, mailto, str(signed_at)])
    return hmac.new(secret.encode(), lines.encode(), hashlib.sha256).hexdigest()


def vouched(secret: str, customer_id: str, name: str, mailto: str, signed_at: int, signature: str, now: float) -> bool:
    """Whether the shop signed exactly this, lately. `signed_at` and `now` are seconds since 1970."""
    fresh = -SIGNED_FOR <= signed_at - now <= CLOCKS_APART
    lines = (customer_id, name, mailto)
    unambiguous = not any("\n" in line for line in lines)
    return fresh and unambiguous and hmac.compare_digest(sign(secret, *lines, signed_at), signature.lower())
