"""A transcript that really leaves: from the visitor's socket through the mail plugin to a far side's mail server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any

import pytest

from plugins.web_chat.tests.agent import SITE, Agent
from tests.farside.chat_visitor import ChatVisitor
from tests.farside.processes import SmtpSink
from tests.support.fixtures import StartHub
from tests.support.hub_process import HubProcess
from tests.support.site_file import mailbox

VISITOR = "wang@example.cn"


@pytest.fixture
def far_side(tmp_path: Path) -> Iterator[SmtpSink]:
    with SmtpSink(tmp_path / "mails.jsonl") as sink:
        yield sink


@pytest.fixture
async def hub(hub_process: StartHub, tmp_path: Path, far_side: SmtpSink) -> HubProcess:
    site = SITE.replace('plugins = ["web_chat"]', 'plugins = ["web_chat", "email"]')
    site = site.replace('address = "widget:shop"', 'address = "widget:shop"\nlanguage = "zh"')
    (tmp_path / "hub.toml").write_text(site + mailbox("support@shop.test", "chat", far_side.port, name="客服中心"))
    return await hub_process()


@pytest.fixture
async def mei(hub: HubProcess) -> AsyncIterator[Agent]:
    async with Agent(hub) as agent:
        yield agent


async def arrived(far_side: SmtpSink) -> tuple[dict[str, Any], EmailMessage]:
    """The one mail the far side has, as it came by SMTP and as its reader sees it."""
    async with asyncio.timeout(15):
        while not far_side.mails():  # noqa: ASYNC110 - another process's file
            await asyncio.sleep(0.05)
    (taken,) = far_side.mails()
    mail = BytesParser(policy=policy.default).parsebytes(taken["body"].encode("latin-1"))
    assert isinstance(mail, EmailMessage)
    return taken, mail


async def _said(mei: Agent, interaction: int, text: str) -> bool:
    return any(each["text"] == text for each in await mei.messages(interaction))


async def talk(visitor: ChatVisitor, mei: Agent) -> int:
    """Four sentences of a conversation, and a note that is none of the visitor's business."""
    await visitor.say("我的咖啡机坏了")
    interaction = await mei.accept()
    await mei.write(interaction, "您好！请问是哪个型号？")
    await visitor.hears("您好！请问是哪个型号？")
    await visitor.say("E5 – “silver”")
    await mei.until(lambda: _said(mei, interaction, "E5 – “silver”"))  # acknowledged is stored, not yet recorded
    await mei.call("POST", f"/interactions/{interaction}/messages", {"kind": "NOTE", "text": "difficult customer"})
    await mei.write(interaction, "明天上午师傅上门。")
    await visitor.hears("明天上午师傅上门。")
    return interaction


async def test_the_whole_conversation_arrives_in_order_and_says_that_a_machine_sent_it(
    hub: HubProcess, mei: Agent, far_side: SmtpSink
) -> None:
    async with ChatVisitor(hub.http, answers={"name": "王小明"}, language="zh") as visitor:
        await talk(visitor, mei)
        await visitor.send({"type": "transcript", "mailto": VISITOR})
        await visitor.until(lambda: any(frame["type"] == "transcript" for frame in visitor.noticed))
        taken, mail = await arrived(far_side)
    assert (taken["sender"], taken["to"]) == ("support@shop.test", [VISITOR])
    text = mail.get_content()
    lines = [line for line in text.splitlines() if line]
    assert lines[2::2] == ["我的咖啡机坏了", "您好！请问是哪个型号？", "E5 – “silver”", "明天上午师傅上门。"]
    assert [line.partition(",")[0] for line in lines[1::2]] == ["您", "Mei Lin", "您", "Mei Lin"]
    assert lines[0] == mail["Subject"] and "对话记录" in lines[0]
    assert (mail["From"].addresses[0].display_name, mail["To"].addresses[0].addr_spec) == ("客服中心", VISITOR)
    assert (mail["Auto-Submitted"], mail["X-Auto-Response-Suppress"]) == ("auto-generated", "All")  # RFC 3834 §5
    assert mail["Message-ID"].endswith("@shop.test>") and mail["Date"].datetime is not None
    assert mail["In-Reply-To"] is None and mail["References"] is None
    assert taken["body"].isascii(), "an old relay gets no eight-bit header"


async def test_a_transcript_asks_for_no_agent_and_shows_as_delivered(
    hub: HubProcess, mei: Agent, far_side: SmtpSink
) -> None:
    async with ChatVisitor(hub.http) as visitor:
        chat = await talk(visitor, mei)
        await visitor.send({"type": "transcript", "mailto": VISITOR})
        await arrived(far_side)
        (notice,) = [item for item in (await mei.call("GET", "/interactions"))["items"] if item["id"] != chat]
        assert (notice["channel"], notice["state"], notice["disposition"]) == ("email", "CLOSED", "NOTICE")
        await mei.until_delivered(notice["id"], "SENT")
        assert (await mei.call("GET", "/offers"))["items"] == []
        assert (await mei.call("GET", f"/interactions/{chat}"))["state"] == "CONNECTED"
