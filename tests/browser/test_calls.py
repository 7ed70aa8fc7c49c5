"""A call on the screen: the phone rings, is picked up, held, a colleague is brought in and has it."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser.conftest import SitDown
from tests.browser.desk import PATIENCE, Desk
from tests.browser.office import PASSWORD
from tests.support.fixtures import StartHub
from tests.support.hub_process import HubProcess
from tests.support.starting import Preloaded
from tests.toy.tests.exchange import Exchange
from tests.toy.tests.test_kill import installed

SITE = """
[site]
name = "Office"
plugins = ["toy"]
[[queues]]
key = "desk"
name = "Desk"
[[connections]]
name = "Exchange"
channel = "toy_phone"
settings = {{ port = {port} }}
[[accounts]]
name = "Hotline"
channel = "toy_phone"
address = "toy:desk"
connection = "Exchange"
queue = "desk"
settings = {{ secret = "squeak" }}
"""
USER = """
[[users]]
login = "{login}"
name = "{name}"
password = "{password}"
roles = ["agent"]
queues = ["desk"]
language = "{language}"
"""


@dataclass(frozen=True)
class Hotline:
    """A company with toy phones; `url` is where its inbox is."""

    hub: HubProcess
    exchange: Exchange

    @property
    def url(self) -> str:
        return self.hub.http

    async def rings(self, **wanted: Any) -> str:
        """The leg of the next device that rings."""
        entry = await self.exchange.until(
            "commanded", lambda each: each["do"] == "ring" and all(each.get(k) == v for k, v in wanted.items())
        )
        return str(entry["leg"])

    async def told(self, do: str, session: str = "s1") -> dict[str, Any]:
        return await self.exchange.until("commanded", lambda entry: entry["do"] == do and entry["session"] == session)

    async def calls(self) -> dict[str, Any]:
        """What it is told when somebody is called; the session is one of the hub's own."""
        return await self.exchange.until("commanded", lambda entry: entry["do"] == "place")

    async def comes_in(self, session: str = "s1") -> None:
        """Somebody calls, again and again from the same number."""
        await self.exchange.say("say", session, text="Ring", **{"from": "bear", "name": "Wang Fang"})

    async def fact(self, state: str, leg: str = "", **more: Any) -> None:
        await self.exchange.say("leg", state=state, leg=leg, **more)


@pytest.fixture
async def hotline(tmp_path: Path, hub_process: StartHub, preloaded: Preloaded) -> AsyncIterator[Hotline]:
    async with Exchange(tmp_path / "ledger.jsonl", begin=preloaded.run) as exchange:
        people = [("lin", "Lin Yue", "en"), ("tom", "Tom Becker", "zh")]
        users = "".join(
            USER.format(login=login, name=name, password=PASSWORD, language=language)
            for login, name, language in people
        )
        (tmp_path / "hub.toml").write_text(SITE.format(port=exchange.port) + users, encoding="utf-8")
        yield Hotline(await hub_process(PYTHONPATH=installed(tmp_path)), exchange)


async def _picture(desk: Desk, name: str) -> None:
    """Kept for people to look at, when they say where."""
    if folder := os.environ.get("PICTURES"):
        await desk.page.screenshot(path=f"{folder}/{name}.png")


async def _talk(hotline: Hotline, desk: Desk) -> str:
    await desk.be("READY")
    await hotline.comes_in()
    leg = await hotline.rings()
    await desk.sees("offer-customer", "Wang Fang")
    await _picture(desk, "offer")
    await desk.accept()
    await desk.sees("call-state", "pick it up")
    await _picture(desk, "pick-up")
    await hotline.fact("ANSWERED", leg)
    await desk.has("conversation", "CONNECTED")
    await desk.sees("call-state", "In the call")
    return leg


async def test_calls_come_in_are_answered_refused_missed_and_made(hotline: Hotline, sit_down: SitDown) -> None:
    lin = await sit_down(hotline, "lin")
    await a_call_is_picked_up_held_keyed_and_hung_up(hotline, lin)
    await who_does_not_take_it_after_all_leaves_the_caller_waiting(hotline, lin)
    await who_gave_up_is_called_back(hotline, lin)
    await who_answers_on_the_phone_has_the_caller_before_their_eyes(hotline, lin)
    await somebody_is_called_from_the_screen(hotline, lin)


async def a_call_is_picked_up_held_keyed_and_hung_up(hotline: Hotline, lin: Desk) -> None:
    leg = await _talk(hotline, lin)
    await expect(lin.at("compose-TEXT")).to_have_count(0)
    await lin.at("call-hold").click()
    await hotline.told("hold")
    await lin.sees("call-state", "on hold")
    await _picture(lin, "held")
    await lin.at("call-hold").click()
    await hotline.told("resume")
    await lin.at("call-keys").click()
    await lin.at("key-7").click()
    assert (await hotline.told("keys"))["keys"] == "7"
    await _picture(lin, "keys")
    await lin.page.keyboard.press("Escape")
    await lin.at("call-hang-up").click()
    await hotline.told("end")
    await lin.has("conversation", "CLOSED")
    await lin.sees_no("call-bar")
    quality = {"loss": 0.004, "jitter": 6.2, "round_trip": 48.0, "mos": 4.12}
    await hotline.fact("ENDED", leg, cause="HUNG_UP", quality=quality)
    await lin.sees("heard", "Sound with Lin Yue: good (MOS 4.1) · 0.4 % lost · jitter 6 ms · round trip 48 ms")
    await _picture(lin, "heard")


async def who_does_not_take_it_after_all_leaves_the_caller_waiting(hotline: Hotline, lin: Desk) -> None:
    await hotline.comes_in("s2")
    await hotline.rings(session="s2")
    await lin.accept()
    await lin.sees("call-state", "pick it up")
    await lin.sees_no("take")
    await lin.at("call-hang-up").click()
    await hotline.told("release", "s2")
    await lin.has("conversation", "QUEUED")


async def who_gave_up_is_called_back(hotline: Hotline, lin: Desk) -> None:
    """The same caller, who has waited long enough."""
    await hotline.fact("ENDED", session="s2", cause="HUNG_UP")
    await hotline.told("end", "s2")
    await lin.sees("offer-kind", "Missed call")
    await lin.accept()
    await lin.sees("task-words", "1 time")
    await _picture(lin, "missed")
    await lin.at("task-done").click()
    await lin.sees_no("task-bar")


async def who_answers_on_the_phone_has_the_caller_before_their_eyes(hotline: Hotline, lin: Desk) -> None:
    await hotline.comes_in("s3")
    leg = await hotline.rings(session="s3")
    await lin.sees("offer-customer", "Wang Fang")
    await hotline.fact("ANSWERED", leg, session="s3")
    await lin.has("conversation", "CONNECTED")
    await lin.sees("call-state", "In the call")
    await lin.at("call-hang-up").click()
    await hotline.told("end", "s3")
    await lin.sees_no("call-bar")


async def somebody_is_called_from_the_screen(hotline: Hotline, lin: Desk) -> None:
    await lin.at("start-contact").click()
    await lin.sees("start-devices", "Tin can")
    await lin.at("start-to").fill("fox")
    await _picture(lin, "place")
    await lin.at("start-send").click()
    placed = await hotline.calls()
    await lin.sees("call-state", "pick it up")
    await hotline.fact("ANSWERED", placed["leg"], session=placed["session"])
    await lin.sees("call-state", "being called")
    await hotline.fact("ANSWERED", session=placed["session"])
    await lin.has("conversation", "CONNECTED")


async def test_a_colleague_is_brought_in_and_has_the_call(hotline: Hotline, sit_down: SitDown) -> None:
    lin, tom = await sit_down(hotline, "lin"), await sit_down(hotline, "tom")
    first = await _talk(hotline, lin)
    await tom.be("READY")
    await lin.at("call-consult").click()
    await lin.at("transfer-user").click()
    await lin.page.get_by_text("Tom Becker").last.click()
    await lin.at("consult-note").fill("She asks about the warranty")
    await _picture(lin, "consult-dialog")
    await lin.at("consult-confirm").click()
    await lin.sees("consult-state", "being asked")
    second = (await hotline.exchange.until("commanded", lambda e: e["do"] == "ring" and e["leg"] != first))["leg"]
    await tom.sees("offer-kind")
    await _picture(tom, "consult-offer")
    await tom.accept()
    await hotline.fact("ANSWERED", second)
    await lin.sees("consult-state", "Tom Becker is with you")
    await expect(tom.page.get_by_text("She asks about the warranty").first).to_be_visible(timeout=PATIENCE)
    await tom.sees("consult-leave")
    await _picture(lin, "consulting")
    await _picture(tom, "invited")
    await lin.at("consult-complete").click()
    await tom.has("conversation", "CONNECTED")
    await tom.sees_no("consult-bar")
    await hotline.exchange.until("commanded", lambda entry: entry["do"] == "release" and entry["leg"] == first)
