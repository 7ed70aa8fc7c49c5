"""A plugin that tries again asks the vetoes again."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.api import Address, Contact, Context, Refusal
from hub.pipeline.core import PipelineCore
from hub.pipeline.directory import Directory
from hub.plugin.context import PluginContext
from hub.plugin.hooks import Hooks
from hub.plugin.record import Plugin, PluginState
from hub.plugin.topics import Topics
from hub.store.database import Store
from hub.store.unit import Tx
from tests.plugin.doubles import ACCOUNT, Nothing, plugin_object, raising, site
from tests.web.conversations import insert_account, insert_customer, insert_interaction, insert_queue

NUMBER = Address("tel", "+8613800138000")


class Gate:
    """A veto that writes down what it was asked, and answers as the test says."""

    def __init__(self) -> None:
        self.asked: list[Contact] = []
        self.answer: Refusal | None = None


@pytest.fixture
def gate() -> Gate:
    return Gate()


@pytest.fixture
def core(store: Store, tmp_path: Path, gate: Gate) -> PipelineCore:
    def veto(contact: Contact) -> Refusal | None:
        gate.asked.append(contact)
        return gate.answer

    core = PipelineCore(store, Directory(store, {}), Topics("test"), tmp_path)
    core.hooks = Hooks(site(gate=plugin_object(hub_veto_contact=veto)))
    return core


def context_of(core: PipelineCore) -> Context:
    return PluginContext(Plugin("late", PluginState.LOADED), Nothing(), core, [])


async def test_what_was_allowed_at_noon_may_not_be_tonight(core: PipelineCore, gate: Gate) -> None:
    context = context_of(core)
    assert await context.may_contact(ACCOUNT, NUMBER) is None
    gate.answer = Refusal("It is night there.", "QUIET_HOURS")
    assert await context.may_contact(ACCOUNT, NUMBER) == gate.answer
    assert gate.asked == [Contact(ACCOUNT.id, ACCOUNT.channel, NUMBER, "reply")] * 2


async def test_the_vetoes_see_whose_contact_it_is_as_before_it_is_sent(core: PipelineCore, gate: Gate) -> None:
    def known(tx: Tx) -> tuple[int, int]:
        queue = insert_queue(tx, None, "orders")
        customer = insert_customer(tx, "bear")
        account = insert_account(tx, queue, None)
        return customer, insert_interaction(tx, account, queue, None, customer_id=customer)

    customer, interaction = await core.store.write(known)
    context = context_of(core)
    await context.may_contact(ACCOUNT, NUMBER, interaction_id=interaction, message_id=5)
    await context.may_contact(ACCOUNT, Address("toy", f"bear-{customer}"), "campaign", automatic=True)
    first, second = gate.asked
    assert (first.customer_id, first.interaction_id, first.message_id) == (customer, interaction, 5)
    assert (second.customer_id, second.purpose, second.automatic) == (customer, "campaign", True)


async def test_a_gate_that_is_broken_is_shut(core: PipelineCore) -> None:
    core.hooks = Hooks(site(gate=plugin_object(hub_veto_contact=raising(OSError("down")))))
    refusal = await context_of(core).may_contact(ACCOUNT, NUMBER)
    assert refusal is not None and refusal.code == "VETO_FAILED"
