"""What one node's HTTP layer keeps in memory; all of it may be lost without harm."""

from __future__ import annotations

import asyncio

from hub.pipeline.owner.dry_run import Picture
from hub.pipeline.waits import Waits
from hub.store.board import Diary, Scene
from hub.store.counts import Group
from hub.store.numbers import Numbers
from hub.web.brief import Brief
from hub.web.fanout import Fanout
from hub.web.limits import Limit
from hub.web.passwords import Passwords
from hub.web.reachability import Reachability
from hub.web.services import Services
from hub.web.sessions import Sessions
from hub.web.signals import Signals
from hub.web.stream import Stream
from hub.web.viewers import Viewers
from hub.web.webhook_workers import WebhookWorkers

FAILURES_A_LOGIN = 5
FAILURES_A_CLIENT = 20
QUESTIONS_A_CLIENT = 10
QUESTIONS_A_SERIAL = 5


class Node:
    """Sessions known, passwords being checked, attempts counted."""

    def __init__(self, services: Services) -> None:
        settings = services.settings
        self.services = services
        self.sessions = Sessions(services.store, settings.session_idle, settings.session_life)
        self.passwords = Passwords()
        self.viewers = Viewers()
        self.signals = Signals(services, self.viewers)
        self.fanout = Fanout(services.store, self.sessions)
        self.reachability = Reachability(services.store, self.fanout.connected)
        gone = self.reachability.gone
        self.stream = Stream(self.fanout, self.sessions, self.signals, settings.origins, gone)
        self.webhooks = WebhookWorkers(services.store, private_allowed=settings.private_targets)
        self.open_groups = Brief[list[Group]](1.0)
        self.scene = Brief[Scene](1.0)
        self.diary = Diary()
        self.picture = Brief[Picture](1.0)
        self.waits = Waits()
        self.retelling = asyncio.Lock()  # a day told again keeps a core busy for seconds: one at a time
        self.numbers = Brief[Numbers](2.0)
        self.failures_by_login = Limit(FAILURES_A_LOGIN, 60)
        self.failures_by_client = Limit(FAILURES_A_CLIENT, 300)
        self.questions_by_client = Limit(QUESTIONS_A_CLIENT, 900)
        self.questions_by_serial = Limit(QUESTIONS_A_SERIAL, 900)
