"""Gateways that send approved templates alone: told which, and what stands in it; any other text is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

import plugins.sms
from hub.api import Address, AnyConnection, Filled, Misconfigured, Outbound, Request, Unsupported, Viewer
from hub.testing import FakeContext
from plugins.sms.http.approved import names_of
from plugins.sms.http.asking import asked
from plugins.sms.http.settings import HttpSettings
from plugins.sms.screens.composing import fitting, rules_of
from plugins.sms.settings import SmsSettings
from plugins.sms.tests.desk import account, connection
from plugins.sms.tests.test_sending import MIGRATIONS
from tests.farside.commanded import Commanded

OURS, HANDSET, NOWHERE = "10690001", "+8613800138000", "http://127.0.0.1:1/"
ANN = Viewer(1, "Ann", "en", frozenset({"interactions.reply"}))
SENT = "王芳，您的订单A-17已发货。"
MADE_OF = Filled("SMS_4712", "zh", {"customer.name": "王芳", "ticket.serial": "A-17"})
ANSWER = {"code": "Code", "ok": ["OK"], "id": "BizId", "misconfigured": ["isv.SMS_TEMPLATE_ILLEGAL"]}
NAMED = {
    "PhoneNumbers": "{to|national}",
    "TemplateCode": "{template_id}",
    "TemplateParam": "{template_values}",
    "Lang": "{template_language}",
}
LISTED = {
    "PhoneNumberSet": ["{to}"],
    "TemplateId": "{template_id}",
    "TemplateParamSet": "{template_list}",
    "As": "{template_list|trim}",
}


def gateway(url: str, **ask: Any) -> AnyConnection:
    return connection("http", {"ask": {"url": url, "templates_only": True, **ask}, "answer": ANSWER})


class Shop:
    """A channel with an account whose texts its gateway's carrier approved."""

    def __init__(self, way: AnyConnection, *made: tuple[str, Filled]) -> None:
        self.account, self.way = account(OURS, way, signature="【公司】"), way
        self.context = FakeContext("sms", SmsSettings(), accounts=[self.account], migrations=MIGRATIONS)
        self.context.templates = {(self.account.id, text): filled for text, filled in made}
        self.channel = plugins.sms._channel(self.context)

    async def send(self, text: str, delivery: int = 1) -> None:
        message = Outbound(delivery, delivery, 3, Address("tel", HANDSET), text)
        await self.channel.send(self.way, self.account, message)


@pytest.mark.slow
async def test_a_template_goes_by_its_name_and_what_stands_in_it(tmp_path: Path) -> None:
    """By names and as a list; the handset reads what the agent wrote. Words of their own never leave the hub."""
    async with Commanded("tests.farside.template_gateway", tmp_path / "ledger") as far:
        url = f"http://127.0.0.1:{far.port}/"
        shop = Shop(gateway(url, method="GET", query=NAMED), (SENT, MADE_OF), ("您好", Filled("SMS_1", "zh", {})))
        await shop.send(SENT)
        with pytest.raises(Unsupported, match="approved templates alone"):
            await shop.send("Of my own", 2)
        with pytest.raises(Misconfigured, match="TEMPLATE_ILLEGAL"):
            await shop.send("您好", 3)
        listing = Filled("100401", "zh", MADE_OF.values)
        await Shop(gateway(url, document=LISTED), (SENT, listing)).send(SENT)
        assert [event["words"] for event in far.named("text")] == [SENT, SENT]
        assert [event["to"] for event in far.events[1:]] == ["13800138000", "13800138000", HANDSET]


def test_the_composer_says_it_before_anybody_writes() -> None:
    for way, only in ((gateway(NOWHERE, query=NAMED), True), (connection("http", {"ask": {"url": NOWHERE}}), False)):
        shop = Shop(way)
        assert rules_of(shop.account, shop.channel.providers)["templates_only"] is only


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({"account": 1, "text": SENT}, 200, {"template": True}),
        ({"account": 1, "text": "Of my own"}, 200, {"template": False}),
        ({"account": 9, "text": SENT}, 404, {"error": {"code": "NOT_FOUND"}}),
        ({"account": 1, "text": "x" * 5001}, 422, {"error": {"code": "INVALID"}}),
    ],
)
async def test_a_draft_is_looked_at_before_it_is_sent(body: dict[str, Any], status: int, said: dict[str, Any]) -> None:
    shop = Shop(gateway(NOWHERE, query=NAMED), (SENT, MADE_OF))
    request = Request("POST", "/p/sms/fitting", {}, {}, {}, json.dumps(body).encode(), "", "", ANN)
    answer = await fitting(shop.context).endpoint(request)
    assert (answer.status, json.loads(answer.body)) == (status, said)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"ask": {"url": "http://x/", "templates_only": True, "query": {"t": "{text}"}}}, "must say {template_id}"),
        ({"ask": {"url": "http://x/"}, "values": {"template_id": "SMS_1"}}, "name of the hub's own"),
    ],
)
def test_a_description_that_could_not_work_is_not_taken(changed: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        HttpSettings.model_validate(changed)


def test_where_words_go_as_well_a_template_is_named_where_there_is_one() -> None:
    document = {"text": "{text}", "id": "{template_id}", "as": "{template_values}", "braces": "{{template_list}}"}
    settings = HttpSettings.model_validate({"ask": {"url": NOWHERE, "document": document}})
    assert settings.names_templates
    made = json.loads(asked(settings, {"text": SENT, **names_of(MADE_OF)}).body)
    values = {"customer_name": "王芳", "ticket_serial": "A-17"}
    assert made == {"text": SENT, "id": "SMS_4712", "as": values, "braces": "{template_list}"}
    own = json.loads(asked(settings, {"text": "Hi", **names_of(None)}).body)
    assert own == {"text": "Hi", "id": "", "as": {}, "braces": "{template_list}"}
    assert json.loads(asked(settings, {}).body)["as"] == "", "as it is tried without a text"
