"""Pages of a fax: documents become pages, received pages become what a person can read."""

from plugins.fax.pages.heading import Heading
from plugins.fax.pages.options import Cover, PageLimits, Paper, PrintOptions, Quality
from plugins.fax.pages.printer import Pages, Printer
from plugins.fax.pages.problems import PageError, Problem
from plugins.fax.pages.reader import Reader, ReadFax, ReadPage
from plugins.fax.pages.routing import Routed, route

__all__ = [
    "Cover",
    "Heading",
    "PageError",
    "PageLimits",
    "Pages",
    "Paper",
    "PrintOptions",
    "Printer",
    "Problem",
    "Quality",
    "ReadFax",
    "ReadPage",
    "Reader",
    "Routed",
    "route",
]
