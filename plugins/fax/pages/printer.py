"""Documents to pages, for the hub."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Final

from hub.api import Attachment
from plugins.fax.pages.child import Children
from plugins.fax.pages.heading import Heading
from plugins.fax.pages.options import PageLimits, PrintOptions
from plugins.fax.pages.problems import PageError, Problem

_AT_ONCE: Final = 2
_LARGEST: Final = 50_000_000
"""Bytes of all documents of a fax."""
_OURS: Final = 10.0
"""How much longer than a stranger's our own pages may take: there is nobody to refuse them to."""


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
        limits = limits or PageLimits()
        self._children = Children(limits, _AT_ONCE)
        page, whole = _OURS * limits.page_seconds, _OURS * limits.seconds
        ours = replace(limits, strange=False, page_seconds=page, seconds=whole)
        self._ready = Children(ours, _AT_ONCE)
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

    async def ready(self, tiff: bytes, heading: Heading | None, *, coarse: bool = False) -> bytes:
        """Pages as `to_pages` makes them, ready to be sent just now: with a heading, at standard resolution if need be.
        Raises PageError."""
        if heading is None and not coarse:
            return tiff
        said = {**asdict(heading), "at": heading.at.isoformat()} if heading else None
        _, [made] = await self._ready.do("ready", {"coarse": coarse, "heading": said, "font": self._font}, [tiff])
        return made


def _cover(options: PrintOptions) -> dict[str, str] | None:
    if options.cover is None:
        return None
    said = asdict(options.cover)
    del said["logo"]
    return said
