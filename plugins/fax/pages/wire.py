"""How a document goes to the child process and comes back: a line of JSON that says how long each blob after it is."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any


class Garbled(ValueError):
    """Not what `packed` makes."""


def packed(said: Mapping[str, Any], blobs: Sequence[bytes] = ()) -> bytes:
    """`said` is JSON."""
    head = json.dumps([said, [len(blob) for blob in blobs]]).encode()
    return b"".join((head, b"\n", *blobs))


def unpacked(data: bytes) -> tuple[dict[str, Any], list[bytes]]:
    """Raises Garbled."""
    head, _, rest = data.partition(b"\n")
    try:
        said, lengths = json.loads(head)
        blobs, at = [], 0
        for length in lengths:
            blobs.append(rest[at : at + length])
            at += length
    except (ValueError, TypeError) as error:
        raise Garbled(str(error)) from error
    if at != len(rest) or not isinstance(said, dict):
        raise Garbled("cut off")
    return said, blobs
