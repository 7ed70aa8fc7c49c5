"""The chat in the real hub: visitors at its sockets, an agent at its API, nothing in between played."""

from __future__ import annotations

import time

import httpx
import pytest

from plugins.web_chat.tests.agent import Agent
from plugins.web_chat.visitors import sign
from tests.farside.chat_visitor import ChatVisitor
from tests.support.hub_process import HubProcess


async def test_a_chat_is_asked_answered_read_closed_and_rated(hub: HubProcess, mei: Agent) -> None:
    async with ChatVisitor(hub.http, answers={"name": "王小明", "mailto": "wang@example.cn"}) as visitor:
        assert await visitor.say("我的咖啡机坏了") == "acked"
        await visitor.until(lambda: any(state.get("ahead") == 0 for state in visitor.states))
        interaction = await mei.accept()
        await visitor.until(lambda: visitor.states[-1]["agent"] == "Mei Lin")
        await mei.write(interaction, "您好！")
        await visitor.hears("您好！")
        await visitor.read()
        await mei.until_delivered(interaction, "READ")
        item = await mei.call("GET", f"/interactions/{interaction}")
        assert (item["customer"]["name"], item["identity"]["scheme"]) == ("王小明", "visitor")
        await mei.call("POST", f"/interactions/{interaction}/close", {})
        await visitor.until(lambda: visitor.states[-1]["over"])
        assert await visitor.rate(5, "很好") == "acked"
        await visitor.until(lambda: visitor.shown[-1]["kind"] == "RATING")
        assert [message["kind"] for message in await mei.messages(interaction)] == ["TEXT", "TEXT", "RATING"]
        assert len((await mei.call("GET", "/interactions"))["items"]) == 1


async def test_a_lost_network_leaves_no_gap(hub: HubProcess, mei: Agent) -> None:
    async with ChatVisitor(hub.http) as visitor:
        await visitor.say("one")
        interaction = await mei.accept()
        visitor.drop()
        await mei.write(interaction, "two")
        await visitor.hears("two")
        assert await visitor.say("three") == "acked"
        assert [message["text"] for message in visitor.shown[:2]] == ["one", "two"]
        await visitor.until(lambda: visitor.shown[-1]["text"] == "three")
        assert len({message["id"] for message in visitor.shown}) == len(visitor.shown)


async def test_an_undone_answer_is_never_seen_and_holds_nothing_up(hub: HubProcess, mei: Agent) -> None:
    async with ChatVisitor(hub.http) as visitor:
        await visitor.say("Hello")
        interaction = await mei.accept()
        await mei.write(interaction, "oops", undo_seconds=30)
        await mei.write(interaction, "right")
        (oops, _) = [message for message in await mei.messages(interaction) if message["direction"] == "OUTBOUND"]
        await mei.call("POST", f"/deliveries/{oops['delivery']['id']}/undo")
        await visitor.hears("right")
        assert [message["text"] for message in visitor.theirs] == ["right"]


async def test_typing_goes_to_the_agents_screen_and_back(hub: HubProcess, mei: Agent) -> None:
    async with ChatVisitor(hub.http) as visitor:
        await visitor.say("Hello")
        interaction = await mei.accept()
        await visitor.until(lambda: visitor.states and visitor.states[-1]["state"] == "CONNECTED")
        await visitor.typing("My machi")
        signal = await mei.signal()
        assert (signal["kind"], signal["interaction"]) == ("typing", interaction)
        assert signal["data"] == {"typing": True, "text": "My machi"}
        await mei.call("POST", f"/interactions/{interaction}/typing", {"typing": True})
        await visitor.until(lambda: any(frame["type"] == "typing" for frame in visitor.noticed))
        await mei.call("POST", f"/interactions/{interaction}/read", {})
        await visitor.until(lambda: any(frame["type"] == "read" for frame in visitor.noticed))


async def test_a_message_left_outside_hours_is_a_ticket_whose_serial_is_told(hub: HubProcess, mei: Agent) -> None:
    async with ChatVisitor(hub.http, account="night", answers={"mailto": "a@b.cn"}) as visitor:
        assert visitor.welcome["open"] is False
        assert await visitor.say("Please call me", leave=True) == "acked"
        await visitor.until(lambda: visitor.states and visitor.states[-1]["serial"])
        (ticket,) = (await mei.call("GET", "/tickets"))["items"]
        assert (ticket["serial"], ticket["subject"]) == (visitor.states[-1]["serial"], "Please call me")


async def test_a_visitor_who_leaves_the_queue_for_good_has_abandoned_it(hub: HubProcess, mei: Agent) -> None:
    await mei.call("PUT", "/me/presence", {"state": "NOT_READY", "reason": "BREAK"})
    async with ChatVisitor(hub.http) as visitor:
        await visitor.say("Anybody there?")
        await visitor.until(lambda: visitor.states)
        await visitor.end()
        await visitor.until(lambda: visitor.states[-1]["over"])
        assert visitor.states[-1]["state"] == "ABANDONED"


async def test_files_go_both_ways_and_only_to_who_may_have_them(hub: HubProcess, mei: Agent) -> None:
    async with ChatVisitor(hub.http) as visitor, httpx.AsyncClient(base_url=f"{hub.http}/c/web_chat/shop") as web:
        await visitor.say("Hello")
        form = {"token": visitor.token, "id": "f1"}
        sent = await web.post("/upload", data=form, files={"file": ("../发票.pdf", b"%PDF-1.4", "application/pdf")})
        assert sent.json() == {"id": "f1"}
        await visitor.until(lambda: visitor.shown and visitor.shown[-1]["files"])
        (file,) = visitor.shown[-1]["files"]
        assert (file["name"], file["size"]) == ("发票.pdf", 8)
        got = await web.get(f"{hub.http}{file['url']}")
        assert (got.content, got.headers["content-disposition"]) == (b"%PDF-1.4", "attachment")
        assert (await web.get(f"{hub.http}{file['url'][:-3]}abc")).status_code == 404
        interaction = await mei.accept()
        assert [len(message["attachments"]) for message in await mei.messages(interaction)] == [0, 1]
        theirs = await mei.upload("说明.txt", b"Read me", "text/plain")
        await mei.write(interaction, "Please read", attachments=[theirs])
        (manual,) = (await visitor.hears("Please read"))["files"]
        assert (await web.get(f"{hub.http}{manual['url']}")).content == b"Read me"


async def test_a_returning_visitor_finds_what_was_said_before(hub: HubProcess, mei: Agent) -> None:
    async with ChatVisitor(hub.http) as visitor:
        await visitor.say("first visit")
        interaction = await mei.accept()
        await mei.write(interaction, "bye", then="CLOSED")
        await visitor.until(lambda: visitor.states and visitor.states[-1]["over"])
        await visitor.say("second visit")
        await visitor.until(lambda: not visitor.states[-1]["over"])
    async with httpx.AsyncClient(base_url=f"{hub.http}/c/web_chat/shop") as web:
        answer = await web.post("/history", json={"token": visitor.token})
        texts = [[message["text"] for message in each["messages"]] for each in answer.json()["conversations"]]
        assert texts == [["second visit"], ["first visit", "bye"]]
        assert (await web.post("/history", json={"token": "guess"})).status_code == 401


async def test_a_customer_the_shop_signed_in_is_known_and_their_address_verified(hub: HubProcess, mei: Agent) -> None:
    now = int(time.time())
    signature = sign("s3cret", "4711", "王小明", "wang@example.cn", now)
    said = {"id": "4711", "name": "王小明", "mailto": "wang@example.cn", "signed_at": now, "signature": signature}
    async with ChatVisitor(hub.http, customer=said) as visitor:
        await visitor.say("It is me")
        interaction = await mei.accept()
        known = (await mei.call("GET", f"/interactions/{interaction}"))["customer"]
        identities = (await mei.call("GET", f"/customers/{known['id']}"))["identities"]
        levels = {identity["scheme"]: identity["verification"] for identity in identities}
        assert (known["name"], levels["mailto"]) == ("王小明", "VERIFIED")


async def test_a_foreign_page_gets_neither_socket_nor_settings(hub: HubProcess) -> None:
    with pytest.raises(ConnectionRefusedError):
        await ChatVisitor(hub.http, origin="https://evil.test").arrive()
    async with httpx.AsyncClient(base_url=f"{hub.http}/c/web_chat/shop") as web:
        assert (await web.get("/config", headers={"Origin": "https://evil.test"})).status_code == 403
        settings = await web.get("/config", headers={"Origin": hub.http})
        assert settings.headers["access-control-allow-origin"] == hub.http
        assert "s3cret" not in settings.text


async def test_a_forged_visitor_is_refused(hub: HubProcess) -> None:
    with pytest.raises(ConnectionRefusedError):
        await ChatVisitor(hub.http, token="WyJhIiwxLCIiLCIiLCIiXQ.forged").arrive()
