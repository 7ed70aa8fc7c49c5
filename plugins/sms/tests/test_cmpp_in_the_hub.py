"""CMPP through the real process, on both databases: what a gateway was not told is stored comes again, and is one."""

from __future__ import annotations

from pathlib import Path

import pytest

from plugins.sms.tests.firm import Firm, write_site
from tests.farside.commanded import Commanded
from tests.support.fixtures import StartHub

pytestmark = pytest.mark.slow
OURS, HANDSET = "10690001", "13800138000"
CONNECTION = """
[connections.settings.cmpp]
host = "127.0.0.1"
port = {port}
sp_id = "901234"
password = "a secret"
"""


async def test_a_hub_that_dies_before_it_answers(tmp_path: Path, hub_process: StartHub) -> None:
    """Killed between commit and DELIVER_RESP: the gateway comes again, the text is there once; and it is answered."""
    async with Commanded("tests.farside.cmpp_ismg", tmp_path / "ledger") as far:
        write_site(tmp_path, "cmpp", OURS, CONNECTION.format(port=far.port))
        hub = await hub_process(HUB_CRASH_AT="after_commit_before_ack:1")
        far.do("text", **{"from": HANDSET, "to": OURS}, text="您好", format=8, id="0102030405060708")
        assert await hub.ended() < 0 and far.named("deliver_resp") == []
        hub.environment.pop("HUB_CRASH_AT")
        await hub.start()
        await far.event("deliver_resp", lambda event: event["result"] == 0)
        async with Firm(hub) as firm:
            interaction = (await firm.interaction("您好"))["id"]
            await in_parts_and_answered(firm, far, interaction)
            assert len((await firm.get("/interactions"))["items"]) == 1


async def in_parts_and_answered(firm: Firm, far: Commanded, interaction: int) -> None:
    """The second part first; the answer is two messages with one report each, and DELIVERED when both are."""
    for number, text in ((2, "也好吗？"), (1, "明天")):
        head = f"05000307020{number}"
        far.do("text", **{"from": HANDSET, "to": OURS}, text=text, format=8, header=head)
    assert (await firm.interaction("明天也好吗？"))["id"] == interaction
    await firm.take(interaction)
    await firm.reply(interaction, "可以。" * 30)
    await firm.delivered(interaction, "可以。" * 30, "DELIVERED")
    said = [message["text"] for message in await firm.messages(interaction)]
    assert said == ["您好", "明天也好吗？", "可以。" * 30]
    assert "".join(event["text"] for event in far.named("submit")) == "可以。" * 30
