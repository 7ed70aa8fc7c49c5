"""Without libspandsp2 the hub runs, and everybody is told what to install."""

from __future__ import annotations

import pytest

import plugins.fax
from hub.api import Account, Address, AnyAccount, Misconfigured, Outbound
from hub.testing import FakeContext
from plugins.fax.channel import FaxChannel
from plugins.fax.settings import FaxAccount, FaxSettings
from plugins.fax.terminal import spandsp

ORDERS: AnyAccount = Account(1, 7, "fax", "Orders", Address("tel", "+861058880001"), FaxAccount())


async def test_a_fax_fails_with_what_to_install_and_the_doctor_says_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spandsp, "available", lambda: False)
    channel = FaxChannel(FakeContext("fax", FaxSettings(), accounts=[ORDERS]))
    with pytest.raises(Misconfigured, match="libspandsp2"):
        await channel.send(None, ORDERS, Outbound(1, 2, 3, Address("tel", "+8613800138000"), "Hello"))
    [sentence] = plugins.fax.hub_needs()
    assert "apt-get install libspandsp2" in sentence
