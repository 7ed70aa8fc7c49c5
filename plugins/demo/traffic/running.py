"""Where the demo runs, as it says itself."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import httpx

from plugins.demo.settings import RUNNING


class NoDemo(Exception):
    """A sentence for whoever typed the command."""


@dataclass(frozen=True, slots=True)
class Running:
    """The site's address, where it takes mail and under which addresses, and the numbers that take texts."""

    site: str
    mail_server: tuple[str, int]
    mail_addresses: tuple[str, ...]
    text_numbers: tuple[str, ...] = ()


def find(folder: Path) -> Running:
    """The demo that runs with its data in `folder`. Raises NoDemo."""
    try:
        said = json.loads((folder / RUNNING).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise NoDemo(f"no demo is running with its data in {folder}; start one with `make run`.") from None
    host, port = said["mail_server"]
    found = Running(said["site"], (host, port), tuple(said["mail_addresses"]), tuple(said["text_numbers"]))
    try:
        httpx.get(f"{found.site}/healthz", timeout=5, trust_env=False).raise_for_status()
    except httpx.HTTPError:
        raise NoDemo(f"the demo at {found.site} does not answer; start it with `make run`.") from None
    return found
