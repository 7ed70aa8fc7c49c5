"""Which pictures an account carries, and why one may not go. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from hub.api import Attachment, SendError, TooLarge, Unsupported

_BEGIN: Final[Mapping[bytes, str]] = {
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
}


@dataclass(frozen=True, slots=True)
class PictureLimits:
    """What one message may carry: media types, so many of them, octets of all together, characters beside them."""

    types: frozenset[str]
    most: int
    most_bytes: int
    most_text: int


def media_type(content: bytes) -> str:
    """What a picture is by its first octets, whatever it is called; "" for anything else."""
    return next((kind for begin, kind in _BEGIN.items() if content.startswith(begin)), "")


def objection(limits: PictureLimits | None, files: Sequence[Attachment], text: str) -> SendError | None:
    """Why these may not go with this text."""
    if limits is None:
        return Unsupported("this account carries text only, no files")
    if wrong := [file.name for file in files if media_type(file.content) not in limits.types]:
        return Unsupported(f"only pictures ({_named(limits)}) can go with a text; not {', '.join(wrong)[:200]}")
    if len(files) > limits.most:
        return TooLarge(f"{len(files)} pictures; a message may have {limits.most}")
    size = sum(len(file.content) for file in files)
    if size > limits.most_bytes:
        return TooLarge(f"{size} octets of pictures; a message may have {limits.most_bytes}")
    if len(text) > limits.most_text:
        return TooLarge(f"{len(text)} characters; beside pictures there may be {limits.most_text}")
    return None


def _named(limits: PictureLimits) -> str:
    return ", ".join(sorted(kind.partition("/")[2].upper() for kind in limits.types))
