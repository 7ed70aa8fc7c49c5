"""Recordings while they grow: each with a note of what it is of, so that whoever comes after a crash can hand it in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

from hub.api import Unfinished, UnfinishedFile


@dataclass(frozen=True, slots=True)
class Note:
    """What a recording is of: `what` is "recording" or "voicemail", `began` in ISO 8601."""

    what: str
    account: str
    thread: str
    caller: str
    began: str

    @classmethod
    def now(cls, what: str, account: str, thread: str, caller: str) -> Note:
        """Of one that begins."""
        return cls(what, account, thread, caller, datetime.now(UTC).isoformat(timespec="seconds"))


Piece: TypeAlias = UnfinishedFile[Note]


class UnderWay(Unfinished[Note]):
    """Recordings and voicemails, empty from the beginning: the media engine opens what is there."""

    def __init__(self, within: Path) -> None:
        super().__init__(within, ".wav", Note, at_once=True)
