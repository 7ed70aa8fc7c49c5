"""A caller whom an agent passes on to a colleague who cannot be reached hears the colleague's recorded greeting and the
tone; what they say is in the colleague's own box, with what was written of the call."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from hub.pipeline.colleagues import transfer
from hub.store import own_boxes, promise_lists
from hub.store.own_boxes import OwnBox
from hub.store.promise_lists import Narrowed
from hub.store.tables import interactions, messages
from tests.voice.baresip import Baresip, sine
from tests.voice.house import LOOKS, VoiceHouse
from tests.voice.sounds import loudest, share, stereo
from tests.voice.test_an_agent_acts import talk
from tests.voice.test_an_agent_answers import AGENT, CUSTOMER, customer, phone_of_ann

pytestmark = [pytest.mark.slow, pytest.mark.peer]
TONE, GREETING, PIECE = 1000, 700, 800  # Hz; samples


async def has_heard(caller: Baresip, frequency: int) -> None:
    """It is short: it may have been before one looks."""
    for _ in range(LOOKS):
        heard = caller.heard()
        if any(share(heard[at : at + PIECE], frequency) > 0.7 for at in range(0, len(heard) - PIECE, PIECE)):
            return
        await asyncio.sleep(0.25)  # sound takes its time
    raise AssertionError(f"the caller heard no {frequency} Hz")


async def test_who_is_passed_on_and_not_answered_is_heard_in_the_colleagues_own_box(
    database_url: str, tmp_path: Path
) -> None:
    async with (
        VoiceHouse(database_url, tmp_path) as house,
        phone_of_ann(house, tmp_path) as ann,
        customer(tmp_path) as caller,
    ):
        bo = house.bo.user_id
        await house.store.write(lambda tx: own_boxes.put(tx, bo, OwnBox(True)))
        await house.store.write(lambda tx: own_boxes.record(tx, bo, sine(GREETING, 2)))
        await house.ready(house.bo)  # at work, but no phone of his can be reached
        await talk(house, ann, caller)
        [call] = await house.rows(interactions)
        await house.store.write(
            lambda tx: transfer.ring(tx, house.ann, call["id"], bo, "Wants the manual", voicemail=True)
        )
        await ann.until("CALL_CLOSED")
        await house.becomes("SELF_SERVICE")
        await has_heard(caller, GREETING)
        await has_heard(caller, TONE)
        await asyncio.sleep(3)  # they speak (a tone)
        await caller.do("hangup")
        await house.becomes("CLOSED")
        await house.quiet()
        left = await house.store.read(lambda conn: promise_lists.list_voicemails(conn, house.bo, Narrowed(), "", 5))
        [item] = left.items
        assert (item.box and item.box.name, item.interaction, item.seconds > 1) == ("Bo", call["id"], True)
        heard, _ = stereo(await house.file_of(item.message))
        assert loudest(heard, CUSTOMER) > 0.8 and share(heard, AGENT) < 0.1
        assert "Wants the manual" in [row["text"] for row in await house.rows(messages)]
        assert (await house.rows(interactions))[0]["agent_id"] == bo
