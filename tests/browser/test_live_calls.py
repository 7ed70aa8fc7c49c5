"""The supervisor's page of calls: who talks, and being in a call in every way, shown to its agent."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.conftest import SitDown
from tests.browser.desk import PATIENCE, Desk
from tests.browser.office import PASSWORD
from tests.browser.test_accessibility import faults
from tests.browser.test_calls import SITE, USER, Hotline, _picture
from tests.support.fixtures import StartHub
from tests.toy.tests.exchange import Exchange
from tests.toy.tests.test_kill import installed

PEOPLE = (("lin", "Lin Yue", "en", "agent"), ("mei", "Mei Chen", "zh", "supervisor"))


@pytest.fixture
async def hotline(tmp_path: Path, hub_process: StartHub) -> AsyncIterator[Hotline]:
    async with Exchange(tmp_path / "ledger.jsonl") as exchange:
        users = "".join(
            USER.format(login=login, name=name, password=PASSWORD, language=language).replace('"agent"', f'"{role}"')
            for login, name, language, role in PEOPLE
        )
        (tmp_path / "hub.toml").write_text(SITE.format(port=exchange.port) + users, encoding="utf-8")
        yield Hotline(await hub_process(PYTHONPATH=installed(tmp_path)), exchange)


async def choose(mei: Desk, way: str) -> None:
    """From the menu of the one call."""
    await mei.at("live-row").get_by_test_id("monitor-1").click()
    await mei.at(f"monitor-{way}-1").click(timeout=PATIENCE)


async def test_a_supervisor_sees_a_call_is_in_it_and_has_it(hotline: Hotline, sit_down: SitDown) -> None:
    lin = await sit_down(hotline, "lin")
    mei = await sit_down(hotline, "mei", path="/live")
    await mei.sees("live-page")
    await lin.be("READY")
    await hotline.exchange.say("say", text="Ring", **{"from": "bear", "name": "Wang Fang"})
    lins = await hotline.rings()
    await lin.accept()
    await hotline.fact("ANSWERED", lins)
    await hotline.fact("RECORDING")
    await mei.sees("live-party", "Lin Yue")
    await mei.has("live-recording", "ON")
    await choose(mei, "LISTEN")
    meis = await hotline.rings(leg="party:1")
    await expect(mei.at("live-party")).to_have_count(2, timeout=PATIENCE)
    await hotline.fact("ANSWERED", meis)
    await hotline.told("monitor")
    await lin.sees("call-parties", "Mei Chen")
    await choose(mei, "WHISPER")
    await hotline.exchange.until("commanded", lambda entry: entry.get("mode") == "WHISPER" and entry["whom"] == lins)
    await mei.sees("live-party", "密语")
    await _picture(mei, "live")
    assert await faults(mei) == []
    await _picture(mei, "live-dark")
    await mei.at("take-over-1").click()
    await mei.page.get_by_role("dialog").get_by_role("button", name="接管").click()
    await hotline.exchange.until("commanded", lambda entry: entry["do"] == "bridge" and entry["legs"] == [meis])
    await expect(mei.at("live-party")).to_have_count(1, timeout=PATIENCE)
    await lin.sees_no("call-bar")
    await mei.at("call-park").click()
    await mei.sees("parked-row", "Wang Fang")
    await expect(mei.at("live-row")).to_have_count(0)
    await _picture(mei, "parked")
    assert await faults(mei) == [], "with a parked call"
    await mei.at("pick-up-1").click()
    rung = {lins, meis}
    again = await hotline.exchange.until("commanded", lambda each: each["do"] == "ring" and each["leg"] not in rung)
    await hotline.fact("ANSWERED", again["leg"])
    await expect(mei.at("live-party")).to_have_count(1, timeout=PATIENCE)
    await mei.sees_no("parked-row")
    await one_listens_to_who_stayed_in_a_parked_call(hotline, mei)


async def one_listens_to_who_stayed_in_a_parked_call(hotline: Hotline, mei: Desk) -> None:
    """It has no agent then; but a number outside talks with the caller."""
    me = await (await mei.page.request.get(f"{hotline.hub.http}/api/v1/me")).json()
    fox = {"to": {"scheme": "toy", "value": "fox"}}
    url, headers = f"{hotline.hub.http}/api/v1/interactions/1/invite", {"X-CSRF-Token": me["csrf"]}
    await mei.page.request.post(url, data=fox, headers=headers)
    foxs = (await hotline.exchange.until("commanded", lambda each: each["do"] == "invite"))["leg"]
    await hotline.fact("ANSWERED", foxs)
    await expect(mei.at("live-party")).to_have_count(2, timeout=PATIENCE)
    await mei.at("call-park").click()
    await mei.at("parked-row").get_by_test_id("monitor-1").click(timeout=PATIENCE)
    await _picture(mei, "parked-heard")
    await mei.at("monitor-LISTEN-1").click(timeout=PATIENCE)
    await hotline.rings(leg="party:3")
