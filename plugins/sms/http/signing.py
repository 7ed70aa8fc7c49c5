"""Signatures: of a text, by an algorithm, written in one of three ways."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping

from plugins.sms.http import template
from plugins.sms.http.settings import Algorithm, Encoding, Signing
from plugins.sms.http.template import Filter


def signature(signing: Signing, values: Mapping[str, str]) -> str:
    """What `signing` makes of these values; with the algorithm "none" the text itself."""
    text, key = template.read(signing.template).filled(values), template.read(signing.key).filled(values)
    if signing.algorithm is Algorithm.NONE:
        return text
    octets = _digest(signing.algorithm, text.encode(), key.encode())
    if signing.encoding is Encoding.BASE64:
        return base64.b64encode(octets).decode()
    return octets.hex().upper() if signing.encoding is Encoding.HEX_UPPER else octets.hex()


def sorted_fields(fields: Mapping[str, str], plain: Filter = str) -> str:
    """“a=1&b=2”, by name: what many gateways sign. Empty values are left out, as they do."""
    return "&".join(f"{plain(name)}={plain(value)}" for name, value in sorted(fields.items()) if value)


def _digest(algorithm: Algorithm, text: bytes, key: bytes) -> bytes:
    name = algorithm.value.removeprefix("hmac-")
    if algorithm.value.startswith("hmac-"):
        return hmac.new(key, text, name).digest()
    return hashlib.new(name, text, usedforsecurity=False).digest()
