"""Answers that hand out somebody's bytes so that a browser cannot be made to run them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from urllib.parse import quote

from starlette.responses import Response, StreamingResponse

from hub.api import Bytes
from hub.web.ranges import Part
from hub.web.sanitise import SHOWN_INLINE

SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; media-src 'self'; sandbox; frame-ancestors 'self'"


def download(file: Bytes) -> Response:
    """The file as a download; pictures, sound and film may be shown in place."""
    return Response(file.content, headers=_headers(file.name, file.media_type))


def in_pieces(
    pieces: AsyncIterator[bytes], wanted: Part, *, name: str, media_type: str, etag: str, kept: bool
) -> Response:
    """A file, or a part of it, piece by piece. `kept`: whether the browser may keep a copy for an hour."""
    headers = _headers(name, media_type) | {
        "content-length": str(wanted.stop - wanted.start),
        "accept-ranges": "bytes",
        "etag": etag,
    }
    if not kept:
        headers["cache-control"] = "private, no-store"
    if not wanted.partial:
        return StreamingResponse(pieces, 200, headers)
    return StreamingResponse(pieces, 206, headers | {"content-range": wanted.content_range})


def _headers(name: str, media_type: str) -> dict[str, str]:
    kind = media_type.lower().partition(";")[0].strip()
    in_place = kind in SHOWN_INLINE or kind.startswith(("audio/", "video/"))
    disposition = "inline" if in_place else "attachment"
    return {
        "content-type": kind if in_place else "application/octet-stream",
        "content-disposition": f"{disposition}; filename*=UTF-8''{quote(name, safe='')}",
        "content-security-policy": SANDBOX,
        "cache-control": "private, max-age=3600",
    }


def sandboxed_page(html: str, *, remote: bool = False) -> Response:
    """A page for a frame of our own: no script, no forms, links open elsewhere, pictures from afar only when asked."""
    pictures = "data: https: http:" if remote else "data:"
    policy = (
        f"default-src 'none'; img-src {pictures}; style-src 'unsafe-inline'; "
        "sandbox allow-popups allow-popups-to-escape-sandbox; frame-ancestors 'self'"
    )
    headers = {
        "content-security-policy": policy,
        "cache-control": "private, no-store",
        "referrer-policy": "no-referrer",
    }
    return Response(html, headers=headers, media_type="text/html")
