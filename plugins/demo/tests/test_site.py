"""`hub demo init`, the filling of the site, its password, and the mailbox, all against a real `hub serve`."""

from __future__ import annotations

import os
import stat
import subprocess
import tomllib
from argparse import Namespace
from pathlib import Path
from typing import Any

import httpx
import pytest

from plugins.demo import site
from plugins.demo.desk_phones import AGENTS
from plugins.demo.hub_client import HubClient
from plugins.demo.tests.conftest import PASSWORD, OpenDemo, until
from tests.support.hub_process import HubProcess
from tests.support.starting import HUB

pytestmark = pytest.mark.slow

ME = "emma.clarke@customers.test"


def test_init_writes_a_site_once_with_a_password_nobody_else_reads(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
    folder = tmp_path / "it's here"
    subprocess.run([HUB, "demo", "init", "--data", folder], env=environment, check=True, capture_output=True)
    written = (folder / "hub.toml").read_bytes()
    site.run(Namespace(data=folder))
    assert (folder / "hub.toml").read_bytes() == written
    password = folder / "demo-password"
    tables = tomllib.loads((folder / "hub.toml").read_text(encoding="utf-8"))
    assert stat.S_IMODE(password.stat().st_mode) == 0o600
    assert tables["plugins"]["demo"]["folder"] == str(password.parent)
    assert tables["connections"][0]["settings"]["relay_port"] == tables["plugins"]["demo"]["mailbox_port"] > 0


async def write(desk: httpx.AsyncClient, **mail: Any) -> int:
    answer = await desk.post("/p/demo/mail/messages", json={"sender": ME, "to": "support@demo.test", **mail})
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


async def came(desk: httpx.AsyncClient) -> list[dict[str, Any]]:
    items = (await desk.get("/p/demo/mail/box", params={"address": ME})).json()["items"]
    return [item for item in items if not item["own"]]


async def first_interaction(hub: HubClient) -> dict[str, Any] | None:
    items: list[dict[str, Any]] = (await hub.get("/interactions"))["items"]
    return items[0] if items and items[0]["state"] == "QUEUED" else None


async def test_a_mail_goes_to_the_hub_its_answer_comes_back_and_no_mail_is_refused(open_demo: OpenDemo) -> None:
    demo = await open_demo()
    await a_mail_goes_to_the_hub_and_its_answer_comes_back(demo)
    await the_desk_refuses_what_is_no_mail_of_a_customer(demo)


async def a_mail_goes_to_the_hub_and_its_answer_comes_back(demo: HubProcess) -> None:
    """Both ways by SMTP; the answer's answer stays in the same conversation."""
    async with httpx.AsyncClient(base_url=demo.http) as desk, HubClient(demo.http) as agent:
        await agent.log_in("agent1", PASSWORD)
        note = {"name": "note.txt", "type": "text/plain", "data": "aHVt"}
        await write(desk, subject="The fridge hums", text="All night.", files=[note])
        waiting = await until(lambda: first_interaction(agent))
        path = f"/interactions/{waiting['id']}"
        assert (waiting["subject"], waiting["channel"]) == ("The fridge hums", "email")
        said = (await agent.get(f"{path}/messages"))["items"]
        assert [file["name"] for file in said[0]["attachments"]] == ["note.txt"]
        await agent.post(f"{path}/take")
        await agent.post(f"{path}/messages", {"text": "A technician comes on Monday."})
        answer = (await until(lambda: came(desk)))[0]
        letter = (await desk.get(f"/p/demo/mail/messages/{answer['id']}")).json()
        assert "A technician comes on Monday." in letter["text"]
        assert not answer["seen"] and (await came(desk))[0]["seen"]
        await write(desk, subject=f"Re: {letter['subject']}", text="Monday is fine.", answers=answer["id"])
        assert await until(lambda: grown(agent, path, 3))
        assert len((await agent.get("/interactions"))["items"]) == 1


async def grown(agent: HubClient, path: str, messages: int) -> bool:
    return len((await agent.get(f"{path}/messages"))["items"]) == messages


async def the_desk_refuses_what_is_no_mail_of_a_customer(demo: HubProcess) -> None:
    good = {"sender": ME, "to": "support@demo.test", "subject": "x", "text": "y"}
    wrong: list[tuple[int, dict[str, Any]]] = [
        (422, {"sender": "boss@demo.test"}),
        (422, {"text": ""}),
        (422, {"subject": "a\r\nBcc: b@c.test"}),
        (422, {"files": [{"name": "a", "data": "***"}]}),
        (502, {"to": "nobody@demo.test"}),
    ]
    async with httpx.AsyncClient(base_url=demo.http) as desk:
        for status, change in wrong:
            assert (await desk.post("/p/demo/mail/messages", json={**good, **change})).status_code == status, change
        form = await desk.post("/p/demo/mail/messages", content=b"{}", headers={"content-type": "text/plain"})
        assert form.status_code == 415
        assert (await desk.get("/p/demo/mail/messages/999999")).status_code == 404
        assert (await desk.get("/p/demo/mail/messages/x/files/-1")).status_code == 404


@pytest.mark.parametrize(
    ("database_url", "cut"),
    [("sqlite", True), pytest.param("postgresql", False, marks=pytest.mark.postgresql)],
    indirect=["database_url"],
)
async def test_the_site_is_filled_once_also_when_it_is_killed_meanwhile(open_demo: OpenDemo, cut: bool) -> None:
    demo = await open_demo(HUB_DEMO_SEED="1", HUB_DEMO_SMSC="1" if cut else "0")
    async with HubClient(demo.http) as hub:
        await hub.log_in("admin", PASSWORD)
        await until(lambda: count(hub, "/interactions", 5))  # amid a conversation
    if cut:
        await demo.kill()
        await demo.start()
    async with HubClient(demo.http) as hub:
        await hub.log_in("admin", PASSWORD)
        await until(lambda: waiting_at_the_end(hub, texts=cut))
        assert len([each async for each in hub.each("/customers")]) == 36
        assert len([each async for each in hub.each("/tickets")]) == 28
        assert len(await hub.get("/templates")) == 6
        ids = {each["name"]: each["id"] async for each in hub.each("/customers")}
        assert len(ids) == 36
        assert len((await hub.get(f"/customers/{ids['Riverside Motors Ltd']}/members"))["items"]) == 1
        assert [each["username"] for each in (await hub.of_plugin("GET", "/sip/phones"))["phones"]] == list(AGENTS)
    assert "Traceback" not in demo.text


async def count(hub: HubClient, path: str, least: int) -> bool:
    return len([each async for each in hub.each(path)]) >= least


async def waiting_at_the_end(hub: HubClient, *, texts: bool) -> bool:
    states = [each["state"] async for each in hub.each("/interactions")]
    return (len(states), states.count("QUEUED"), states.count("CLOSED")) == ((15, 5, 8) if texts else (12, 4, 6))


async def test_a_new_password_in_the_environment_becomes_the_users(open_demo: OpenDemo) -> None:
    demo = await open_demo()
    await demo.stop()
    demo.environment["HUB_DEMO_PASSWORD"] = "another-one-from-now"
    await demo.start()
    await until(lambda: logs_in(demo, "agent1", "another-one-from-now"))
    await until(lambda: stored(demo, "another-one-from-now"))
    assert not await logs_in(demo, "supervisor", PASSWORD)


async def stored(demo: HubProcess, password: str) -> bool:
    return (demo.folder / "demo-password").read_text(encoding="utf-8").strip() == password


async def logs_in(demo: HubProcess, login: str, password: str) -> bool:
    async with httpx.AsyncClient(base_url=demo.http) as client:
        return (await client.post("/api/v1/login", json={"login": login, "password": password})).is_success
