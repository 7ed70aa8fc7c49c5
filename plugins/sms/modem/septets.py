"""Septets of the GSM alphabet, packed into octets as they travel through the air (3GPP TS 23.038 §6.1.2.1)."""

from __future__ import annotations


def pack(septets: bytes, header: bytes = b"") -> bytes:
    """User data: the header's octets, fill bits up to a border of septets, the septets."""
    fill = -len(header) * 8 % 7
    bits = sum(septet << (7 * place) for place, septet in enumerate(septets))
    size = (fill + 7 * len(septets) + 7) // 8
    return header + (bits << fill).to_bytes(size, "little")


def unpack(octets: bytes, count: int, header: int = 0) -> bytes:
    """`count` septets, one an octet, from behind `header` octets."""
    fill = -header * 8 % 7
    bits = int.from_bytes(octets[header:], "little") >> fill
    return bytes(bits >> (7 * place) & 0x7F for place in range(max(count, 0)))


def header_septets(header: int) -> int:
    """How many septets' room a header of so many octets takes."""
    return (header * 8 + 6) // 7
