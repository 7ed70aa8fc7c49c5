"""One call to an outgoing webhook: what is sent, signed, and what counts as taken."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from hashlib import sha256
from typing import TYPE_CHECKING

from hub.api import Event
from hub.web.fanout import encoded
from hub.web.ssrf import checked_target

if TYPE_CHECKING:
    import httpx

TIMEOUT = 10.0
SIGNATURE = "hub-signature"


class NotTaken(Exception):
    """The far side did not answer, or not with 2xx."""


def body_of(events: Sequence[Event]) -> bytes:
    """What is sent: `{"events": [...]}`, each as the stream tells it. Ids and states, never content."""
    return f'{{"events":[{",".join(encoded(event) for event in events)}]}}'.encode()


def signature(secret: str, moment: int, body: bytes) -> str:
    """`t=<unix seconds>,v1=<hex>`: HMAC-SHA256 over `<t>.<body>`. The time is in it so that a replay shows."""
    mac = hmac.new(secret.encode(), b"%d." % moment + body, sha256)
    return f"t={moment},v1={mac.hexdigest()}"


def client() -> httpx.AsyncClient:
    """What a webhook is called with. To import it is a twentieth of a start, and its certificates take 60 ms to read:
    a site without webhooks needs neither."""
    import httpx

    return httpx.AsyncClient(timeout=TIMEOUT, trust_env=False)


async def call(through: httpx.AsyncClient, url: str, body: bytes, signed: str, *, private_allowed: bool) -> None:
    """Send it once. Raises NotTaken, ForbiddenTarget, OSError."""
    import httpx  # as above

    target = await checked_target(url, private_allowed=private_allowed)
    headers = {**target.headers, "content-type": "application/json", SIGNATURE: signed, "user-agent": "contact-hub"}
    extensions = {"sni_hostname": target.host}
    try:
        async with through.stream("POST", target.url, content=body, headers=headers, extensions=extensions) as answer:
            if not answer.is_success:
                raise NotTaken(f"the far side answered {answer.status_code}")
    except httpx.HTTPError as error:
        raise NotTaken(str(error) or type(error).__name__) from error
