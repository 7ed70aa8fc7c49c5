"""Makes HTML that somebody else wrote fit to be shown: a closed set of tags, no script, no remote content by itself."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from urllib.parse import unquote

import nh3

from hub.api import Attachment

SHOWN_INLINE = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp"})
LARGEST_INLINE = 5_000_000
_ATTRIBUTES: dict[str, set[str]] = {
    **{tag: set(attributes) for tag, attributes in nh3.ALLOWED_ATTRIBUTES.items()},
    "*": {"align", "bgcolor", "color", "dir", "height", "lang", "style", "title", "valign", "width"},
    "font": {"color", "face", "size"},
    "table": {"border", "cellpadding", "cellspacing", "summary"},
}
_TAGS = nh3.ALLOWED_TAGS | {"font"}
_SCHEMES = {"http", "https", "mailto", "tel", "cid", "data"}
_STYLES = {
    "background-color", "border", "border-bottom", "border-collapse", "border-left", "border-right", "border-top",
    "color", "font-family", "font-size", "font-style", "font-weight", "height", "line-height", "list-style-type",
    "margin", "margin-bottom", "margin-left", "margin-right", "margin-top", "max-width", "padding", "padding-bottom",
    "padding-left", "padding-right", "padding-top", "text-align", "text-decoration", "vertical-align", "white-space",
    "width",
}  # fmt: skip


def clean_html(html: str, files: Iterable[Attachment] = ()) -> str:
    """The HTML with nothing in it that acts. Inline pictures named by `cid:` are put in from `files`."""
    pictures = _pictures(files)

    def rewrite(tag: str, attribute: str, value: str) -> str | None:
        if attribute == "src":
            return _source(value, pictures)
        return None if value.strip().lower().startswith(("data:", "cid:")) else value

    return nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=rewrite,
        url_schemes=_SCHEMES,
        filter_style_properties=_STYLES,
        set_tag_attribute_values={"a": {"target": "_blank"}},
        link_rel="noopener noreferrer",
    )


def page(body: str) -> str:
    """A document around cleaned HTML, for a sandboxed frame."""
    return (
        '<!doctype html><html><head><meta charset="utf-8"><meta name="color-scheme" content="light">'
        "<style>body{font:14px/1.5 system-ui,sans-serif;margin:8px;overflow-wrap:anywhere}img{max-width:100%}</style>"
        f"</head><body>{body}</body></html>"
    )


def _source(value: str, pictures: Mapping[str, str]) -> str | None:
    scheme, _, rest = value.strip().partition(":")
    if scheme.lower() == "cid":
        return pictures.get(unquote(rest))
    if scheme.lower() == "data":
        return value if rest.partition(";")[0].lower() in SHOWN_INLINE else None
    return value


def _pictures(files: Iterable[Attachment]) -> dict[str, str]:
    """Content-ID → data URL, as far as they fit."""
    found: dict[str, str] = {}
    left = LARGEST_INLINE
    for file in files:
        if file.content_id and file.media_type.lower() in SHOWN_INLINE and len(file.content) <= left:
            left -= len(file.content)
            found[file.content_id] = f"data:{file.media_type};base64,{base64.b64encode(file.content).decode()}"
    return found
