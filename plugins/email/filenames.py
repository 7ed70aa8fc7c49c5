"""Attachment names that are safe to show, store and download, from RFC 2231, RFC 2047 or raw bytes."""

from __future__ import annotations

import mimetypes
import re
from email.message import Message
from typing import Final

from plugins.email import charsets, headers

MAX_NAME: Final = 150
_FORBIDDEN: Final = re.compile(r'[\x00-\x1f\x7f-\x9f"*/:<>?\\|\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]')
_RESERVED: Final = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\.|$)")


def of(part: Message, media_type: str, number: int) -> str:
    """A safe name for a MIME part, made up from its type and `number` when it carries none."""
    name = safe(_told(part))
    return name or f"attachment-{number}{_extension(media_type)}"


def safe(name: str) -> str:
    """One path component no system trips over: no separators, control or direction marks, no leading dot, 150
    characters.
    """
    name = re.split(r"[/\\]", name.encode("utf-8", "replace").decode("utf-8"))[-1]
    name = _FORBIDDEN.sub("_", name).strip(" .")
    if _RESERVED.match(name):
        name = f"_{name}"
    stem, dot, suffix = name.rpartition(".")
    if dot and 0 < len(suffix) <= 12:
        return f"{stem[: MAX_NAME - len(suffix) - 1]}.{suffix}"
    return name[:MAX_NAME]


def _told(part: Message) -> str:
    """`filename` of Content-Disposition, else `name` of Content-Type; the parser joins RFC 2231 continuations."""
    for header, parameter in (("content-disposition", "filename"), ("content-type", "name")):
        try:
            value = part.get_param(parameter, "", header)
        except (LookupError, ValueError, TypeError, AttributeError):
            continue
        if isinstance(value, tuple):
            return charsets.decode(value[2].encode("latin-1", "replace"), value[0] or "")[0]
        if value:
            return headers.text(str(value)).strip("\"'")
    return ""


def _extension(media_type: str) -> str:
    if media_type == "message/rfc822":
        return ".eml"
    return mimetypes.guess_extension(media_type) or ".bin"
