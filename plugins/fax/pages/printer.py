"""Documents to pages, for the hub."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Final

from hub.api import Attachment
from plugins.fax.pages.child import Children
from plugins.fax.pages.options import PageLimits, PrintOptions
from plugins.fax.pages.problems import PageError, Problem

_AT_ONCE: Final = 2
_LARGEST: Final = 50_000_000
"""Bytes of all documents of a fax."""


@dataclass(frozen=True, slots=True)
class Pages:
    """`tiff`: T.6, 1728 dots a line, one page after the other. `previews`: a PNG of each, where they were wanted."""

    tiff: bytes
    count: int
    previews: tuple[bytes, ...] = ()


class Printer:
    """Prints what agents and customers hand in, each fax in a process of its own. `font`: a file that goes before the
    system's fonts."""

    def __init__(self, limits: PageLimits | None = None, font: str = "") -> None:
        self._children = Children(limits or PageLimits(), _AT_ONCE)
        self._font = font

    async def to_pages(self, files: Sequence[Attachment], options: PrintOptions | None = None) -> Pages:
        """One document after the other, the cover sheet before them. Raises PageError."""
        wanted = options or PrintOptions()
        if sum(len(file.content) for file in files) > _LARGEST:
            raise PageError(Problem.TOO_LARGE, max(files, key=lambda file: len(file.content)).name)
        chosen = {name: getattr(wanted, name) for name in ("quality", "paper", "previews")}
        told = {
            "files": [(file.name, file.media_type) for file in files],
            "options": {**chosen, "font": self._font},
            "cover": _cover(wanted),
        }
        logo = [wanted.cover.logo] if wanted.cover else []
        try:
            said, (tiff, *previews) = await self._children.do("print", told, [*(file.content for file in files), *logo])
        except PageError as error:
            only = files[0].name if len(files) == 1 else ""
            raise PageError(error.problem, error.file or only) from error
        return Pages(tiff, int(said["count"]), tuple(previews))


def _cover(options: PrintOptions) -> dict[str, str] | None:
    if options.cover is None:
        return None
    said = asdict(options.cover)
    del said["logo"]
    return said
