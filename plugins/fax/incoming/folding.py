"""Received pages as what the hub keeps: read (PDF, pictures, marks, codes, words), else as they came."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hub.api import Attachment, Json, Raw
from plugins.fax import meaning
from plugins.fax.incoming.under_way import Note
from plugins.fax.pages import PageError
from plugins.fax.terminal.ending import ending
from plugins.fax.terminal.job import Done

if TYPE_CHECKING:
    from plugins.fax.pages import Reader

log = logging.getLogger(__name__)
INTERRUPTED: Final = "INTERRUPTED"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of the call its pages came by. `seconds` it lasted, `partial`: there were to be more pages."""

    partial: bool
    cause: str = ""
    station: str = ""
    sub_address: str = ""
    seconds: float = 0.0
    bit_rate: int = 0
    ecm: bool = False
    t38: bool = False
    resolution: str = ""
    bad_rows: int = 0

    @classmethod
    def of(cls, done: Done, seconds: float) -> Facts:
        """As the machine told at the end."""
        return cls(
            not done.ok, "" if done.ok else ending(done.code).name, done.remote_ident, done.sub_address,
            round(seconds, 1), done.bit_rate, done.ecm, done.t38, "x".join(map(str, done.resolution)), done.bad_rows,
        )  # fmt: skip

    def fields(self) -> dict[str, Json]:
        """For screens."""
        return {name: getattr(self, name) for name in self.__slots__}


async def folded(
    reader: Reader, name: str, note: Note, account: str, tiff: bytes, facts: Facts, queue: str = ""
) -> Raw:
    """What is handed in; `queue` is where it belongs unless a code on its pages says otherwise. Pages that nobody can
    read are handed in all the same: a person may."""
    from plugins.fax.pages import route

    about: dict[str, Json] = {
        "id": name,
        "caller": note.caller,
        "station": facts.station,
        "at": note.began,
        "queue": queue,
        "fields": {**facts.fields(), "called": note.called},
    }
    try:
        read = await reader.read(tiff)
    except PageError as error:
        log.warning("a received fax cannot be read: %s", error.problem)
        return meaning.arrived(account, about, [Attachment("fax.tiff", "image/tiff", tiff)])
    routed = route(code for page in read.pages for code in page.barcodes)
    more: Mapping[str, Json] = {"text": read.text(), "queue": routed.queue or queue, "serial": routed.serial}
    fields: Json = {**facts.fields(), "called": note.called, **read.fields()}
    return meaning.arrived(account, {**about, **more, "fields": fields}, read.attachments())
