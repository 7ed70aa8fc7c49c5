"""The toy is held to the contract by the kit that strangers use."""

from __future__ import annotations

from dataclasses import replace

import tests.toy
from hub.api import Account, Address, Connection, Raw
from hub.testing import ChannelSuite, Requirements
from hub.testing.sources import forbidden, imports_of
from tests.farside.toy_lines import Line, encode, proof
from tests.toy.settings import ToyAccount, ToyConnection


def line(kind: str, **more: object) -> Raw:
    whole: Line = {"id": "i1", "to": "desk", "session": "s1", "proof": proof("squeak", "i1"), "kind": kind, **more}
    return Raw(encode(whole))


class ToySuite(ChannelSuite):
    """The toy shares its wire's format with its far side, which lies beside it and knows no hub."""

    def test_of_our_packages_the_plugin_imports_hub_api_alone(self) -> None:
        imported = {module for _, module in imports_of(tests.toy) if forbidden(module, "tests.toy")}
        assert imported == {"tests.farside.toy_lines"}


class TestToy(ToySuite):
    requirements = Requirements(
        plugin=tests.toy,
        channel="toy",
        account=Account(1, 1, "toy", "Desk", Address("toy", "desk"), ToyAccount.model_validate({"secret": "squeak"})),
        examples=[
            line("say", text="Hello 你好", **{"from": "bear", "name": "Bear"}),
            line("say", text="from nobody"),
            line("piece", text="half", whole="w1", index=0, total=2, **{"from": "bear"}),
            line("receipt", refers_to="toy-7", state="READ"),
            line("leg", state="ENDED", cause="hung up"),
            line("typing", typing=True),
        ],
        forged=[line("say", text="x", proof="wrong")],
        malformed=[Raw(b"{"), Raw(b"[]"), line("dance"), line("piece", index=3, total=2), line("leg", state="ASLEEP")],
        connection=Connection(1, "Nowhere", ToyConnection(port=9)),
    )


class TestToyPhone(ToySuite):
    requirements = Requirements(
        plugin=tests.toy,
        channel="toy_phone",
        account=replace(TestToy.requirements.account, channel="toy_phone"),
        examples=[line("say", text="Ring", **{"from": "bear"}), line("leg", state="ANSWERED", leg="offer:1")],
        forged=TestToy.requirements.forged,
        malformed=TestToy.requirements.malformed,
        connection=TestToy.requirements.connection,
    )
