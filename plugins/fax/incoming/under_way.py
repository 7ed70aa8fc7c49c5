"""Faxes while their pages come: each with a note of whose it is, so that whoever comes after a crash can hand in what
was there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

from hub.api import Unfinished, UnfinishedFile


@dataclass(frozen=True, slots=True)
class Note:
    """Whose pages these are; `began` in ISO 8601."""

    account: str
    caller: str
    called: str
    began: str

    @classmethod
    def now(cls, account: str, caller: str, called: str) -> Note:
        """Of a fax that begins."""
        return cls(account, caller, called, datetime.now(UTC).isoformat(timespec="seconds"))


Piece: TypeAlias = UnfinishedFile[Note]


class UnderWay(Unfinished[Note]):
    """The pages' file is made by the machine that receives them."""

    def __init__(self, within: Path) -> None:
        super().__init__(within, ".tiff", Note)
