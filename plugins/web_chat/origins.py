"""Which pages may embed a widget: the Origin header (RFC 6454) against the account's list."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit


def allowed(origins: Sequence[str], headers: Mapping[str, str]) -> bool:
    """Whether a request with these (lower-case) headers comes from a page that may embed the widget.

    A request without an Origin is no web page's: a browser always names one on websockets and cross-site posts, and a
    program could name any. What keeps programs in bounds are the signed visitor ids and the rate limits.
    """
    origin = headers.get("origin", "").lower()
    if not origin:
        return True
    return any(_matches(pattern, origin, headers.get("host", "").lower()) for pattern in origins)


def _matches(pattern: str, origin: str, host: str) -> bool:
    if pattern == "*":
        return True
    if pattern == "self":
        return bool(host) and urlsplit(origin).netloc == host
    if "://*." in pattern:
        scheme, _, domain = pattern.partition("://*.")
        return origin.startswith(f"{scheme}://") and _below(origin.removeprefix(f"{scheme}://"), domain)
    return origin == pattern


def _below(name: str, domain: str) -> bool:
    """Whether `name` is a sub-domain of `domain`, and a plain one: "evil.example#.shop.example" is not."""
    return name.endswith(f".{domain}") and not set("/#?@\\ ") & set(name)
