"""What a callback proved itself by, when that is a shared word, is not kept: who read it could write as the gateway.

A signature is kept: it proves one callback and makes no other.
"""

from __future__ import annotations

import json
import re
from typing import Final
from urllib.parse import quote_plus

from hub.api import Json, Malformed, Raw
from plugins.sms.http.calling import calling_of, given_in
from plugins.sms.http.settings import Algorithm, Calling, HttpSettings

NOT_KEPT: Final = "(not kept)"


def without_word(settings: HttpSettings, raw: Raw) -> Raw:
    """The callback without the word, which authenticated it before. Pure and total."""
    try:
        calling = calling_of(settings, raw)
    except Malformed:
        return raw
    if calling.proof is None or calling.proof.sign.algorithm is not Algorithm.NONE:
        return raw
    place, _, name = calling.proof.where.partition(":")
    word = given_in(calling, calling.proof, raw)
    meta = {key: _meta(key, value, place, name) for key, value in raw.meta.items()}
    return Raw(_body(calling, raw.body, name, word) if place == "field" and word else raw.body, meta)


def _meta(key: str, value: Json, place: str, name: str) -> Json:
    wanted = name.lower() if place == "header" else name
    if key == ("headers" if place == "header" else "query") and isinstance(value, dict) and wanted in value:
        return {**value, wanted: NOT_KEPT}
    if key == "url" and place != "header":
        return _field(name).sub(lambda found: f"{found[1]}{quote_plus(NOT_KEPT)}", str(value))
    return value


def _body(calling: Calling, body: bytes, name: str, word: str) -> bytes:
    """Only where it stands alone, as a whole value: the same letters within a customer's words are theirs."""
    text = body.decode("latin-1")  # any octets, and back again
    text = _field(name).sub(lambda found: f"{found[1]}{quote_plus(NOT_KEPT)}", text)
    for spelt in {json.dumps(word), json.dumps(word, ensure_ascii=False)}:
        text = text.replace(_octets(calling, spelt), json.dumps(NOT_KEPT))
    return text.encode("latin-1")


def _octets(calling: Calling, text: str) -> str:
    return text.encode(calling.charset, "replace").decode("latin-1")


def _field(name: str) -> re.Pattern[str]:
    return re.compile(rf"((?:^|[?&]){re.escape(quote_plus(name))}=)[^&#]*")
