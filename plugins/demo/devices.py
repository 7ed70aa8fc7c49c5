"""What stands on the customers' desk. A channel that comes later adds its device here, and a page for it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Device:
    """`page` is its own page under /p/demo/; `shape` the look of its case; its title is the word of that name."""

    page: str
    shape: str

    @property
    def title(self) -> str:
        """The key of its title among the words."""
        return f"device_{self.page}"

    @property
    def hint(self) -> str:
        """The key of the line below the title."""
        return f"device_{self.page}_hint"


DEVICES = (
    Device("shop", "laptop"),
    Device("mail", "tablet"),
    Device("phone", "handset"),
    Device("handset", "handset"),
    Device("fax", "machine"),
)
