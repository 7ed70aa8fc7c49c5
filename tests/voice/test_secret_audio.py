"""Encrypted audio with phones of others' making: baresip at both ends insists on SRTP, by keys in signalling."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.voice.baresip import Baresip
from tests.voice.house import DESK, PASSWORD, VoiceHouse

pytestmark = [pytest.mark.slow, pytest.mark.peer]

AGENT, CUSTOMER = 1250, 500


def secret(folder: Path, account: str, tone: int) -> Baresip:
    """A phone that insists on it."""
    phone = Baresip(folder, f"{account};mediaenc=srtp-mand", tone)
    with (folder / "config").open("a") as config:
        config.write("module srtp.so\n")
    return phone


async def test_caller_and_agent_hear_each_other_in_secret(database_url: str, tmp_path: Path) -> None:
    async with VoiceHouse(database_url, tmp_path, connection={"srtp": "required"}) as house:
        await house.give_phone()
        account = f"<sip:ann@127.0.0.1:{house.port}>;auth_pass={PASSWORD};regint=60;answermode=manual"
        caller = "<sip:+8613800138000@127.0.0.1:{sip}>;regint=0"
        async with secret(tmp_path / "ann", account, AGENT) as ann, secret(tmp_path / "c", caller, CUSTOMER) as phone:
            await ann.registered()
            await house.ready()
            await phone.do("dial", f"sip:{DESK}@127.0.0.1:{house.port}")
            await ann.until("CALL_INCOMING")
            await ann.do("accept")
            await house.becomes("CONNECTED")
            await house.hears(ann, CUSTOMER)
            await house.hears(phone, AGENT)
            await ann.do("hold")
            await house.hears_no(phone, AGENT)
            await ann.do("resume")
            await house.hears(phone, AGENT)
            await phone.do("hangup")
            await house.becomes("CLOSED")
            await house.quiet()
