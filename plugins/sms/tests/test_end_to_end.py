"""The whole way, in the real process, on both databases, against an SMSC made of smpplib's packets."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from plugins.sms.tests.company import MENU, Company, write_site
from plugins.sms.text.segments import segments
from tests.farside.text_center import TextCenter
from tests.support.fixtures import StartHub

BOB = "+8613800138000"


@pytest.fixture
def center(tmp_path: Path) -> Iterator[TextCenter]:
    with TextCenter(tmp_path / "smsc.jsonl", ("--decimal",)) as running:
        yield running


@pytest.fixture
async def company(tmp_path: Path, center: TextCenter, hub_process: StartHub) -> AsyncIterator[Company]:
    write_site(tmp_path, center.port, account='signature = "【公司】"')
    async with Company(await hub_process(), center) as running:
        yield running


async def test_a_conversation_by_text(company: Company) -> None:
    """Asked, answered, reported, in parts both ways, throttled, refused, undeliverable, stopped and begun again."""
    assert await company.text("8613800138000", "Is my washing machine ready?") == "00"
    opened = await company.conversation(BOB)
    assert opened["ticket"]

    await company.answer(opened["id"], "Yes 好")
    (taken,) = await company.submitted(BOB)
    assert bytes.fromhex(taken["hex"]).decode("utf-16-be") == "【公司】Yes 好"
    await company.delivered(BOB, "Yes 好", "DELIVERED")

    await in_parts(company)
    await unlucky(company)
    await stopped(company)
    await menu(company)


async def in_parts(company: Company) -> None:
    """The third part first, the second twice; and what we say is cut up where no character is hurt."""
    long = "😀 您好," * 30
    pieces = segments(long, 77)
    assert len(pieces) == 3
    for index in (2, 1, 1, 0):
        octets = pieces[index].header + pieces[index].octets
        assert await company.octets("8613800138000", octets, esm_class=0x40, data_coding=8) == "00"
    found = await company.conversation(BOB, 3)
    assert found["said"][2]["text"] == long
    assert found["said"][2]["fields"]["parts"] == 3

    await company.answer(found["id"], "a" * 400)
    parts = (await company.submitted(BOB, 8))[1:]  # 【公司】 makes it UCS-2: 67 characters each
    assert {line["esm_class"] for line in parts} == {0x40}
    assert [bytes.fromhex(line["hex"])[4:6] for line in parts] == [
        bytes([len(parts), n + 1]) for n in range(len(parts))
    ]
    message = await company.delivered(BOB, "a" * 400, "DELIVERED")
    cost = await company.call("GET", f"/p/sms/parts?interaction={found['id']}")
    assert cost[str(message["id"])]["parts"] == len(parts) == 7


async def unlucky(company: Company) -> None:
    """A carrier that asks for patience gets it, one that refuses is believed, and so is a report of failure."""
    patience, doubt = "+8613912340581", "+8613912340777"
    await greeted(company, patience)
    for number, state in (("0333", "DELIVERED"), ("0111", "FAILED"), ("0999", "FAILED")):
        sender = f"+861391234{number}"
        await greeted(company, sender)
        await company.delivered(sender, f"Hello {sender}", state)
    await company.delivered(patience, f"Hello {patience}", "DELIVERED")
    await greeted(company, doubt)
    await company.delivered(doubt, f"Hello {doubt}", "UNKNOWN")
    assert len(await company.submitted(doubt)) == 1, "in doubt, so never again by itself"
    assert await company.octets("8613800138000", b"who?", to="10700000") == "0B"


async def greeted(company: Company, sender: str) -> None:
    await company.text(sender[1:], "Hello")
    await company.answer((await company.conversation(sender))["id"], f"Hello {sender}")


async def stopped(company: Company) -> None:
    """Who says STOP hears it once more, and nothing else until they take it back."""
    sender = "+8613700137000"
    await company.text(sender[1:], "Hello")
    opened = await company.conversation(sender)
    await company.answer(opened["id"], "At your service")
    await company.delivered(sender, "At your service", "DELIVERED")
    await company.text(sender[1:], " 退订。 ")
    confirmed = await company.submitted(sender, 2)
    assert "退订" in bytes.fromhex(confirmed[1]["hex"]).decode("utf-16-be")
    await company.answer(opened["id"], "One more thing")
    refused = await company.delivered(sender, "One more thing", "BLOCKED")
    assert "STOP" in str(refused["delivery"])
    told = await company.call("GET", "/p/sms/consent?account=1&number=%2B8613700137000")
    assert told["stopped"]
    assert told["history"][0]["words"] == " 退订。 "

    await company.text(sender[1:], "恢复")
    await company.submitted(sender, 3)
    await company.answer(opened["id"], "Welcome back")
    await company.delivered(sender, "Welcome back", "DELIVERED")
    assert len(await company.submitted(sender)) == 4


async def menu(company: Company) -> None:
    """A keyword menu, as self-service has it on any channel; its dialogue ends the session, or leads to a person."""
    sender = "+8613600136000"
    await company.text(sender[1:], "Hi", to=MENU)
    (asked,) = await company.submitted(sender)
    assert "Opening hours" in bytes.fromhex(asked["hex"]).decode()
    await company.text(sender[1:], "HOURS", to=MENU)
    told = (await company.submitted(sender, 2))[1]
    assert bytes.fromhex(told["hex"]) == b"From 8 to 18."
    await company.text(sender[1:], "Hello again", to=MENU)
    await company.submitted(sender, 3)
    await company.text(sender[1:], "0", to=MENU)
    await company.answer((await company.conversation(sender, 3))["id"], "A person here")
    await company.delivered(sender, "A person here", "DELIVERED")
