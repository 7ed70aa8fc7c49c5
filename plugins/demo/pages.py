"""The desk's pages: HTML files with words in {{braces}}, in the language of whoever looks."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from html import escape
from pathlib import Path

from hub.api import Request, Response
from plugins.demo.devices import DEVICES, Device

HERE = Path(__file__).parent
LANGUAGES = ("en", "zh")
COOKIE = "demo_language"
POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; connect-src 'self' ws: wss:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'self'"
)
_WORD = re.compile(r"\{\{(\w+)\}\}")


async def desk(request: Request) -> Response:
    """All devices side by side."""
    language = language_of(request)
    devices = "".join(_fill("device", _labels(device, words(language))) for device in DEVICES)
    return _page("desk", language, request, {"devices": devices})


async def shop(request: Request) -> Response:
    """The maker's page with the chat widget on it."""
    return _page("shop", language_of(request), request)


async def mail(request: Request) -> Response:
    """A customer's mail program."""
    return _page("mail", language_of(request), request)


async def phone(request: Request) -> Response:
    """A customer's telephone."""
    return _page("phone", language_of(request), request)


async def handset(request: Request) -> Response:
    """A customer's text messages."""
    return _page("handset", language_of(request), request)


async def fax(request: Request) -> Response:
    """A dealer's fax machine."""
    return _page("fax", language_of(request), request)


def language_of(request: Request) -> str:
    """As asked by ?lang=, as chosen before, or as the browser prefers (RFC 9110 §12.5.4)."""
    chosen = request.query.get("lang") or _cookies(request).get(COOKIE, "")
    return chosen if chosen in LANGUAGES else preferred(request.headers.get("accept-language", ""))


def preferred(accepted: str) -> str:
    """The first of our languages by weight; English when there is none."""
    weighed = []
    for place, entry in enumerate(accepted.split(",")):
        tag, _, weight = entry.partition(";q=")
        weighed.append((-_number(weight), place, tag.strip().lower()[:2]))
    return next((tag for _, _, tag in sorted(weighed) if tag in LANGUAGES), "en")


@cache
def words(language: str) -> Mapping[str, str]:
    """Every visible word of the desk."""
    found: dict[str, str] = json.loads((HERE / "static" / "words" / f"{language}.json").read_text(encoding="utf-8"))
    return found


def _page(name: str, language: str, request: Request, ready: Mapping[str, str] | None = None) -> Response:
    spoken = words(language)
    filled = _fill(name, {**{key: escape(word) for key, word in spoken.items()}, **(ready or {}), "lang": language})
    headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-cache", "Vary": "Accept-Language, Cookie"}
    if request.query.get("lang") in LANGUAGES:
        headers["Set-Cookie"] = f"{COOKIE}={language}; Path=/p/demo; SameSite=Lax; Max-Age=31536000"
    return Response(filled.encode(), media_type="text/html; charset=utf-8", headers=headers)


def _fill(name: str, said: Mapping[str, str]) -> str:
    return _WORD.sub(lambda found: said[found[1]], _template(name))


@cache
def _template(name: str) -> str:
    return (HERE / "pages" / f"{name}.html").read_text(encoding="utf-8")


def _labels(device: Device, spoken: Mapping[str, str]) -> dict[str, str]:
    labels = {"page": device.page, "shape": device.shape, "title": spoken[device.title], "hint": spoken[device.hint]}
    return {**{key: escape(text) for key, text in labels.items()}, "open_alone": escape(spoken["open_alone"])}


def _cookies(request: Request) -> dict[str, str]:
    pairs = (pair.partition("=") for pair in request.headers.get("cookie", "").split(";"))
    return {name.strip(): value.strip() for name, _, value in pairs}


def _number(weight: str) -> float:
    try:
        return float(weight) if weight else 1.0
    except ValueError:
        return 0.0
