"""A page or link that an agent gives a visitor: message kind CARD."""

import re
from collections.abc import Mapping

from hub.api import Json

_LINK = re.compile(r"https?://[^\s<>\"']+", re.IGNORECASE)
_TEXTS = {"title": 200, "description": 500}


def card(text: str, fields: Mapping[str, Json]) -> dict[str, str] | None:
    """The card as the widget shows it, or None when it leads nowhere.

    `fields` may carry url, title, description and mode ("link" opens a new tab, "page" shows it in this one);
    without a url the first link in the text is taken. Only http and https lead anywhere.
    """
    url = _text(fields.get("url")) or _first_link(text)
    if not _LINK.fullmatch(url):
        return None
    said = {name: _text(fields.get(name))[:most] for name, most in _TEXTS.items()}
    mode = "page" if fields.get("mode") == "page" else "link"
    return {"url": url, "mode": mode, **{name: value for name, value in said.items() if value}}


def _first_link(text: str) -> str:
    found = _LINK.search(text)
    return found.group() if found else ""


def _text(value: Json) -> str:
    return value.strip() if isinstance(value, str) else ""
