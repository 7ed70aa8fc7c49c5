"""What a site sets: what all fax numbers share, and what one number does."""

from __future__ import annotations

from datetime import tzinfo
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, field_validator

NAME: Final = "fax"
SCHEME: Final = "tel"
MEGABYTE: Final = 1024 * 1024


class T38(StrEnum):
    """AUTO: asked for and taken. ACCEPT: taken when the far side asks. OFF: pages go as sound alone."""

    AUTO = "auto"
    ACCEPT = "accept"
    OFF = "off"


class Quality(StrEnum):
    """Rows to the inch: 98, 196, 391."""

    STANDARD = "STANDARD"
    FINE = "FINE"
    SUPERFINE = "SUPERFINE"


class HeaderLine(StrEnum):
    """OVER: written over the uppermost 5 mm. ABOVE: the page grows by them. OFF: pages go dot for dot."""

    OVER = "over"
    ABOVE = "above"
    OFF = "off"


class FaxSettings(BaseModel):
    """[plugins.fax] of hub.toml."""

    workers: int = Field(
        default=1, ge=1, le=16, description="Processes that fax, a core each; 60 faxes at once need one"
    )
    busy_seconds: list[float] = Field(
        default=[60, 120, 300, 600, 900, 1800],
        description="Pauses before a number that was busy is dialled again; after the last the fax has failed",
    )
    no_answer_seconds: list[float] = Field(
        default=[180, 600, 1800], description="The same, where nobody answered, or no fax machine did"
    )
    line_seconds: list[float] = Field(
        default=[30, 120, 600, 1800], description="The same, where the line failed; each time with slower modems"
    )
    log_days: int = Field(
        default=365, ge=1, description="How long calls, reports and lists of numbers are kept; messages are the hub's"
    )
    give_up_hours: float = Field(default=24, gt=0, le=240, description="A fax not sent after so long has failed")
    most_incoming: int = Field(
        default=60, ge=1, le=1000, description="Faxes received at once by a node; who calls above that hears busy"
    )
    most_pages: int = Field(default=100, ge=1, le=1000, description="Pages a fax may have that is sent from here")
    ocr_seconds: float = Field(
        default=10, ge=0, le=120, description="For reading the text of one fax that came in; 0: it is not read"
    )
    font: str = Field(default="", description="Font file for printing text; empty: the best the system has")
    time_zone: str = Field(
        default="",
        description="Of the time over pages and on cover sheets, IANA (“Asia/Shanghai”); empty: the system's",
    )

    @field_validator("time_zone")
    @classmethod
    def _known(cls, name: str) -> str:
        try:
            return name and str(ZoneInfo(name))
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"there is no time zone {name!r}") from error

    @property
    def zone(self) -> tzinfo | None:
        """None is the system's."""
        return ZoneInfo(self.time_zone) if self.time_zone else None


class FaxConnection(BaseModel):
    """None of its own: a fax number uses the connection of the telephony its calls go by."""

    model_config = ConfigDict(extra="forbid")


class FaxAccount(BaseModel):
    """One fax number of the site."""

    model_config = ConfigDict(extra="forbid")

    station: str = Field(
        default="",
        max_length=20,
        pattern=r"^[0-9+ ]*$",
        description="What we call ourselves to machines; empty: the number",
    )
    header: str = Field(default="", max_length=50, description="Over each page, beside time and page; empty: the name")
    header_line: HeaderLine = Field(
        default=HeaderLine.OVER,
        description="Where it stands: over (the uppermost 5 mm of the page), above (the page grows by them), off",
    )
    company: str = Field(default="", max_length=100, description="Over cover sheets; empty: the name")
    logo: str = Field(default="", description="PNG or JPEG file for cover sheets; empty: none")
    shared: bool = Field(
        default=False, description="The number is a voice number, too: calls come here when a fax machine is heard"
    )
    t38: T38 = Field(default=T38.AUTO, description="Fax over IP (T.38): auto, accept (when the far side asks), off")
    ecm: bool = Field(default=True, description="Have damaged pieces of pages sent again (ECM)")
    quality: Quality = Field(default=Quality.FINE, description="Of pages sent, unless whoever sends chooses")
    lines: int = Field(default=4, ge=1, le=100, description="Faxes sent at once")
    ring_seconds: float = Field(default=60, ge=5, le=180, description="How long the far side may ring")
    page_seconds: float = Field(default=600, ge=30, le=3600, description="Hang up when a page takes longer")
    sub_addresses: dict[str, str] = Field(
        default_factory=dict,
        description='Where a sub-address dialled leads, a fax number of ours or a queue: { 12 = "+86…", 13 = "hr" }',
    )
