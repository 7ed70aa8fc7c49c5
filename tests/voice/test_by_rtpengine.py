"""A site with an rtpengine node: phones of others' making talk to it; it carries them alone while they only talk."""

from __future__ import annotations

from pathlib import Path

import pytest

from plugins.sip.media.relay import RelayEngine
from plugins.sip.tests.media.calls import until
from plugins.sip.tests.media.rtpengine import rtpengine
from tests.voice.baresip import Baresip
from tests.voice.house import DESK, PASSWORD, VoiceHouse

pytestmark = [pytest.mark.slow, pytest.mark.peer]

AGENT, CUSTOMER = 1250, 500


async def test_who_waits_hears_our_music_and_who_talks_is_carried_by_the_node(sqlite_url: str, tmp_path: Path) -> None:
    async with rtpengine() as node, VoiceHouse(sqlite_url, tmp_path, shared={"rtpengine": [node.address]}) as house:
        await house.give_phone()
        account = f"<sip:ann@127.0.0.1:{house.port}>;auth_pass={PASSWORD};regint=60;answermode=manual"
        caller = "<sip:+8613800138000@127.0.0.1:{sip}>;regint=0"
        async with Baresip(tmp_path / "ann", account, AGENT) as ann, Baresip(tmp_path / "c", caller, CUSTOMER) as phone:
            await ann.registered()
            await phone.do("dial", f"sip:{DESK}@127.0.0.1:{house.port}")
            await house.hears_something(phone)
            await house.ready()
            await ann.until("CALL_INCOMING")
            await ann.do("accept")
            await house.becomes("CONNECTED")
            await house.hears(ann, CUSTOMER)
            await house.hears(phone, AGENT)
            await until(lambda: carried_alone(house) == 2)
            await ann.do("hold")
            await house.hears_no(phone, AGENT)
            assert carried_alone(house) == 0
            await ann.do("resume")
            await house.hears(phone, AGENT)
            await until(lambda: carried_alone(house) == 2)
            await phone.do("hangup")
            await house.becomes("CLOSED")
            await house.quiet()


def carried_alone(house: VoiceHouse) -> int:
    """Legs that no process of ours has to do with just now."""
    engine = house.telephones.audio.engine
    assert isinstance(engine, RelayEngine)
    [line] = house.telephones.lines.values()
    calls = [line.customer, *(leg.call for leg in line.legs.values())]
    return sum(engine.relayed(call.media.name) for call in calls if call is not None)
