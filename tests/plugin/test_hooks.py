"""The failure policy of each hook."""

import asyncio
from types import SimpleNamespace

import pytest

from hub.api import Address, Contact, CustomerRef, Inbound, Refusal, hookimpl
from hub.plugin.hooks import Hooks
from tests.plugin.doubles import ACCOUNT, plugin_object, raising, site

INBOUND = Inbound("1", None)
CONTACT = Contact(1, "letters", Address("letter", "them"), "reply")


async def test_the_first_plugin_that_knows_the_customer_wins() -> None:
    plugins = site(
        listed_first=plugin_object(hub_identify=lambda inbound: CustomerRef(1)),
        listed_last=plugin_object(hub_identify=lambda inbound, account: CustomerRef(2)),
    )
    assert await Hooks(plugins).identify(INBOUND, ACCOUNT) == CustomerRef(1)


async def test_a_plugin_may_ask_to_be_first() -> None:
    eager = SimpleNamespace(hub_identify=hookimpl(tryfirst=True)(lambda inbound: CustomerRef(2)))
    plugins = site(listed_first=plugin_object(hub_identify=lambda inbound: CustomerRef(1)), eager=eager)
    assert await Hooks(plugins).identify(INBOUND, ACCOUNT) == CustomerRef(2)


@pytest.mark.parametrize("wrong", [raising(KeyError("x")), lambda inbound: "Ann"])
async def test_identifying_fails_open(wrong: object) -> None:
    bad = plugin_object(hub_identify=wrong)  # type: ignore[arg-type]  # wrong on purpose
    plugins = site(bad=bad, good=plugin_object(hub_identify=lambda inbound: CustomerRef(1)))
    assert await Hooks(plugins).identify(INBOUND, ACCOUNT) == CustomerRef(1)
    assert plugins["bad"].faults == 1
    assert plugins["bad"].last_fault.startswith("hub_identify: ")


async def test_a_coroutine_is_waited_for_and_one_that_hangs_is_passed_over() -> None:
    async def knows(inbound: Inbound) -> CustomerRef:
        return CustomerRef(5)

    async def hangs(inbound: Inbound) -> CustomerRef:
        await asyncio.Event().wait()
        raise AssertionError

    plugins = site(hangs=plugin_object(hub_identify=hangs), knows=plugin_object(hub_identify=knows))
    assert await Hooks(plugins, deadline=0.01).identify(INBOUND, ACCOUNT) == CustomerRef(5)
    assert plugins["hangs"].last_fault == "hub_identify: TimeoutError"


async def test_a_refusal_blocks_the_contact() -> None:
    plugins = site(quiet=plugin_object(hub_veto_contact=lambda contact: Refusal("It is night there.")))
    assert await Hooks(plugins).veto(CONTACT) == Refusal("It is night there.")


async def test_nobody_objects() -> None:
    assert await Hooks(site(calm=plugin_object(hub_veto_contact=lambda contact: None))).veto(CONTACT) is None
    assert await Hooks(site()).veto(CONTACT) is None


@pytest.mark.parametrize("wrong", [raising(OSError("down")), lambda contact: True])
async def test_a_veto_fails_closed(wrong: object) -> None:
    plugins = site(gate=plugin_object(hub_veto_contact=wrong))  # type: ignore[arg-type]  # wrong on purpose
    refusal = await Hooks(plugins).veto(CONTACT)
    assert refusal == Refusal("The contact check of the plugin gate failed.", "VETO_FAILED")


async def test_an_observer_that_raises_does_not_keep_the_others_from_hearing() -> None:
    heard: list[tuple[int, int]] = []
    plugins = site(
        raises=plugin_object(hub_customer_merged=raising(ValueError("no"))),
        listens=plugin_object(hub_customer_merged=lambda kept, gone: heard.append((kept, gone))),
    )
    await Hooks(plugins).customer_merged(1, 2)
    assert heard == [(1, 2)]
    assert plugins["raises"].faults == 1
