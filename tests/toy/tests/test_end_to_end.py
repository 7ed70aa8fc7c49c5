"""The toy through the whole core: nothing needs a subject, a reply-to or a Message-ID."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hub.pipeline import conclude
from hub.store.tables import customers, identities, interactions, messages, raws
from tests.toy.tests.exchange import Exchange
from tests.toy.tests.house import House

pytestmark = pytest.mark.slow

BEAR = {"from": "bear", "name": "Bear"}


async def test_a_toy_is_heard_known_queued_offered_and_answered(house: House) -> None:
    interaction = await house.talk()
    await house.reply(interaction, "We sew it on 缝好")
    got = await house.exchange.until("delivery")
    assert (got["session"], got["to"], got["text"], got["known"]) == ("s1", "bear", "We sew it on 缝好", False)
    [row] = await house.rows(interactions)
    assert (row["state"], row["medium"], row["subject"]) == ("CONNECTED", "LIVE_TEXT", "")
    assert [(c["name"]) for c in await house.rows(customers)] == ["Bear"]
    assert [(i["scheme"], i["value"]) for i in await house.rows(identities)] == [("toy", "bear")]
    assert [(m["direction"], m["position"]) for m in await house.rows(messages)] == [("INBOUND", 1), ("OUTBOUND", 2)]


async def test_what_is_said_later_in_the_session_joins_the_conversation(house: House) -> None:
    interaction = await house.talk()
    await house.exchange.say("say", text="It fell off", **BEAR)
    await house.heard(2)
    assert [row["id"] for row in await house.rows(interactions)] == [interaction]


async def test_receipts_move_the_delivery(house: House) -> None:
    await house.reply(await house.talk(), "Hello")
    sent = await house.delivery("SENT")
    await house.exchange.say("receipt", refers_to=sent["external_id"], state="DELIVERED")
    await house.delivery("DELIVERED")
    await house.exchange.say("receipt", refers_to=sent["external_id"], state="READ")
    assert (await house.delivery("READ"))["state"] == "READ"


async def test_a_send_that_takes_long_is_finished_by_its_receipt(house: House) -> None:
    await house.exchange.behave("slowly")
    await house.reply(await house.talk(), "By post")
    sent = await house.delivery("SENT")
    assert sent["pending_until"] is not None
    await house.exchange.say("receipt", refers_to=sent["external_id"], state="FAILED", code="TORN")
    failed = await house.delivery("FAILED")
    assert failed["error_code"] == "TORN"


@pytest.mark.parametrize(
    ("how", "state", "code"), [("rejected", "FAILED", "REJECTED"), ("unknown", "UNKNOWN", "OUTCOME_UNKNOWN")]
)
async def test_the_far_sides_no_is_a_state_a_person_sees(house: House, how: str, state: str, code: str) -> None:
    await house.exchange.behave(how)
    await house.reply(await house.talk(), "Hello")
    assert (await house.delivery(state))["error_code"] == code


async def test_a_far_side_that_hangs_up_gets_it_again_under_the_same_id(house: House) -> None:
    interaction = await house.talk()
    await house.exchange.behave("hang_up")
    await house.reply(interaction, "Hello")
    first = await house.exchange.until("delivery")
    await house.exchange.behave("well")
    await house.delivery("SENT")
    got = house.exchange.entries("delivery")
    assert {entry["delivery"] for entry in got} == {first["delivery"]}
    assert [entry["known"] for entry in got] == [False] + [True] * (len(got) - 1)


async def test_pieces_become_one_message_in_whatever_order_they_come(house: House) -> None:
    piece: dict[str, Any] = {**BEAR, "whole": "w1", "total": 3}
    for index, text in ((2, "loose"), (0, "My "), (1, "ear is ")):
        await house.exchange.say("piece", index=index, text=text, **piece)
    await house.becomes("QUEUED")
    [message] = await house.rows(messages)
    assert message["text"] == "My ear is loose"


async def test_a_whole_that_never_gets_complete_is_passed_on_with_its_gap(house: House) -> None:
    await house.exchange.say("piece", index=0, total=2, text="My ear", whole="w1", timeout=0.3, **BEAR)
    await house.becomes("QUEUED")
    [message] = await house.rows(messages)
    assert "My ear" in message["text"]
    assert message["text"] != "My ear", "the gap must be seen"


async def test_a_customer_who_hangs_up_before_an_answer_has_abandoned(house: House) -> None:
    await house.exchange.say("say", text="Hello?", **BEAR)
    await house.becomes("QUEUED")
    await house.exchange.say("leg", state="ENDED", cause="hung up")
    await house.becomes("ABANDONED")


async def test_legs_hold_resume_and_end_the_conversation(house: House) -> None:
    await house.talk()
    await house.exchange.say("leg", state="HELD")
    await house.becomes("ON_HOLD")
    await house.exchange.say("leg", state="RESUMED")
    await house.exchange.say("leg", state="ENDED")
    await house.becomes("CLOSED")


async def test_closing_tells_the_far_side(house: House) -> None:
    interaction = await house.talk()
    await house.store.write(lambda tx: conclude.close(tx, house.ann, interaction))
    told = await house.exchange.until("told", lambda entry: entry["what"] == "end")
    assert told["session"] == "s1"


async def test_typing_goes_both_ways_and_is_not_stored(house: House) -> None:
    interaction = await house.talk()
    stored = len(await house.rows(raws))
    async with house.site.topics.subscribe("core.signals") as signals:
        await house.exchange.say("typing", typing=True)
        assert await anext(signals) == {"interaction": interaction, "kind": "typing", "data": {"typing": True}}
    assert await house.site.signal(interaction, "typing", {"typing": True})
    told = await house.exchange.until("told")
    assert (told["what"], told["typing"], told["session"]) == ("typing", True, "s1")
    assert len(await house.rows(raws)) == stored


async def test_who_cannot_prove_themselves_is_refused_and_leaves_no_trace(house: House) -> None:
    await house.exchange.say("say", text="Let me in", proof="wrong", **BEAR)
    refused = await house.exchange.until("refused")
    assert refused["why"] == "UNAUTHENTICATED"
    assert await house.rows(raws) == await house.rows(customers) == []


async def test_an_unknown_address_is_refused(house: House) -> None:
    await house.exchange.say("say", text="Hello", to="attic", **BEAR)
    assert (await house.exchange.until("refused"))["why"] == "UNKNOWN_ACCOUNT"


async def test_what_nobody_understands_is_kept_where_a_person_sees_it(house: House) -> None:
    await house.exchange.say("dance", **BEAR)
    await house.exchange.until("acked")
    await house.until("raw.quarantined")


async def test_the_same_input_twice_is_one_message(house: House) -> None:
    await house.exchange.say("say", id="once", text="Hello", **BEAR)
    await house.exchange.until("acked")
    await house.exchange.say("say", id="once", text="Hello", **BEAR)
    await house.exchange.until("acked", lambda entry: len(house.exchange.entries("acked")) == 2)
    await house.exchange.say("say", id="last", text="Bye", **BEAR)
    await house.heard(2)
    assert [message["text"] for message in await house.rows(messages)] == ["Hello", "Bye"]


async def test_the_same_input_many_times_at_once_is_one_message_with_its_words(house: House) -> None:
    """FreeScout #3186: of two that raced for one key, an empty body was stored."""
    for _ in range(12):  # none waits for the one before to be acknowledged
        await house.exchange.say("say", id="once", text="Hello", **BEAR)
    await house.exchange.say("say", id="last", text="Bye", **BEAR)
    await house.exchange.until("acked", lambda entry: entry["id"] == "last")
    await house.heard(2)
    assert len(house.exchange.entries("acked")) > 2
    assert [message["text"] for message in await house.rows(messages)] == ["Hello", "Bye"]


async def test_a_withheld_sender_is_nobody_in_particular(house: House) -> None:
    await house.exchange.say("say", text="Guess who")
    await house.becomes("QUEUED")
    [row] = await house.rows(interactions)
    assert row["customer_id"] is None
    assert await house.rows(identities) == []


async def test_the_menu_is_spoken_once_across_a_restart_and_hands_over(
    database_url: str, tmp_path: Path, exchange: Exchange
) -> None:
    async with House(database_url, tmp_path, exchange, flow="toy_menu") as before:
        await exchange.say("say", text="Hello", **BEAR)
        await exchange.until("delivery", lambda entry: entry["text"].startswith("What is it about?"))
        await exchange.say("say", text="1", **BEAR)
        await exchange.until("delivery", lambda entry: entry["text"] == "What is broken?")
        await before.delivery("SENT")
    async with House(database_url, tmp_path, exchange, flow="toy_menu") as after:
        await exchange.say("say", text="ear", **BEAR)
        await exchange.until("delivery", lambda entry: entry["text"] == "Somebody will look after your ear.")
        await after.becomes("QUEUED")
        said = [entry["text"] for entry in exchange.entries("delivery") if not entry["known"]]
        assert len(said) == len(set(said)) == 3


async def test_the_menu_may_be_enough(database_url: str, tmp_path: Path, exchange: Exchange) -> None:
    async with House(database_url, tmp_path, exchange, flow="toy_menu") as house:
        await exchange.say("say", text="Hello", **BEAR)
        await exchange.until("delivery")
        await exchange.say("say", text="opening hours", **BEAR)
        await exchange.until("delivery", lambda entry: entry["text"] == "We are open from 9 to 5.")
        await house.becomes("CLOSED")


async def test_an_outage_of_the_exchange_is_seen_and_nothing_is_lost(database_url: str, tmp_path: Path) -> None:
    exchange = Exchange(tmp_path / "ledger.jsonl")
    async with exchange:
        house = House(database_url, tmp_path, exchange)
        await house.__aenter__()
        await house.until("connection.state", lambda event: event.data["state"] == "RUNNING")
    await house.until("connection.state", lambda event: event.data["state"] == "FAILED")
    async with exchange:
        await exchange.say("say", text="Are you there?", **BEAR)
        await house.becomes("QUEUED")
        assert len(await house.rows(messages)) == 1
        await house.__aexit__()
    assert len(exchange.entries("acked")) == 1
