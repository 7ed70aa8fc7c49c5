"""What a file is: by its bytes, since its name and its media type are somebody's word."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

_PICTURES: Final = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"II*\0", b"MM\0*", b"BM")
_PDF_BEGINS_WITHIN: Final = 1024
_MARKS: Final = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


class FileKind(StrEnum):
    """By what draws it."""

    PDF = "PDF"
    PICTURE = "PICTURE"
    MAIL = "MAIL"
    HTML = "HTML"
    TEXT = "TEXT"
    OTHER = "OTHER"


def kind_of(content: bytes, media_type: str) -> FileKind:
    """OTHER is what cannot be printed."""
    if b"%PDF-" in content[:_PDF_BEGINS_WITHIN]:
        return FileKind.PDF
    if content.startswith(_PICTURES) or (content[:4] == b"RIFF" and content[8:12] == b"WEBP"):
        return FileKind.PICTURE
    if b"\0" in content and not content.startswith(_MARKS):
        return FileKind.OTHER
    return _words(media_type.lower().partition(";")[0].strip())


def _words(media_type: str) -> FileKind:
    if media_type == "message/rfc822":
        return FileKind.MAIL
    if media_type in {"text/html", "application/xhtml+xml"}:
        return FileKind.HTML
    plain = media_type.startswith("text/") or media_type in {"", "application/octet-stream", "application/json"}
    return FileKind.TEXT if plain else FileKind.OTHER
