"""A template read backwards: which values must have been filled in to give this text.

`0: Accepted for delivery` by `{code}: {detail}` is code 0. Each place takes as little as it can, the last all that is
left; no regular expression of an administrator's ever meets the bytes of a far side.
"""

from __future__ import annotations

from plugins.sms.http.template import Slot, Template


def values_in(template: Template, text: str) -> dict[str, str] | None:
    """The values by name, or None where the text does not look like the template."""
    found: dict[str, str] = {}
    waiting, at = "", 0
    for piece in template.pieces:
        if isinstance(piece, Slot):
            waiting = piece.name
            continue
        place = text.find(piece, at) if waiting else (at if text.startswith(piece, at) else -1)
        if place < 0:
            return None
        if waiting:
            found[waiting] = text[at:place]
        waiting, at = "", place + len(piece)
    if waiting:
        found[waiting] = text[at:]
    return found
