"""The phone's SIP and RTP against the hub's own, which it knows by its sockets only."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from plugins.demo.hub_client import HubClient
from plugins.demo.phone.audio_port import AudioPort
from plugins.demo.phone.caller import Caller
from plugins.demo.phone.rtp import Packet
from plugins.demo.phone.sdp import PCMU, Audio
from plugins.demo.phone.stages import Stage, Why
from plugins.demo.tests.conftest import PASSWORD, until
from tests.support.fixtures import StartHub

pytestmark = pytest.mark.slow

ME, HOTLINE = "+442079460101", "+864001234567"
SILENCE = frozenset(b"\x7f\xff")
SITE = f"""
[site]
name = "Lanhe"
plugins = ["sip", "tts"]
[plugins.sip]
port = 0
[[queues]]
key = "desk"
name = "Desk"
[[connections]]
name = "telephone"
channel = "sip"
settings = {{ peers = ["127.0.0.1"] }}
[[accounts]]
name = "Hotline"
channel = "sip"
address = "tel:{HOTLINE}"
connection = "telephone"
queue = "desk"
[[users]]
login = "admin"
name = "Ada"
password = "{PASSWORD}"
roles = ["admin"]
"""


async def test_a_call_from_the_desk_waits_in_the_queue_with_music_and_ends_with_the_caller(
    hub_process: StartHub, tmp_path: Path
) -> None:
    (tmp_path / "hub.toml").write_text(SITE, encoding="utf-8")
    hub = await hub_process()
    stages: list[tuple[Stage, Why | None]] = []
    heard = asyncio.Event()

    def listen(packet: Packet) -> None:
        if packet.kind == PCMU and not SILENCE.issuperset(packet.payload):
            heard.set()

    def agreed(theirs: Audio) -> None:
        port.talk_to(theirs.host, theirs.port)

    async with HubClient(hub.http) as api:
        await api.log_in("admin", PASSWORD)
        assert await api.addresses("tel", "sip") == [HOTLINE]
        where = await api.listener("sip", 60)
        caller = Caller(where, ME, HOTLINE, lambda *said: stages.append(said), agreed)
        async with caller as call, AudioPort(call.host, listen) as port:
            call.place(port.port)
            interaction = await until(lambda: only(api, "QUEUED"))
            assert ME in str(interaction), "who calls is known"
            async with asyncio.timeout(20):
                await heard.wait()
        assert [stage for stage, _ in stages][-2:] == [Stage.TALKING, Stage.ENDED]
        assert stages[-1][1] is Why.YOU_HUNG_UP
        await until(lambda: only(api, "ABANDONED"))


async def only(api: HubClient, state: str) -> dict[str, Any] | None:
    """The one interaction there is, once it is in this state."""
    items: list[dict[str, Any]] = (await api.get("/interactions"))["items"]
    return next((item for item in items if item["state"] == state), None)
