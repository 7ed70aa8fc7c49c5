"""Documents for the printer, made here: good ones, damaged ones, and those that are made to do harm."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Sequence
from typing import Any

from PIL import Image

from hub.api import Attachment

A4 = (595, 842)
HELLO = b"BT /F 24 Tf 100 700 Td (Hello) Tj ET"


def pdf(
    pages: int = 1,
    size: tuple[int, int] = A4,
    drawn: bytes = HELLO,
    picture: bytes = b"",
    more: Sequence[bytes] = (),
    packed: bool = False,
) -> bytes:
    """A PDF of equal pages; `picture` is an image object that they may name /I, `more` are objects from 6 on."""
    content = b"<<%s/Length %d>>stream\n%s\nendstream" % (b"/Filter/FlateDecode" * packed, len(drawn), drawn)
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
    shared = [b"<</Type/Catalog/Pages 2 0 R>>", b"", content, font, picture or b"<<>>", *more]
    own = b"/Resources<</Font<</F 4 0 R>>/XObject<</I 5 0 R>>>>"
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d %d]/Contents 3 0 R%s>>" % (*size, own)
    kids = b" ".join(b"%d 0 R" % (len(shared) + 1 + number) for number in range(pages))
    shared[1] = b"<</Type/Pages/Count %d/Kids[%s]>>" % (pages, kids)
    return _file([*shared, *([page] * pages)])


def _file(objects: Sequence[bytes]) -> bytes:
    parts, places, at = [b"%PDF-1.4\n"], [], 9
    for number, content in enumerate(objects, 1):
        places.append(at)
        parts.append(b"%d 0 obj\n%s\nendobj\n" % (number, content))
        at += len(parts[-1])
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects) + 1
    parts.append(b"xref\n0 %d\n0000000000 65535 f \n%strailer<</Size %d/Root 1 0 R>>\n" % (count, table, count))
    return b"".join((*parts, b"startxref\n%d\n%%%%EOF" % at))


def huge_picture() -> bytes:
    """A PDF whose picture unpacks to 40,000 times 40,000 dots."""
    packed = zlib.compress(b"\0" * 20_000_000, 9)
    size = b"/Width 40000/Height 40000/ColorSpace/DeviceGray/BitsPerComponent 8/Filter/FlateDecode"
    image = b"<</Type/XObject/Subtype/Image%s/Length %d>>stream\n%s\nendstream" % (size, len(packed), packed)
    return pdf(drawn=b"q 500 0 0 700 50 50 cm /I Do Q", picture=image)


def forms_within_forms() -> bytes:
    """A PDF of a few kilobytes whose page has ten to the ninth squares: forms that draw forms, ten times each."""
    calls, squares = b"/I Do " * 10, b"0 0 9 9 re f " * 10
    forms = [_form(b"/Resources<</XObject<</I %d 0 R>>>>" % number, calls) for number in range(6, 14)]
    return pdf(drawn=calls, picture=forms[0], more=[*forms[1:], _form(b"", squares)])


def _form(more: bytes, drawn: bytes) -> bytes:
    head = b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]%s/Length %d" % (more, len(drawn))
    return b"<<%s>>stream\n%s\nendstream" % (head, drawn)


def packed_lines() -> bytes:
    """A PDF of some 100 kB whose one page unpacks to 60 MB of lines."""
    return pdf(drawn=zlib.compress(b"0 0 m 9 9 l S\n" * 4_300_000, 9), packed=True)


def many_pictures() -> bytes:
    """A PDF whose one page shows a picture of 49 million dots a thousand times."""
    size = b"/Width 7000/Height 7000/ColorSpace/DeviceGray/BitsPerComponent 8/Filter/FlateDecode"
    packed = zlib.compress(bytes(49_000_000), 9)
    image = b"<</Type/XObject/Subtype/Image%s/Length %d>>stream\n%s\nendstream" % (size, len(packed), packed)
    return pdf(drawn=b"/I Do " * 1000, picture=image)


def endless_scans() -> bytes:
    """A progressive JPEG of a million dots that goes over them 5,000 times."""
    whole = picture(Image.new("L", (1000, 1000), 200), "JPEG", progressive=True)
    last = whole.rindex(b"\xff\xda")
    return whole[:-2] + whole[last:-2] * 5_000 + whole[-2:]


def vast_picture() -> bytes:
    """A PNG that says it is 30,000 times 30,000 dots."""
    small = picture(Image.new("1", (1, 1)))
    head = b"IHDR" + struct.pack(">IIBBBBB", 30_000, 30_000, 1, 0, 0, 0, 0)
    return small[:12] + head + struct.pack(">I", zlib.crc32(head)) + small[33:]


def endless() -> bytes:
    """A PDF whose one page takes minutes to draw: a pattern of curves over and over."""
    steps = (3, 7, 11, 13, 17, 19)
    curves = b" ".join(b"%d %d %d %d %d %d c" % tuple((n * step) % 797 for step in steps) for n in range(9000))
    return pdf(drawn=(b"0 0 m " + curves + b" b* ") * 60)


def picture(image: Image.Image, kind: str = "PNG", **more: Any) -> bytes:
    made = io.BytesIO()
    image.save(made, kind, **more)
    return made.getvalue()


def file(content: bytes, media_type: str = "", name: str = "document") -> Attachment:
    return Attachment(name, media_type, content)


def leaves(tiff: bytes) -> list[Image.Image]:
    """Its pages, with what they say of themselves in `info`."""
    with Image.open(io.BytesIO(tiff)) as whole:
        found = []
        for number in range(getattr(whole, "n_frames", 1)):
            whole.seek(number)
            leaf = whole.copy()
            leaf.info["dpi"] = whole.info["dpi"]
            found.append(leaf)
        return found
