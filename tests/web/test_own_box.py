"""An agent's own voicemail box is off until somebody has it: the agent, or who manages them."""

from __future__ import annotations

import base64

from tests.toy.tests.test_voicemails import sound
from tests.web.people import People

BOX = {"enabled": True, "greeting": "您好，请留言。", "ring_seconds": 12, "at_once": False, "recorded": False}
WANTED = {name: value for name, value in BOX.items() if name != "recorded"}


async def test_agents_set_their_own_and_colleagues_see_who_has_one(people: People) -> None:
    agent, other = await people.client("agent"), await people.client("other")
    before = (await agent.get("/me/own-box")).json()
    assert before == {"enabled": False, "greeting": "", "ring_seconds": 20, "at_once": True, "recorded": False}
    assert (await agent.put("/me/own-box", json=WANTED)).json() == BOX
    assert (await agent.get("/me/own-box")).json() == BOX
    assert (await other.get("/own-boxes")).json() == [people.ids.users["agent"]]
    await agent.put("/me/own-box", json={**WANTED, "enabled": False})
    assert (await other.get("/own-boxes")).json() == []


async def test_only_who_manages_an_agent_sets_theirs(people: People) -> None:
    path = f"/users/{people.ids.users['agent']}/own-box"
    admin, agent, other = [await people.client(login) for login in ("admin", "agent", "other")]
    assert (await other.put(path, json=WANTED)).status_code == (await agent.put(path, json=WANTED)).status_code == 403
    assert (await admin.put(path, json=WANTED)).json() == BOX
    assert (await agent.get("/me/own-box")).json() == (await admin.get(path)).json() == BOX


async def test_what_cannot_be_is_refused(people: People) -> None:
    agent = await people.client("agent")
    wrong: list[dict[str, object]] = [
        {"ring_seconds": 0},
        {"ring_seconds": 301},
        {"greeting": "x" * 2001},
        {"enabled": None},
    ]
    answers = [(await agent.put("/me/own-box", json={**WANTED, **each})).status_code for each in wrong]
    assert answers == [422] * 4


async def test_a_greeting_is_recorded_and_dropped_again(people: People) -> None:
    path = f"/users/{people.ids.users['agent']}/own-box/greeting"
    agent, admin, other = [await people.client(login) for login in ("agent", "admin", "other")]
    wav = {"file": ("hello.wav", base64.b64decode(sound()), "audio/wav")}
    assert (await agent.post("/me/own-box/greeting", files=wav)).json()["recorded"] is True
    assert (await agent.put("/me/own-box", json=WANTED)).json() == {**BOX, "recorded": True}, "it stays"
    assert (await agent.put("/me/own-box", json=BOX)).json() == BOX, "dropped"
    assert (await admin.post(path, files=wav)).json()["recorded"] is True
    assert (await other.post(path, files=wav)).status_code == 403
    assert (await agent.post("/me/own-box/greeting", files={"file": ("x.wav", b"RIFFx")})).status_code == 422


async def test_a_recorded_greeting_is_heard_by_who_may_set_it(people: People) -> None:
    path = f"/users/{people.ids.users['agent']}/own-box/greeting"
    agent, admin, other = [await people.client(login) for login in ("agent", "admin", "other")]
    assert (await agent.get("/me/own-box/greeting")).status_code == (await admin.get(path)).status_code == 404
    wav = base64.b64decode(sound())
    await agent.post("/me/own-box/greeting", files={"file": ("hello.wav", wav, "audio/wav")})
    mine, theirs = await agent.get("/me/own-box/greeting"), await admin.get(path)
    assert mine.content == theirs.content == wav
    assert (mine.headers["content-type"], mine.headers["cache-control"]) == ("audio/wav", "private, no-store")
    assert (await other.get(path)).status_code == (await agent.get(path)).status_code == 403
    assert (await admin.get("/users/999999/own-box/greeting")).status_code == 404
