"""The line at the top of every page a fax sends: when, from whom, to whom, and which page (T.30's header, which the
law asks for in some countries)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Heading:
    """`at` is in the site's time zone, `language` the site's. `above`: the page grows by the line, and nothing of it is
    written over."""

    at: datetime
    sender: str
    station: str
    to: str
    language: str = "en"
    above: bool = False

    def line(self) -> str:
        """What every page has in common: its left side."""
        who = " ".join(filter(None, (self.sender, self.station)))
        if self.language.startswith("zh"):
            at = f"{self.at.year}年{self.at.month}月{self.at.day}日 {self.at:%H:%M}"
            return f"{at}　发件人：{who}　收件人：{self.to}"
        return f"{self.at:%Y-%m-%d %H:%M}   From: {who}   To: {self.to}"

    def page(self, number: int, count: int) -> str:
        """Its right side."""
        return f"第 {number} 页，共 {count} 页" if self.language.startswith("zh") else f"Page {number} of {count}"
