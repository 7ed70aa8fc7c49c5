"""Text messages as an agent sees them: a handset writes, a reply is counted and delivered, and STOP ends it."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.async_api import Route, expect

from plugins.sms import smsc
from plugins.sms.smsc.command import START
from tests.browser.conftest import SitDown
from tests.browser.desk import PATIENCE, Desk
from tests.browser.office import PASSWORD
from tests.browser.test_accessibility import faults
from tests.support.fixtures import StartHub
from tests.support.ports import free_port

pytestmark = pytest.mark.slow

WITHIN = 30.0
NUMBER, MINE = "+8613805718666", "+8613800138000"
WANG, READY = "+8613900139000", "{customer.name}，您的车修好了，找{agent}取。"
SITE = """
[site]
name = "Garage"
plugins = ["sms"]

[[queues]]
key = "service"
name = "Service"

[[connections]]
name = "carrier"
channel = "sms"
settings = {{ kind = "smpp", smpp = {{ host = "127.0.0.1", port = {port}, system_id = "garage" }} }}

[[accounts]]
name = "Texts"
channel = "sms"
connection = "carrier"
address = "tel:{number}"
queue = "service"
settings = {{ signature = "【修车】", max_parts = 3, confirm_stop = false }}

[[users]]
login = "lin"
name = "Lin Yue"
password = "{password}"
roles = ["agent"]
queues = ["service"]

[[users]]
login = "ada"
name = "Ada"
password = "{password}"
roles = ["admin"]
"""


@dataclass(frozen=True, slots=True)
class Handset:
    """A customer's, worked by the SMSC's HTTP control."""

    http: httpx.AsyncClient

    async def write(self, text: str) -> None:
        answer = await self.http.post(f"/handsets/{MINE}/texts", json={"to": NUMBER, "text": text})
        assert answer.status_code == 201, answer.text

    async def gets(self) -> list[dict[str, Any]]:
        """What came, once something has."""
        async with asyncio.timeout(WITHIN):
            while True:
                answer = await self.http.get(f"/handsets/{MINE}/texts?wait=5")
                if found := [text for text in answer.json()["items"] if not text["own"]]:
                    return found


@dataclass(frozen=True, slots=True)
class Garage:
    """The running site with its customer's handset."""

    url: str
    handset: Handset


@pytest.fixture
async def garage(tmp_path: Path, hub_process: StartHub) -> AsyncIterator[Garage]:
    """A site on an SMSC, both processes of their own."""
    port = free_port()
    words = [str(Path(smsc.__file__).parent.parent), "--port", str(port), "--with-stdin"]
    carrier = await asyncio.create_subprocess_exec(sys.executable, "-c", START, *words, stdin=-1, stdout=-1)
    assert carrier.stdin and carrier.stdout
    control = json.loads(await asyncio.wait_for(carrier.stdout.readline(), WITHIN))["control"]
    (tmp_path / "hub.toml").write_text(SITE.format(port=port, number=NUMBER, password=PASSWORD), encoding="utf-8")
    hub = await hub_process()
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{control}", timeout=60, trust_env=False) as http:
        yield Garage(hub.http, Handset(http))
    carrier.stdin.close()
    await carrier.wait()


async def change(desk: Desk, **mine: Any) -> None:
    """Language, or preferences, of whoever sits there."""
    me = await (await desk.page.request.get(f"{desk.url}/api/v1/me")).json()
    headers = {"x-csrf-token": me["csrf"], "origin": desk.url}
    answer = await desk.page.request.patch(f"{desk.url}/api/v1/me", data=mine, headers=headers)
    assert answer.ok, await answer.text()
    await desk.page.reload()


async def knows_wang_and_how_to_call_him(garage: Garage) -> None:
    """A customer, and a text that his carrier has approved for just this number of the site's."""
    async with httpx.AsyncClient(base_url=f"{garage.url}/api/v1/", timeout=WITHIN) as ada:
        token = (await ada.post("login", json={"login": "ada", "password": PASSWORD})).json()["token"]
        ada.headers["authorization"] = f"Bearer {token}"
        ada.cookies.clear()
        (account,) = (await ada.get("accounts")).json()["items"]
        words = {"short_code": "done", "title": "修好", "text": READY, "reference": "SMS_1"}
        template = {**words, "accounts": [account["id"]]}
        wang = {"kind": "PERSON", "name": "王伟", "identities": [{"scheme": "tel", "value": WANG}]}
        for where, what in (("templates", template), ("customers", wang)):
            answer = await ada.post(where, json=what)
            assert answer.status_code == 201, answer.text


async def writes_first(lin: Desk) -> None:
    """From a number that carries words only, by a template that knows who has the number."""
    await lin.at("start-contact").click()
    await expect(lin.at("start-dialog").get_by_test_id("sms-count")).to_be_visible(timeout=PATIENCE)
    await expect(lin.at("start-attach")).to_have_count(0)
    async with lin.page.expect_response("**/api/v1/customers?*"):
        await lin.at("start-to").fill("+86 139-0013-9000")
    await lin.at("start-text").fill("/done")
    await expect(lin.at("template-done")).to_contain_text("approved", timeout=PATIENCE)
    assert await faults(lin) == [], "a template for who is written to first"
    await lin.page.keyboard.press("Enter")
    await expect(lin.at("start-text")).to_have_value("王伟，您的车修好了，找Lin Yue取。", timeout=PATIENCE)
    await lin.at("start-send").click()
    await lin.has("delivery", "DELIVERED")


async def says_what_has_arrived(lin: Desk) -> None:
    """The SMSC here delivers all or nothing; a carrier's reports come one by one."""

    async def half(route: Route) -> None:
        told = await (await route.fetch()).json()
        for parts in told.values():
            parts["states"] = ["DELIVERED", *["SENT"] * (len(parts["states"]) - 1)]
        await route.fulfill(json=told)

    await lin.page.route("**/p/sms/parts?*", half)
    await lin.page.reload()
    await expect(lin.at("sms-parts").last).to_contain_text("1 of 2 delivered", timeout=PATIENCE)
    await lin.page.unroute("**/p/sms/parts?*")
    await lin.page.reload()
    await expect(lin.at("sms-parts").last).not_to_contain_text("delivered", timeout=PATIENCE)


async def approved_only(route: Route) -> None:
    """As where the gateway takes templates alone, which this SMSC does not."""
    await route.fulfill(json={**await (await route.fetch()).json(), "templates_only": True})


async def sends_templates_only(lin: Desk) -> None:
    """What the hub does not know as a template is held back, and goes once it is one."""
    await expect(lin.at("sms-count")).to_contain_text("仅限已报备的模板")
    await expect(lin.at("composer-problem")).to_contain_text("只能发送已报备的模板", timeout=PATIENCE)
    await expect(lin.at("send")).to_be_disabled()
    assert await faults(lin) == [], "a text that is no template"
    await lin.write("王伟，您的车修好了，找Tom取。")
    await expect(lin.at("send")).to_be_enabled(timeout=PATIENCE)


async def test_a_text_is_answered_counted_delivered_and_stopped(garage: Garage, sit_down: SitDown) -> None:
    lin = await sit_down(garage, "lin")
    await change(lin, preferences={"undo_seconds": 0})  # nothing waits to be taken back
    await lin.be("READY")
    await garage.handset.write("修好了吗？" * 20)
    await lin.accept()
    await lin.hears("修好了吗？修好了吗？")
    await lin.sees("sms-parts", "2 texts")

    count = lin.at("sms-count")
    await lin.write("好")
    await expect(count).to_have_attribute("data-parts", "1", timeout=PATIENCE)
    await expect(count).to_have_attribute("data-left", str(70 - len("【修车】好")))
    await lin.write("好" * 201)
    await expect(lin.at("composer-problem")).to_contain_text("4 texts", timeout=PATIENCE)
    await expect(lin.at("send")).to_be_disabled()
    assert await faults(lin) == [], "a text that is too long"

    await lin.send("修好了。Come and fetch it, the key is at the desk and we are here until six.")
    await lin.has("delivery", "DELIVERED")
    (got,) = await garage.handset.gets()
    assert got["text"].startswith("【修车】修好了。") and got["parts"] == 2
    await expect(lin.at("sms-parts")).to_have_count(2, timeout=PATIENCE)

    await lin.has("sms-consent", "allowed")
    await says_what_has_arrived(lin)
    await garage.handset.write("退订")
    await lin.has("sms-consent", "stopped")
    await lin.sees("sms-parts", "Asks for no more texts")
    await lin.sees("sms-evidence", "退订")
    await lin.write("One more thing")
    await expect(lin.at("composer-problem")).to_contain_text("asked for no more", timeout=PATIENCE)
    await expect(lin.at("send")).to_be_disabled()
    assert await faults(lin) == [], "a number that said STOP"

    await lin.at("sms-allow").click()
    await lin.at("sms-consent-note").fill("Called and asked for the invoice by text")
    await lin.at("sms-consent-save").click()
    await lin.has("sms-consent", "allowed")
    await lin.sees("sms-evidence", "Noted by Lin Yue")

    await knows_wang_and_how_to_call_him(garage)
    await writes_first(lin)
    await lin.page.route("**/p/sms/composing?*", approved_only)
    await change(lin, language="zh")
    await expect(lin.at("sms-consent")).to_have_text("可以发送", timeout=PATIENCE)
    await lin.write("好")
    await expect(count).to_contain_text("1 条短信", timeout=PATIENCE)
    await expect(count).to_contain_text("开头自动加 【修车】")
    await sends_templates_only(lin)
