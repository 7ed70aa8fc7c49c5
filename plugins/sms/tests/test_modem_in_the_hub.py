"""A GSM modem through the real process, on both databases: in and out by a serial line, a session's end, unplugged."""

from __future__ import annotations

from pathlib import Path

import pytest

from plugins.sms.tests.firm import Firm, write_site
from tests.farside.commanded import Commanded
from tests.support.fixtures import StartHub

pytestmark = pytest.mark.slow
OURS, HANDSET = "+8613900139000", "+8613800138000"
LONG = "明天可以来取。" * 12
CONNECTION = """
[connections.settings.modem]
device = "{device}"
number = "{number}"
pin = "1234"
"""
IDLE = "idle_seconds = 2"


async def test_a_modem_in_a_running_hub(tmp_path: Path, hub_process: StartHub) -> None:
    device = tmp_path / "modem"
    async with Commanded("tests.farside.modem", tmp_path / "ledger", (str(device), "--pin", "1234")) as far:
        far.do("text", **{"from": HANDSET}, text="before anybody listened")
        write_site(tmp_path, "modem", OURS, CONNECTION.format(device=device, number=OURS), IDLE)
        async with Firm(await hub_process()) as firm:
            opened = await is_heard(firm, far)
            await is_answered(firm, far, opened["id"])
            again = await ends_and_begins_anew(firm, far, opened)
            await is_unplugged(firm, far, again)


async def is_heard(firm: Firm, far: Commanded) -> dict[str, object]:
    """What the SIM had, and what comes: stored, and its place in the SIM freed after that."""
    opened = await firm.interaction("before anybody listened")
    far.do("text", **{"from": HANDSET}, text="Is it ready? 好了吗")
    assert (await firm.interaction("Is it ready? 好了吗"))["id"] == opened["id"]
    await far.event("freed", lambda event: event["place"] == 2)
    return opened


async def is_answered(firm: Firm, far: Commanded, interaction: object) -> None:
    """In two parts, with a report each."""
    assert isinstance(interaction, int)
    await firm.take(interaction)
    await firm.reply(interaction, LONG)
    await firm.delivered(interaction, LONG, "DELIVERED")
    assert len(far.named("text")) == 2


async def ends_and_begins_anew(firm: Firm, far: Commanded, opened: dict[str, object]) -> int:
    """Answered, and idle for as long as was set: it ends; what is written later is another, of the same ticket."""

    async def look() -> str:
        return str((await firm.get(f"/interactions/{opened['id']}"))["state"])

    assert await firm.until(look, lambda state: state == "CLOSED")
    far.do("text", **{"from": HANDSET}, text="And what does it cost?")
    again = await firm.interaction("And what does it cost?")
    assert again["id"] != opened["id"]
    tickets = [await firm.get(f"/interactions/{each}") for each in (opened["id"], again["id"])]
    assert tickets[0]["ticket"]["id"] == tickets[1]["ticket"]["id"]
    return int(again["id"])


async def is_unplugged(firm: Firm, far: Commanded, interaction: int) -> None:
    """It is said, and the modem looked for again; what is written meanwhile goes when it is back."""
    far.do("unplug")
    await firm.until(lambda: _state(firm), lambda state: state == "FAILED")
    await firm.take(interaction)
    await firm.reply(interaction, "88")
    far.do("plug in")
    await firm.delivered(interaction, "88", "DELIVERED")


async def _state(firm: Firm) -> str:
    (connection,) = (await firm.get("/connections"))["items"]
    return str(connection["state"])
