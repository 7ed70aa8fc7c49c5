"""The demo's self-service as a visitor of its chat meets it, through the real hub."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from plugins.demo.hub_client import HubClient
from plugins.demo.tests.conftest import PASSWORD, OpenDemo
from tests.farside.chat_visitor import ChatVisitor
from tests.support.hub_process import HubProcess

pytestmark = pytest.mark.slow


async def test_the_front_desk_answers_takes_messages_passes_on_and_is_switched_off(open_demo: OpenDemo) -> None:
    demo = await open_demo(HUB_DEMO_SEED="0")
    serial = await ticket(demo)
    await a_visitor_learns_the_status_of_their_ticket_and_rates_the_machine(demo, serial)
    await a_wrong_proof_tells_nothing_and_chinese_is_spoken_after_one_key(demo, serial)
    await a_message_becomes_a_ticket_and_a_person_calls_back(demo)
    await the_page_of_flows_shows_them_and_rehearses(demo)
    await a_question_goes_straight_to_a_person_and_an_agent_can_switch_the_machine_off(demo)


async def ticket(hub: HubProcess) -> str:
    """Of somebody whose number ends in 5678; its serial as they read it."""
    async with HubClient(hub.http) as admin:
        await admin.log_in("admin", PASSWORD)
        tel = {"scheme": "tel", "value": "+8613912345678"}
        customer = await admin.post("/customers", {"name": "Emma Clarke", "identities": [tel]})
        made = await admin.post("/tickets", {"subject": "Fridge hums", "customer": customer["id"]})
        return str(made["serial"])


@asynccontextmanager
async def page_of_flows(hub: HubProcess, login: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=hub.http, trust_env=False) as client:
        answer = await client.post("/api/v1/login", json={"login": login, "password": PASSWORD})
        client.cookies.clear()
        client.headers["Authorization"] = f"Bearer {answer.json()['token']}"
        yield client


def keys(message: dict[str, Any]) -> str:
    return "".join(choice["key"] for choice in message["choices"])


async def a_visitor_learns_the_status_of_their_ticket_and_rates_the_machine(demo: HubProcess, serial: str) -> None:
    async with ChatVisitor(demo.http) as visitor:
        await visitor.say("Hello")
        assert keys(await visitor.hears("Welcome to Lanhe.")) == "1234560"
        await visitor.say("Status of a ticket", choice="1")
        await visitor.hears("nine digits")
        await visitor.say(f"{serial[:4]}-{serial[4:8]}-{serial[8:]}")
        await visitor.hears("last four digits")
        await visitor.say("5678")
        await visitor.hears(f"Ticket {serial[:4]}-{serial[4:8]}-{serial[8:]}, Fridge hums: it is received.")
        await visitor.say("2")
        await visitor.hears("How did the machine do?")
        await visitor.say("★★★★★", choice="5")
        await visitor.hears("Goodbye.")
        await visitor.until(lambda: visitor.states[-1]["state"] == "CLOSED")
    async with HubClient(demo.http) as admin:
        await admin.log_in("admin", PASSWORD)
        [item] = (await admin.get("/interactions"))["items"]
        attributes = (await admin.get(f"/interactions/{item['id']}"))["attributes"]
    assert attributes["rating"] == 5
    assert attributes["asked_for_ticket"].replace("-", "") == serial


async def a_wrong_proof_tells_nothing_and_chinese_is_spoken_after_one_key(demo: HubProcess, serial: str) -> None:
    async with ChatVisitor(demo.http) as visitor:
        await visitor.say("hi")
        await visitor.hears("Welcome to Lanhe.")
        for answer, heard in (
            ("5", "Which language?"),
            ("中文", "请问有什么可以帮您？"),
            ("1", "九位工单号"),
            (serial, "后四位"),
        ):
            await visitor.say(answer)
            await visitor.hears(heard)
        await visitor.say("0000")
        await visitor.hears("没有找到")
        assert not any("Fridge" in message["text"] for message in visitor.theirs)


async def a_message_becomes_a_ticket_and_a_person_calls_back(demo: HubProcess) -> None:
    async with ChatVisitor(demo.http, language="zh") as visitor:
        await visitor.say("你好")
        await visitor.hears("欢迎联系蓝河")
        await visitor.say("留言")
        await visitor.hears("请留言")
        await visitor.say("洗衣机漏水")
        thanks = await visitor.hears("您的留言编号为")
        await visitor.until(lambda: visitor.states[-1].get("serial"))
        serial = visitor.states[-1]["serial"]
        assert f"{serial[:4]}-{serial[4:8]}-{serial[8:]}" in thanks["text"]


async def a_question_goes_straight_to_a_person_and_an_agent_can_switch_the_machine_off(demo: HubProcess) -> None:
    async with ChatVisitor(demo.http) as visitor, page_of_flows(demo, "agent1") as agent:
        await visitor.say("My fridge hums all night")
        await visitor.until(lambda: visitor.states and visitor.states[-1]["state"] == "QUEUED")
        assert visitor.theirs == []
        answer = await agent.post("/p/self_service/flows/front_desk/switch", json={"on": False})
        assert answer.json() == {"flow": "front_desk", "on": False}
        assert (await agent.post("/p/self_service/rehearse", json={})).status_code == 403
    async with ChatVisitor(demo.http) as another:
        await another.say("Hello")
        await another.until(lambda: another.states and another.states[-1]["state"] == "QUEUED")


async def the_page_of_flows_shows_them_and_rehearses(demo: HubProcess) -> None:
    async with page_of_flows(demo, "admin") as page:
        shown = (await page.get("/p/self_service/flows")).json()
        [item] = shown["items"]
        assert (item["flow"], item["title"], item["on"]) == ("front_desk", "Front desk", True)
        assert shown["complaints"] == []
        called = {"flow": "front_desk", "medium": "VOICE"}
        first = (await page.post("/p/self_service/rehearse", json=called)).json()
        assert first["choices"][0] == {"key": "1", "label": "Status of a ticket"}
        assert "press 1." in first["speech"][0]
        answered = {**called, "state": first["state"], "answer": "1"}
        second = (await page.post("/p/self_service/rehearse", json=answered)).json()
        assert "nine digits" in second["lines"][0]
        asked_for_one = {**called, "state": first["state"], "answer": "0"}
        waits = (await page.post("/p/self_service/rehearse", json=asked_for_one)).json()
        assert [each["label"] for each in waits["choices"]] == ["Leave a message", "Be called back"]
        chose = {**called, "state": waits["state"], "answer": "1"}
        assert "leave your message" in (await page.post("/p/self_service/rehearse", json=chose)).json()["lines"][0]
        wrong = (await page.post("/p/self_service/rehearse", json={"text": "flow: [x"})).json()
        assert wrong["complaints"][0]["line"] == 1
