"""What is left to be heard is in a box: its queue's, or the agent's own; heard, read, assigned, and closed."""

from __future__ import annotations

import base64
import io
import wave
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hub.api import Ask, End, Prompt, Recognition, Transcript
from hub.model.actor import Actor
from hub.model.errors import Forbidden, NotFound
from hub.model.permissions import BUILT_IN_ROLES
from hub.pipeline.promises import voicemail
from hub.store import promise_lists, uploads
from hub.store.promise_lists import Narrowed, VoicemailItem
from hub.store.tables import accounts, departments, messages, queues, voicemails
from hub.store.voicemails import untold
from tests.toy.tests.exchange import Exchange
from tests.toy.tests.phones import BEAR, Phones
from tests.toy.tests.test_flow_steps import Told

pytestmark = pytest.mark.slow
OPEN = Narrowed()
SPEAK = Ask((Prompt("Speak after the tone."),), state="speaking")


def sound() -> str:
    """A second of nothing."""
    with io.BytesIO() as file:
        with wave.open(file, "wb") as out:
            out.setnchannels(1)
            out.setsampwidth(2)
            out.setframerate(8000)
            out.writeframes(bytes(16_000))
        return base64.b64encode(file.getvalue()).decode()


class Listener:
    """Hears the same in every message, in the language it is told."""

    heard: bytes = b""

    async def recognise(self, audio: bytes, language: str, deadline: float) -> Transcript | None:
        self.heard = audio
        return Transcript("my left ear is loose", language, "test") if deadline > 1 else None


@pytest.fixture
async def house(database_url: str, tmp_path: Path, exchange: Exchange) -> AsyncIterator[Phones]:
    async with Phones(database_url, tmp_path, exchange, flow="told", channel="toy_phone") as running:
        yield running


async def left(house: Phones, attributes: dict[str, Any] | None = None) -> VoicemailItem:
    """A bear is asked to speak, speaks, and self-service is over; what Ann has in her boxes then."""
    house.site.registry.flows["told"] = Told(End((Prompt("Bye."),), attributes=attributes or {}), first=SPEAK)
    await house.call()
    await house.exchange.until("delivery", lambda entry: entry["text"] == "Speak after the tone.")
    await house.exchange.say("voicemail", sound=sound(), **BEAR)
    await house.becomes("CLOSED")
    return (await boxes(house, house.ann))[0]


async def boxes(house: Phones, who: Actor, wanted: Narrowed = OPEN) -> list[VoicemailItem]:
    return (await house.store.read(lambda conn: promise_lists.list_voicemails(conn, who, wanted, "", 50))).items


async def test_a_message_is_new_until_somebody_hears_it_and_open_until_somebody_closes_it(house: Phones) -> None:
    item = await left(house)
    assert (item.state, item.transcript, item.box, item.file and item.file.media_type) == (
        "NEW",
        "PENDING",
        None,
        "audio/wav",
    )
    assert item.identity is not None and item.identity.value == "bear" and item.queue is not None
    assert await house.store.read(lambda conn: promise_lists.unheard(conn, house.ann)) == 1
    await house.store.write(lambda tx: voicemail.heard(tx, house.ann, item.id))
    await house.store.write(lambda tx: voicemail.assign(tx, house.ann, item.id, house.bo.user_id))
    [seen] = await boxes(house, house.bo, Narrowed(assignee=house.bo.user_id))
    assert (seen.state, seen.heard_by and seen.heard_by.id) == ("HEARD", house.ann.user_id)
    await house.store.write(lambda tx: voicemail.closed(tx, house.bo, item.id))
    assert await boxes(house, house.ann) == [] and len(await boxes(house, house.ann, Narrowed(open=False))) == 1


@pytest.mark.parametrize("whose", ["ann", "Ann"])
async def test_what_is_left_for_an_agent_is_in_their_own_box_alone(house: Phones, whose: str) -> None:
    item = await left(house, {voicemail.FOR: whose})
    assert item.box is not None and item.box == item.assignee and item.box.name == "Ann"
    assert await boxes(house, house.bo) == []
    with pytest.raises(NotFound):
        await house.store.write(lambda tx: voicemail.heard(tx, house.bo, item.id))
    assert item.file is not None
    number = item.file.id
    with pytest.raises(Forbidden):
        await house.store.read(lambda conn: uploads.visible_file(conn, house.bo, number))
    mine = await house.store.read(lambda conn: uploads.visible_file(conn, house.ann, number))
    assert mine.name == "message.wav"
    supervisor = replace(house.bo, permissions=BUILT_IN_ROLES["supervisor"])
    assert [each.id for each in await boxes(house, supervisor)] == [item.id]


async def test_a_box_is_heard_by_its_department_and_by_roles_that_may(house: Phones) -> None:
    def of_sales(tx: Any) -> int:
        number = int(tx.conn.execute(departments.insert().values(name="Sales").returning(departments.c.id)).scalar())
        tx.conn.execute(accounts.update().values(department_id=number))
        tx.conn.execute(queues.update().values(department_id=number))
        return number

    sales = await house.store.write(of_sales)
    await house.site.directory.refresh()
    item = await left(house)
    assert item.file is not None
    number = item.file.id
    stranger = replace(house.bo, departments=frozenset({sales + 1}))
    assert await boxes(house, stranger) == []
    assert len(await boxes(house, replace(house.bo, departments=frozenset({sales})))) == 1
    deaf = replace(house.ann, permissions=house.ann.permissions - {"voicemails.hear"})
    with pytest.raises(Forbidden):
        await house.store.read(lambda conn: uploads.visible_file(conn, deaf, number))


async def test_what_is_in_an_agents_own_box_is_read_to_who_may_hear_it(house: Phones) -> None:
    """In the conversation its words would stand before colleagues who may not hear it, and be found by them."""
    house.site.transcriber.listen(Listener())
    await left(house, {voicemail.FOR: "ann"})
    await house.until("interaction.changed", lambda event: "transcript" in str(event.data["fields"]))
    [mine] = await boxes(house, house.ann)
    assert (mine.text, mine.transcript) == ("my left ear is loose", "DONE")
    assert "loose" not in str(await house.rows(messages)) and await house.store.read(untold) is None


async def test_where_somebody_can_listen_it_is_read_as_the_messages_text(
    database_url: str, tmp_path: Path, exchange: Exchange, caplog: pytest.LogCaptureFixture
) -> None:
    listener = Listener()
    assert isinstance(listener, Recognition)
    house = Phones(database_url, tmp_path, exchange, flow="told", channel="toy_phone")
    async with house:
        house.site.transcriber.listen(listener)
        item = await left(house)
        done = await house.until("interaction.changed", lambda event: "transcript" in str(event.data["fields"]))
        assert "loose" not in str(done.data) and "loose" not in caplog.text
        [said] = [row for row in await house.rows(messages) if row["kind"] == "VOICEMAIL"]
        assert (said["text"], said["fields"]["transcript"]["provider"]) == ("my left ear is loose", "test")
        [row] = await house.rows(voicemails)
        assert (row["transcript_state"], listener.heard[:4]) == ("DONE", b"RIFF")
        [seen] = await boxes(house, house.ann)
        assert (seen.id, seen.text, seen.transcript) == (item.id, "my left ear is loose", "DONE")
