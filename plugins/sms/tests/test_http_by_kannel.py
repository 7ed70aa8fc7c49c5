"""A gateway nobody wrote code for: Kannel from Debian, described in the site file, between the hub and an SMSC."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from plugins.sms.tests.firm import Firm, write_site
from tests.farside.kannel import Kannel
from tests.farside.text_center import TextCenter
from tests.support.fixtures import StartHub
from tests.support.ports import free_port

pytestmark = [pytest.mark.slow, pytest.mark.peer]
OURS, HANDSET = "10690001", "+8613800138000"
DESCRIBED = """
[connections.settings.http.secrets]
password = "sendsms-secret"
token = "callback-secret"

[connections.settings.http.ask]
method = "GET"
url = "http://127.0.0.1:{port}/cgi-bin/sendsms"
codings = {{ gsm = "0", unicode = "2" }}
[connections.settings.http.ask.query]
username = "hub"
password = "{{password}}"
from = "{{from}}"
to = "{{to}}"
text = "{{text}}"
charset = "UTF-8"
coding = "{{coding}}"
dlr-mask = "19"
dlr-url = "{{callback}}?token={{token}}&id={{id}}&state=%d&said=%A"

[connections.settings.http.answer]
format = "text"
pattern = "{{code}}: {{detail}}"
code = "code"
detail = "detail"
ok = ["0", "3"]

[connections.settings.http.heard]
format = "query"
sender = "from"
text = "text"
unicode_where = "coding=2"
id = "id"
proof = {{ where = "query:token", sign = {{ template = "{{token}}", algorithm = "none" }} }}
answer = ""

[connections.settings.http.reports]
format = "query"
id = "id"
state = "state"
detail = "said"
delivered = ["1"]
sent = ["8"]
proof = {{ where = "query:token", sign = {{ template = "{{token}}", algorithm = "none" }} }}
"""
HEARD = "/c/sms/{ours}/message?token=callback-secret&from=%p&text=%b&coding=%c&id=%I"


async def test_texts_by_kannel(tmp_path: Path, hub_process: StartHub) -> None:
    """In, answered in Chinese and at length, reported; refused by the carrier; and nobody else is let in."""
    port = free_port()
    write_site(tmp_path, "http", OURS, DESCRIBED.format(port=port))
    with TextCenter(tmp_path / "smsc.jsonl") as center:
        async with Firm(await hub_process()) as firm:
            get_url = firm.hub.http + HEARD.format(ours=OURS)
            async with Kannel(tmp_path, center.port, "a-secret", "sendsms-secret", get_url, port):
                await firm.until(lambda: noted(center, "bound"), bool)
                interaction = await is_heard(firm, center)
                await is_answered(firm, center, interaction)
                await is_refused(firm, center)
                await nobody_else(firm)


async def noted(center: TextCenter, event: str) -> list[dict[str, Any]]:
    return center.noted(event)


async def is_heard(firm: Firm, center: TextCenter) -> int:
    text = "您好 & <b>?=%20"
    center.say("1", HANDSET, OURS, text.encode("utf-16-be"), data_coding=8)
    return int((await firm.interaction(text))["id"])


async def is_answered(firm: Firm, center: TextCenter, interaction: int) -> None:
    long = "我们明天来。" * 20
    await firm.take(interaction)
    for text in (long, "short & sweet"):
        await firm.reply(interaction, text)
        await firm.delivered(interaction, text, "DELIVERED")
    told = center.noted("submit")
    words = b"".join(bytes.fromhex(each["hex"])[6:] for each in told[:2]).decode("utf-16-be")
    assert words == long and {each["to"] for each in told} == {HANDSET[1:]}


async def is_refused(firm: Firm, center: TextCenter) -> None:
    center.say("2", "+8613800130999", OURS, b"hello")
    interaction = int((await firm.interaction("hello"))["id"])
    await firm.take(interaction)
    await firm.reply(interaction, "nobody there")
    await firm.delivered(interaction, "nobody there", "FAILED")


async def nobody_else(firm: Firm) -> None:
    url = f"{firm.hub.http}/c/sms/{OURS}/message"
    for query in ({"from": "1", "text": "x", "token": "guessed"}, {"from": "1", "text": "x"}):
        assert (await firm.client.get(url, params=query)).status_code == 403
