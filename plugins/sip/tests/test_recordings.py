"""Recordings under way: for the hub alone while they grow, handed in after a crash, once."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import numpy as np
import pytest

from hub.api import Address, AnyAccount, Conversation, Inbound, Malformed, MessageKind, Raw
from hub.testing import FakeContext
from plugins.sip.meaning import meaning
from plugins.sip.media import wav
from plugins.sip.recordings.left_behind import hand_in
from plugins.sip.recordings.under_way import Note, Piece, UnderWay
from plugins.sip.settings import SipSettings
from plugins.sip.tests.desk_phone import DeskPhone, talks
from plugins.sip.tests.party import ACCOUNT, NUMBER, Party, site

NOTE = Note.now("recording", NUMBER, "t1", "+8613800138000")
KNOWN = Conversation(1, "FAILED", "t1", "", None, "", ())
SECOND = np.zeros((8000, 2), np.int16)


def knowing(*threads: str, accounts: tuple[AnyAccount, ...] = (ACCOUNT,)) -> FakeContext:
    """One that knows these calls."""
    found = FakeContext("sip", SipSettings(), accounts=accounts)
    for thread in threads:
        found.conversations[1, thread] = KNOWN
    return found


def crashed(within: Path, note: Note = NOTE, *, legible: bool = True) -> str:
    """A hub that recorded a second of sound, whose length stood nowhere yet, is no more: the name of the recording."""
    dead = UnderWay(within)
    piece = dead.begin(note)
    wav.write(piece.path, SECOND)
    piece.path.write_bytes(wav.header(2, 0) + piece.path.read_bytes()[wav.HEADER_BYTES :])
    if not legible:
        piece.path.with_suffix(".json").write_bytes(b"{")
    os.close(dead.lock)
    return piece.name


def files(within: Path) -> list[str]:
    return sorted(path.suffix for path in within.rglob("*") if path.suffix)


def test_while_it_grows_it_is_for_the_hub_alone(tmp_path: Path) -> None:
    piece = UnderWay(tmp_path / "recordings").begin(NOTE)
    paths = (piece.path, piece.path.with_suffix(".json"), piece.path.parent)
    assert [stat.S_IMODE(path.stat().st_mode) for path in paths] == [0o600, 0o600, 0o700]
    assert piece.note == NOTE and piece.name in str(piece.path)
    piece.done()
    assert files(tmp_path) == []


@pytest.mark.parametrize("what", ["recording", "voicemail"])
async def test_what_a_crash_left_joins_its_call_as_partial_and_leaves_the_disk(tmp_path: Path, what: str) -> None:
    name = crashed(tmp_path, Note.now(what, NUMBER, "t1", "+8613800138000"))
    context = knowing("t1")
    await hand_in(context, UnderWay(tmp_path))
    [message] = meaning(handed_in(context))
    assert isinstance(message, Inbound) and message.sender == Address("tel", "+8613800138000")
    assert (message.kind, message.thread) == (MessageKind(what.upper()), ("t1",))
    assert message.fields == {"seconds": 1.0, "partial": True}
    assert message.external_id == f"t1:{name}"  # as it would have been: stored twice is stored once
    assert message.attachments[0].content[40:44] == (32_000).to_bytes(4, "little")
    assert files(tmp_path) == []


@pytest.mark.parametrize("how", ["no such call", "no such account", "no note"])
async def test_of_a_call_that_nobody_knows_it_is_quarantined(tmp_path: Path, how: str) -> None:
    note = Note.now("recording", "+861000" if how == "no such account" else NUMBER, "t1", "")
    crashed(tmp_path, note, legible=how != "no note")
    context = knowing(*(() if how == "no such call" else ("t1",)))
    await hand_in(context, UnderWay(tmp_path))
    raw = handed_in(context)
    with pytest.raises(Malformed, match="not known"):
        meaning(raw)
    assert raw.body.startswith(b"RIFF") and files(tmp_path) == []


async def test_what_a_hub_that_lives_has_under_way_is_let_alone(tmp_path: Path) -> None:
    other = UnderWay(tmp_path)
    piece = other.begin(NOTE)
    wav.write(piece.path, SECOND)
    context = knowing("t1")
    await hand_in(context, UnderWay(tmp_path))
    assert context.emitted == [] and piece.note == NOTE


async def test_of_nothing_nothing_is_handed_in(tmp_path: Path) -> None:
    dead = UnderWay(tmp_path)
    dead.begin(NOTE)
    os.close(dead.lock)
    context = knowing("t1")
    await hand_in(context, UnderWay(tmp_path))
    assert context.emitted == [] and context.faults == [] and files(tmp_path) == []


async def test_where_no_account_is_left_it_stays_and_an_administrator_hears(tmp_path: Path) -> None:
    crashed(tmp_path)
    context = knowing(accounts=())
    here = UnderWay(tmp_path)
    await hand_in(context, here)
    assert [what for what, _ in context.faults] == ["recording"] and files(tmp_path) == [".json", ".wav"]
    os.close(here.lock)
    await hand_in(context := knowing("t1"), UnderWay(tmp_path))
    assert handed_in(context).meta["partial"] and files(tmp_path) == []


async def test_on_a_full_disk_they_talk_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ACCOUNT.settings, "record", True)
    with Party() as caller, DeskPhone("ann") as ann:
        async with site() as found:
            monkeypatch.setattr(found.exchange.under_way, "begin", no_space_left)
            await talks(found, caller, ann)
            assert [what for what, _ in found.context.faults] == ["recording"]
            assert found.engine.did[-1][0] == "bridge"


def no_space_left(note: Note) -> Piece:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def handed_in(context: FakeContext) -> Raw:
    [(_, raw)] = context.emitted
    return raw
