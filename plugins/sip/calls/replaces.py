"""Replaces (RFC 3891): a call that is to take the place of another, which is named by its dialog. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote

from sipmessage import Request

from plugins.sip.calls.dialog import Key
from plugins.sip.wire.addresses import split


class BadReplaces(ValueError):
    """It names no dialog, or more than one: 400 (§3)."""


@dataclass(frozen=True, slots=True)
class Replaces:
    """`key` is the dialog as we know it (their to-tag is ours); `early_only`: not once it is answered."""

    key: Key
    early_only: bool = False


def asked(request: Request) -> Replaces | None:
    """What an INVITE is to replace; None for an ordinary one. Raises BadReplaces."""
    values = request.headers.getlist("Replaces")
    if not values:
        return None
    if len(values) > 1 or request.headers.getlist("Join"):
        raise BadReplaces("one Replaces, and no Join (RFC 3911 §4)")
    return _read(values[0])


def in_refer_to(refer_to: str) -> Replaces | None:
    """What the INVITE that a Refer-To asks for would replace: its URI has the header, escaped (RFC 3261 §19.1.1,
    RFC 5589 §7.3). None for an ordinary one. Raises BadReplaces."""
    headers = refer_to.partition("<")[2].partition(">")[0].partition("?")[2]
    pairs = [each.partition("=") for each in headers.split("&")]
    values = [unquote(value) for name, _, value in pairs if unquote(name).lower() == "replaces"]
    if len(values) > 1:
        raise BadReplaces("one Replaces, please")
    return _read(values[0]) if values else None


def _read(value: str) -> Replaces:
    try:
        call_id, *rest = split(value, ";")
    except ValueError as error:
        raise BadReplaces(str(error)) from None
    pairs = [each.partition("=") for each in rest]
    given = {name.strip().lower(): text.strip() for name, _, text in pairs}
    if not call_id or not given.get("to-tag") or not given.get("from-tag"):
        raise BadReplaces("a Call-ID and both tags")
    return Replaces((call_id, given["to-tag"], given["from-tag"]), "early-only" in given)
