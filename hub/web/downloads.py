"""Answers that hand out somebody's bytes so that a browser cannot be made to run them."""

from __future__ import annotations

from urllib.parse import quote

from starlette.responses import Response

from hub.api import Bytes
from hub.web.sanitise import SHOWN_INLINE

SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; media-src 'self'; sandbox; frame-ancestors 'self'"


def download(file: Bytes) -> Response:
    """The file as a download; pictures, sound and film may be shown in place."""
    media_type = file.media_type.lower().partition(";")[0].strip()
    in_place = media_type in SHOWN_INLINE or media_type.startswith(("audio/", "video/"))
    disposition = "inline" if in_place else "attachment"
    headers = {
        "content-disposition": f"{disposition}; filename*=UTF-8''{quote(file.name, safe='')}",
        "content-security-policy": SANDBOX,
        "cache-control": "private, max-age=3600",
    }
    shown = media_type if in_place else "application/octet-stream"
    return Response(file.content, headers=headers, media_type=shown)


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
