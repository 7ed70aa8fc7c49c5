"""What a flow may ask of the hub in a step: said with all a channel must know, sent, noted, opened; exactly once."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from hub.api import (
    Address,
    Answered,
    Ask,
    Choice,
    Content,
    Dialogue,
    End,
    Entry,
    EntryKind,
    FlowEvent,
    FlowStep,
    HandOver,
    Json,
    Prompt,
    Sending,
    Started,
)
from hub.model.serial import format_serial
from hub.store.tables import interactions, messages, tickets, work
from tests.toy.tests.exchange import Exchange
from tests.toy.tests.house import House

pytestmark = pytest.mark.slow

BEAR = {"from": "bear", "name": "Bear"}
DIGITS = Entry(EntryKind.DIGITS, 9, 9)
QUESTION = Prompt("您的号码？", (Choice("2", "没有"), Choice("1", "忘了")), "<speak>号码</speak>", "zh", DIGITS)


class Told:
    """Asks one question, then does as it is told, and notes what it heard."""

    name = "told"

    def __init__(self, last: FlowStep, first: FlowStep | None = None) -> None:
        self.last = last
        self.first = first or Ask((QUESTION,), state=1)
        self.gate: asyncio.Event | None = None
        self.heard: list[tuple[Dialogue, FlowEvent]] = []
        self.states: list[Json] = []

    async def step(self, dialogue: Dialogue, state: Json, event: FlowEvent) -> FlowStep:
        self.heard.append((dialogue, event))
        self.states.append(state)
        if isinstance(event, Started):
            return self.first
        if self.gate:
            await self.gate.wait()
        return self.last


async def through(house: House, last: FlowStep, answer: str = "1") -> Told:
    """A bear says hello and answers."""
    flow = Told(last)
    house.site.registry.flows["told"] = flow
    await house.exchange.say("say", text="Hello", **BEAR)
    await house.exchange.until("delivery", lambda entry: entry["text"] == "您的号码？\n2: 没有\n1: 忘了")
    await house.exchange.say("say", text=answer, **BEAR)
    return flow


@pytest.fixture
async def house(database_url: str, tmp_path: Path, exchange: Exchange) -> Any:
    async with House(database_url, tmp_path, exchange, flow="told") as running:
        yield running


async def test_a_channel_learns_how_a_prompt_sounds_and_what_answer_it_expects(house: House) -> None:
    flow = await through(house, End((Prompt("Bye"),), transfer=Address("tel", "+861065521234")))
    await house.becomes("CLOSED")
    question, bye = [row["fields"] for row in await house.rows(messages) if row["direction"] == "OUTBOUND"]
    assert question["speech"] == "<speak>号码</speak>"
    assert question["language"] == "zh"
    assert (question["entry"]["kind"], question["entry"]["longest"]) == ("DIGITS", 9)
    assert bye == {"final": True, "transfer": {"scheme": "tel", "value": "+861065521234"}}
    (before, _), (after, answered) = flow.heard
    assert (before.language, after.language) == ("en", "zh"), "a prompt's language becomes the interaction's"
    assert (after.queue, after.medium) == ("desk", "LIVE_TEXT")
    assert after.sender is not None
    assert (after.sender.scheme, after.sender.value) == ("toy", "bear")
    assert after.customer["name"] == "Bear"
    assert answered == Answered("1", "1", "TEXT"), "where keys are digits, a number is a key and no place in the list"


async def test_a_ticket_is_opened_whose_number_the_customer_is_told(house: House) -> None:
    prompt = Prompt("Your number is {serial}.", speech="<speak>{serial}</speak>")
    await through(
        house, HandOver((prompt,), ticket="A message", callback=True, priority=3, attributes={"topic": "ear"})
    )
    await house.becomes("QUEUED")
    [ticket] = await house.rows(tickets)
    [row] = await house.rows(interactions)
    told = format_serial(ticket["serial"])
    await house.exchange.until("delivery", lambda entry: entry["text"] == f"Your number is {told}.")
    assert (row["ticket_id"], ticket["subject"], row["priority"]) == (ticket["id"], "A message", 3)
    assert row["attributes"]["topic"] == "ear"
    said = (await house.rows(messages))[-1]["fields"]
    assert said == {"speech": f'<speak><say-as interpret-as="digits">{told}</say-as></speak>', "final": True}


@pytest.mark.parametrize(
    ("last", "state"), [(HandOver(callback=True, ticket="A message"), "QUEUED"), (Ask((Prompt("And?"),)), "CLOSED")]
)
async def test_what_was_said_just_before_hanging_up_is_taken_in_first(house: House, last: FlowStep, state: str) -> None:
    flow = Told(last)
    flow.gate = asyncio.Event()
    house.site.registry.flows["told"] = flow
    await house.exchange.say("say", text="Hello", **BEAR)
    await house.exchange.until("delivery")
    await house.exchange.say("say", text="Call me back", **BEAR)
    await house.heard(2)
    await house.exchange.say("leg", state="ENDED", cause="hung up")
    await house.until("leg.state")
    flow.gate.set()
    await house.becomes(state)
    assert len(house.exchange.entries("delivery")) == 1, "to whom has gone, nothing is said"
    assert len(await house.rows(tickets)) == (state == "QUEUED")


async def test_who_is_called_back_need_not_hold_the_line(database_url: str, tmp_path: Path, exchange: Exchange) -> None:
    async with House(database_url, tmp_path, exchange, flow="told", channel="toy_phone") as house:
        house.site.registry.flows["told"] = Told(HandOver((Prompt("We call you."),), callback=True))
        await exchange.say("say", text="Hello", **BEAR)
        await exchange.until("delivery")
        await exchange.say("say", text="1", **BEAR)
        await exchange.until("delivery", lambda entry: entry["text"] == "We call you.")
        await house.becomes("CLOSED")
        await exchange.until("commanded", lambda entry: entry["do"] == "end")
        [callback] = await house.rows(work)
        assert (callback["kind"], callback["state"]) == ("callback", "WAITING")


async def test_a_document_goes_elsewhere_once_with_the_step_that_promised_it(
    database_url: str, tmp_path: Path, exchange: Exchange
) -> None:
    async with House(database_url, tmp_path, exchange, flow="told", channel="toy_phone") as house:
        letter = Sending(Address("toy", "wolf"), Content("The manual"), Address("toy", "desk"))
        house.site.registry.flows["told"] = Told(Ask((Prompt("Sent. Anything else?"),), sends=(letter,)))
        await exchange.say("say", text="Hello", **BEAR)
        await exchange.until("delivery")
        await exchange.say("say", text="1", **BEAR)
        got = await exchange.until("delivery", lambda entry: entry["to"] == "wolf")
        await exchange.until("delivery", lambda entry: entry["text"] == "Sent. Anything else?")
        assert got["text"] == "The manual"
        assert [entry["text"] for entry in exchange.entries("delivery") if entry["to"] == "wolf"] == ["The manual"]


async def test_what_no_account_can_send_is_left_out_and_the_dialogue_goes_on(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    await through(house, End((Prompt("Sent."),), sends=(Sending(Address("pigeon", "coo"), Content("A letter")),)))
    await house.becomes("CLOSED")
    assert "no account can write first to pigeon" in caplog.text
    assert "coo" not in caplog.text


async def test_plugins_learn_how_a_queue_stands_and_what_became_of_a_ticket(house: House) -> None:
    await through(house, HandOver(ticket="Ear"))
    await house.becomes("QUEUED")
    facts = await house.site.core.queue("desk")
    assert facts is not None
    assert (facts.open, facts.waiting, facts.agents, facts.opens_at) == (True, 1, 0, None)
    assert await house.site.core.queue("attic") is None
    [ticket] = await house.rows(tickets)
    assert await house.site.core.ticket(ticket["serial"], "0000") is None
    assert await house.site.core.ticket("123456789", "0000") is None
