"""Files and raw inputs encrypted at rest: who reads the database learns nothing, who has the key notices nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select, update

from hub.api import Attachment
from hub.store import blobs, raws, site_key
from hub.store.database import Store
from hub.store.raws import NewRaw
from hub.store.sealing import CHUNK, SALT, Seal, plain_size, span
from hub.store.tables import blobs as kept
from hub.store.tables import raws as inputs
from hub.store.unit import Tx
from hub.store.vault import Vault, WrongKey
from tests.web.conversations import insert_account, insert_queue

SECRET = b"what was said in the call " * 10_000
SEAL = Seal(Vault(b"k" * 43 + b"="), wanted=True)
SIZES = st.sampled_from([0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 7])


@given(size=SIZES, places=st.tuples(st.floats(0, 1), st.floats(0, 1)))
@settings(max_examples=60, deadline=None)
def test_any_part_is_opened_from_the_pieces_it_lies_in(size: int, places: tuple[float, float]) -> None:
    content = bytes(n % 251 for n in range(size))
    sealed = SEAL.close(content)
    assert plain_size(len(sealed)) == size
    assert SEAL.open(sealed) == content
    start, stop = sorted(round(place * size) for place in places)
    where = span(start, stop)
    opened = SEAL.open_span(sealed[:SALT], sealed[where.start : where.stop], where.first, size)
    skipped = where.first * CHUNK
    assert opened[start - skipped : stop - skipped] == content[start:stop]


@pytest.mark.parametrize("spoil", [
    lambda sealed: sealed[:-1] + bytes([sealed[-1] ^ 1]),
    lambda sealed: sealed[: SALT + CHUNK + 16],
    lambda sealed: sealed[:SALT] + sealed[SALT + CHUNK + 16 :],
    lambda sealed: bytes(SALT) + sealed[SALT:],
], ids=["changed", "cut off", "its beginning gone", "another's salt"])  # fmt: skip
def test_what_was_tampered_with_is_not_taken_for_a_recording(spoil: Callable[[bytes], bytes]) -> None:
    with pytest.raises(WrongKey):
        SEAL.open(spoil(SEAL.close(SECRET)))


def put(tx: Tx) -> tuple[int, int]:
    file = blobs.attach(tx, None, Attachment("call.wav", "audio/wav", SECRET))
    queue = insert_queue(tx, None, f"queue-{file}")
    [raw] = raws.add_all(tx, [NewRaw("toy", insert_account(tx, queue, None), None, SECRET, {})], "node")
    return file, raw


def fetched(conn: Connection, file: int, raw: int) -> tuple[bytes, bytes, bytes]:
    found, body = blobs.get(conn, file), raws.get(conn, raw)
    assert found is not None and body is not None
    return found["content"], body["body"], blobs.part(conn, found["digest"], len(SECRET), 70_000, 70_026)


def on_disk(conn: Connection) -> bytes:
    return b"".join(bytes(row) for column in (kept.c.content, inputs.c.body) for row in conn.scalars(select(column)))


async def test_a_site_that_asks_for_it_keeps_nothing_in_clear_and_reads_on_when_it_no_longer_asks(
    database_url: str, tmp_path: Path
) -> None:
    key, whole = tmp_path / "site.key", (SECRET, SECRET, SECRET[70_000:70_026])
    store = await Store.open(database_url, key_file=key, seals=True)
    sealed = await store.write(put)
    assert b"said" not in await store.read(on_disk)
    assert await store.read(lambda conn: fetched(conn, *sealed)) == whole
    await store.close()
    store = await Store.open(database_url, key_file=key)
    clear = await store.write(put)
    assert b"said" in await store.read(on_disk)
    assert await store.read(lambda conn: fetched(conn, *sealed)) == whole
    assert await store.read(lambda conn: fetched(conn, *clear)) == whole
    await store.close()


async def test_another_key_is_found_out_at_the_start(store: Store, tmp_path: Path) -> None:
    await store.write(lambda tx: site_key.vouch(tx, store.vault))
    await store.write(lambda tx: site_key.vouch(tx, store.vault))
    other = Vault.open(tmp_path / "made anew.key")
    with pytest.raises(WrongKey):
        await store.write(lambda tx: site_key.vouch(tx, other))


async def test_a_file_that_the_key_does_not_open_says_so(database_url: str, tmp_path: Path) -> None:
    store = await Store.open(database_url, key_file=tmp_path / "site.key", seals=True)
    file, _ = await store.write(put)
    await store.write(lambda tx: tx.conn.execute(update(kept).values(content=b"?" * len(SECRET))))
    with pytest.raises(WrongKey):
        await store.read(lambda conn: blobs.get(conn, file))
    await store.close()
