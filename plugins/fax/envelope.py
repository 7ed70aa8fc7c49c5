"""What is stored of a fax: its files in one piece of bytes, a line that says where each is, then all of them. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence

from hub.api import Attachment, Malformed


def packed(files: Sequence[Attachment]) -> bytes:
    """All of it, as one."""
    listed = [{"name": f.name, "type": f.media_type, "size": len(f.content), "inline": f.inline} for f in files]
    return json.dumps(listed).encode() + b"\n" + b"".join(file.content for file in files)


def unpacked(body: bytes) -> tuple[Attachment, ...]:
    """As it was packed. Raises Malformed."""
    head, newline, rest = body.partition(b"\n")
    try:
        listed = [(str(f["name"]), str(f["type"]), int(f["size"]), bool(f["inline"])) for f in json.loads(head)]
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
        raise Malformed("this is no stored fax") from error
    if not newline or any(size < 0 for *_, size, _ in listed) or sum(size for *_, size, _ in listed) != len(rest):
        raise Malformed("a stored fax of another size than it says")
    files, at = [], 0
    for name, media_type, size, inline in listed:
        files.append(Attachment(name, media_type, rest[at : at + size], inline=inline))
        at += size
    return tuple(files)
