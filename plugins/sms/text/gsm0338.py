"""The GSM 7-bit default alphabet and its extension (3GPP TS 23.038 §6.2.1), one septet an octet."""

from __future__ import annotations

from typing import Final

ESCAPE: Final = 0x1B
_BASIC: Final = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION: Final = {
    0x0A: "\f", 0x14: "^", 0x28: "{", 0x29: "}", 0x2F: "\\", 0x3C: "[", 0x3D: "~", 0x3E: "]", 0x40: "|", 0x65: "€",
}  # fmt: skip
OCTETS: Final = {
    **{char: bytes([code]) for code, char in enumerate(_BASIC) if code != ESCAPE},
    **{char: bytes([ESCAPE, code]) for code, char in _EXTENSION.items()},
}
"""Every character there is, with its one or two septets."""


def encode(text: str) -> bytes | None:
    """The text's septets, one an octet; None when the alphabet lacks one of its characters."""
    try:
        return b"".join([OCTETS[char] for char in text])
    except KeyError:
        return None


def decode(octets: bytes) -> str:
    """The text of any octets: what no table has is shown as the standard asks (§6.2.1.1), an escaped unknown as the
    default alphabet's character, an escape into a further table as a space; bits above the seventh are ignored."""
    chars: list[str] = []
    escaped = False
    for octet in octets:
        code = octet & 0x7F
        if escaped:
            chars.append(" " if code == ESCAPE else _EXTENSION.get(code, _BASIC[code]))
            escaped = False
        elif code == ESCAPE:
            escaped = True
        else:
            chars.append(_BASIC[code])
    return "".join(chars)
