"""The example is held to the contract, like any plugin."""

import hashlib
import hmac
import json

import hub_pager
from hub_pager import PagerAccount, PagerConnection

from hub.api import Account, Address, Connection, Raw
from hub.testing import ChannelSuite, Requirements


def page(**page: object) -> Raw:
    """A webhook as the provider signs it."""
    body = json.dumps(page).encode()
    return Raw(body, {"signature": hmac.new(b"s3cret", body, hashlib.sha256).hexdigest()})


GOOD = page(id="p1", to="+8613800138000", **{"from": "+8613900139000"}, text="The lift is stuck 电梯卡住了")


LIFTS = PagerAccount.model_validate({"webhook_secret": "s3cret"})
NOWHERE = PagerConnection.model_validate({"url": "http://127.0.0.1:9/", "token": "t"})


class TestPager(ChannelSuite):
    """Everything else is in the suite."""

    requirements = Requirements(
        plugin=hub_pager,
        channel="pager",
        account=Account(1, 1, "pager", "Lifts", Address("tel", "+8613800138000"), LIFTS),
        examples=[GOOD],
        forged=[Raw(GOOD.body, {"signature": "0"}), Raw(GOOD.body)],
        malformed=[page(id="p1"), Raw(b"[]"), Raw(b"\xff")],
        connection=Connection(1, "Nowhere", NOWHERE),
    )
