"""What the HTTP layer needs of the rest of the house; the composition root fills it in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from hub.pipeline.directory import Directory
from hub.plugin.registry import Registry
from hub.plugin.topics import Topics
from hub.store.database import Store

INBOX = Path(__file__).parent / "static" / "inbox"


@dataclass(frozen=True, slots=True)
class WebSettings:
    """How the site wants to be reached.

    origins          further Origins (scheme://host[:port]) a websocket may be opened from, besides the hub's own
    private_targets  whether outgoing webhooks may go to private, loopback and link-local addresses
    park_seconds     how long a parked call waits to be picked up
    input_days       how long inputs of which no message came are kept
    monitoring_visible  whether agents see that a supervisor is in their call
    """

    site_name: str = "Contact Hub"
    languages: tuple[str, ...] = ("en", "zh")
    origins: tuple[str, ...] = ()
    session_idle: timedelta = timedelta(hours=12)
    session_life: timedelta = timedelta(days=7)
    private_targets: bool = False
    park_seconds: int = 120
    input_days: int = 90
    monitoring_visible: bool = True
    inbox: Path = INBOX


@dataclass(frozen=True, slots=True)
class Services:
    """Handed to `create_app`; one object a node.

    registry   the site's plugins and what they declare
    directory  the enabled accounts and connections, with their channels
    topics     wake-ups and signals between nodes
    """

    store: Store
    registry: Registry
    directory: Directory
    topics: Topics
    settings: WebSettings = WebSettings()
