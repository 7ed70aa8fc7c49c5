"""Files as they are fetched: whole or in parts, and calls' recordings by whoever may hear them."""

from __future__ import annotations

from collections.abc import Mapping

import httpx
import pytest

from hub.api import Attachment
from hub.store import blobs, interactions, messages
from hub.store.database import Store
from hub.store.tables import raws
from hub.store.unit import Tx
from tests.web.conversations import insert_account, insert_interaction, insert_queue
from tests.web.people import People

SOUND = (bytes(range(251)) * 10_000)[:2_500_000]
SIZE = len(SOUND)


def insert_sound(tx: Tx, sales: int, kind: str) -> dict[str, int]:
    queue = insert_queue(tx, sales, "calls")
    account = insert_account(tx, queue, sales)
    interaction = insert_interaction(tx, account, queue, sales)
    stored = {"channel": "toy", "account_id": account, "body": SOUND, "received_at": tx.now}
    raw = tx.conn.execute(raws.insert().values(**stored).returning(raws.c.id)).scalar_one()
    said = {"kind": kind, "raw_id": raw}
    message = messages.add(tx, interactions.locked(tx, interaction), messages.INBOUND, said)
    file = blobs.attach(tx, message["id"], Attachment("call.wav", "audio/wav", SOUND))
    return {"interaction": interaction, "message": message["id"], "file": file}


@pytest.fixture
async def recording(people: People, store: Store) -> dict[str, int]:
    return await store.write(lambda tx: insert_sound(tx, people.ids.sales, "RECORDING"))


@pytest.fixture
async def voicemail(people: People, store: Store) -> str:
    made = await store.write(lambda tx: insert_sound(tx, people.ids.sales, "VOICEMAIL"))
    return f"/attachments/{made['file']}"


RANGES = {
    "bytes=0-0": (0, 1),
    "bytes=1000000-1999999": (1_000_000, 2_000_000),
    "bytes=2400000-": (2_400_000, SIZE),
    "bytes=-10": (SIZE - 10, SIZE),
    f"bytes={SIZE - 1}-{SIZE + 99}": (SIZE - 1, SIZE),
    f"bytes=-{SIZE + 1}": (0, SIZE),
    "bytes=0-": (0, SIZE),
    "bytes=5-4": (0, SIZE),
    "bytes=0-1,5-6": (0, SIZE),
    "pages=0-1": (0, SIZE),
    "bytes=-": (0, SIZE),
}


async def test_a_range_is_answered_by_its_bytes_and_what_is_none_by_the_whole(people: People, voicemail: str) -> None:
    agent = await people.client("agent")
    for asked, (start, stop) in RANGES.items():
        answer = await agent.get(voicemail, headers={"range": asked})
        partial = stop - start < SIZE
        assert answer.content == SOUND[start:stop], asked
        assert answer.status_code == (206 if partial else 200), asked
        assert answer.headers["content-length"] == str(stop - start)
        assert answer.headers.get("content-range") == (f"bytes {start}-{stop - 1}/{SIZE}" if partial else None)


async def test_behind_the_end_there_is_nothing_and_another_version_is_not_sewn_to_this_one(
    people: People, voicemail: str
) -> None:
    agent = await people.client("agent")
    for asked in (f"bytes={SIZE}-", "bytes=-0"):
        answer = await agent.get(voicemail, headers={"range": asked})
        assert (answer.status_code, answer.headers["content-range"]) == (416, f"bytes */{SIZE}")
    head = await agent.head(voicemail)
    assert head.headers["accept-ranges"] == "bytes" and head.headers["content-length"] == str(SIZE)
    statuses = [
        (await agent.get(voicemail, headers={"range": "bytes=0-9", "if-range": version})).status_code
        for version in (head.headers["etag"], '"another"', "Sat, 21 Nov 2026 08:00:00 GMT")
    ]
    assert statuses == [206, 200, 200]


async def test_who_may_not_hear_recordings_still_sees_that_there_is_one(
    people: People, recording: Mapping[str, int]
) -> None:
    expected = {"admin": 200, "supervisor": 200, "agent": 403, "nobody": 403, "other": 404, "head": 404}
    clients = {login: await people.client(login) for login in expected}
    for door in (f"/attachments/{recording['file']}", f"/messages/{recording['message']}/raw"):
        answers = {login: (await client.get(door)).status_code for login, client in clients.items()}
        assert answers == expected, door
    agent = await people.client("agent")
    shown = (await agent.get(f"/interactions/{recording['interaction']}/messages")).json()["items"][-1]
    assert shown["kind"] == "RECORDING" and shown["attachments"][0]["name"] == "call.wav"


async def test_the_right_to_hear_is_given_and_taken_user_by_user(people: People, recording: Mapping[str, int]) -> None:
    admin, door = await people.client("admin"), f"/attachments/{recording['file']}"
    for login, change, expected in (
        ("agent", {"granted": ["recordings.play"]}, 200),
        ("supervisor", {"denied": ["recordings.play"]}, 403),
    ):
        changed = await admin.patch(f"/users/{people.ids.users[login]}", json=change)
        assert changed.status_code == 200, changed.text
        assert (await (await people.client(login)).get(door)).status_code == expected


async def test_who_heard_a_recording_stands_in_the_audit_log_once_a_hearing(
    people: People, recording: Mapping[str, int]
) -> None:
    admin, supervisor = await people.client("admin"), await people.client("supervisor")
    door = f"/attachments/{recording['file']}"
    await admin.head(door)
    assert await heard(admin) == []
    for client, asked in ((supervisor, "bytes=0-"), (supervisor, "bytes=9-20"), (admin, "bytes=0-")):
        answer = await client.get(door, headers={"range": asked})
        assert answer.headers["cache-control"] == "private, no-store"
    users = people.ids.users
    assert await heard(admin) == [(users["admin"], recording["file"]), (users["supervisor"], recording["file"])]


async def heard(admin: httpx.AsyncClient) -> list[tuple[int, int]]:
    """Who played which file, the newest first."""
    found = (await admin.get("/audit", params={"action": "recording.played"})).json()["items"]
    return [(entry["user_id"], entry["target_id"]) for entry in found]
