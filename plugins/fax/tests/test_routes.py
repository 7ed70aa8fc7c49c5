"""A fax is shown to those who see its conversation."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hub.api import Request, Route, Viewer
from hub.testing import FakeContext
from plugins.fax.channel import FaxChannel
from plugins.fax.outgoing import jobs
from plugins.fax.remarks import remark
from plugins.fax.routes import routes
from plugins.fax.settings import FaxSettings
from plugins.fax.tests.test_contract import ACCOUNT

MIGRATIONS = Path(__file__).parents[1] / "migrations"
ANN = Viewer(5, "Ann", "en", frozenset({"interactions.read"}))
NOW = datetime(2026, 3, 1, 10, tzinfo=UTC)
FAX = {
    "delivery_id": 1, "message_id": 2, "interaction_id": 3, "account_id": 1, "number": "+8613800138000",
    "document": "d", "pages": 1, "on_call": False, "recipient_id": None, "due_at": NOW,
    "give_up_at": NOW + timedelta(hours=1),
}  # fmt: skip


@pytest.mark.parametrize("path", ["/messages/{message}", "/messages/{message}/report"])
async def test_how_a_fax_fares_is_told_to_those_who_see_its_conversation(path: str) -> None:
    context = FakeContext("fax", FaxSettings(), migrations=MIGRATIONS)
    await context.store.write(lambda conn: jobs.put(conn, "me", NOW, FAX))
    route = next(each for each in routes(FaxChannel(context)) if isinstance(each, Route) and each.path == path)
    request = Request("GET", "/p/fax/messages/2", {"message": "2"}, {}, {}, b"", "", "", ANN)

    shown = await route.endpoint(request)
    assert shown.status == 200 and b"+8613800138000" in shown.body
    context.hidden.add(3)
    assert (await route.endpoint(request)).status == 404


async def test_the_log_of_a_number_is_for_those_who_see_its_account() -> None:
    context = FakeContext("fax", FaxSettings(), accounts=[ACCOUNT], migrations=MIGRATIONS)
    [log] = [each for each in routes(FaxChannel(context)) if isinstance(each, Route) and each.path == "/log"]
    request = Request("GET", "/p/fax/log", {}, {}, {}, b"", "", "", ANN)
    assert [each["name"] for each in json.loads((await log.endpoint(request)).body)] == [ACCOUNT.name]
    context.out_of_sight.add(ACCOUNT.id)
    assert json.loads((await log.endpoint(request)).body) == []


async def test_a_message_that_is_not_dialled_yet_has_no_state_and_no_report() -> None:
    desk = {route.path: route for route in routes(FaxChannel(FakeContext("fax", FaxSettings(), migrations=MIGRATIONS)))
            if isinstance(route, Route)}  # fmt: skip
    request = Request("GET", "/p/fax/messages/2", {"message": "2"}, {}, {}, b"", "", "", ANN)
    fares = await desk["/messages/{message}"].endpoint(request)
    assert (fares.status, json.loads(fares.body)) == (200, {"state": "", "attempts": []})
    assert (await desk["/messages/{message}/report"].endpoint(request)).status == 404


def test_why_it_did_not_go_is_said_in_the_readers_language() -> None:
    assert remark("BUSY", "busy here", "zh-CN") == "对方号码占线。"
    assert remark("CALLDROPPED", "传真尚未完成，通话已结束。", "en") == "The call ended before the fax did."
    assert remark("NOT_ALLOWED", "no such prefix", "zh") == "no such prefix"
    assert remark("NOT_ALLOWED", "calls to this number are not allowed", "zh") == "不允许拨打该号码。"
