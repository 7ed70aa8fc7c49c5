"""What is handed to the core, and what it means: a fax that came in, or how one fared that was sent. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from hub.api import (
    Address,
    Attachment,
    Inbound,
    Json,
    Malformed,
    MessageKind,
    Normalised,
    Raw,
    Receipt,
    ReceiptState,
)
from plugins.fax.envelope import packed, unpacked
from plugins.fax.settings import SCHEME

_FAX: Final = "fax"
_RECEIPT: Final = "receipt"


def arrived(account: str, facts: Mapping[str, Json], files: Sequence[Attachment]) -> Raw:
    """A fax that came to this number. `facts`: id, caller, station, sub_address, text, queue, serial, at, fields."""
    return Raw(packed(files), {**facts, "what": _FAX, "account": account})


def told(account: str, refers_to: str, state: ReceiptState, code: str = "", detail: str = "") -> Raw:
    """How one fared."""
    said = {"refers_to": refers_to, "state": state.value, "code": code, "detail": detail}
    at = datetime.now(UTC).isoformat(timespec="seconds")
    return Raw(json.dumps({**said, "at": at}).encode(), {"what": _RECEIPT, "account": account})


def number_of(raw: Raw) -> str:
    """The number of the site it is about."""
    return str(raw.meta.get("account", ""))


def meaning(raw: Raw) -> Sequence[Normalised]:
    """Raises Malformed."""
    match raw.meta.get("what"):
        case "fax":
            return [_inbound(raw)]
        case "receipt":
            return [_receipt(raw)]
    raise Malformed("neither a fax nor a receipt of one")


def _inbound(raw: Raw) -> Inbound:
    files = unpacked(raw.body)
    if not files:
        raise Malformed("a fax without pages")
    about, fields = raw.meta, raw.meta.get("fields")
    known = str(about.get("id", ""))
    return Inbound(
        known,
        _sender(str(about.get("caller", "")), str(about.get("station", ""))),
        str(about.get("text", "")),
        kind=MessageKind.FAX,
        thread=(f"fax/{known}",) if known else (),
        serials=tuple(serial for serial in [str(about.get("serial", ""))] if serial),
        queue=str(about.get("queue", "")),
        fields=fields if isinstance(fields, dict) else {},
        attachments=files,
        sent_at=_moment(about.get("at")),
    )


def _sender(caller: str, station: str) -> Address | None:
    """The number is the network's word; what the machine calls itself is only a name."""
    return Address(SCHEME, caller, station.strip()) if caller else None


def _receipt(raw: Raw) -> Receipt:
    try:
        said: Any = json.loads(raw.body)
        state = ReceiptState(said["state"])
        words = [str(said[name]) for name in ("refers_to", "code", "detail")]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise Malformed("no receipt of a fax") from error
    return Receipt(words[0], state, words[1], words[2], at=_moment(said.get("at")))


def _moment(said: object) -> datetime | None:
    try:
        at = datetime.fromisoformat(str(said))
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
