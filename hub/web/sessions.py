"""Turns a token into who is asking, with a short memory so that a busy screen costs the database nothing."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from hub.model.actor import Actor
from hub.store import sessions as stored
from hub.store.database import Store
from hub.store.sessions import token_hash
from hub.store.unit import Tx
from hub.store.users import load_actor

API_PREFIX = "hub_"
REMEMBERED = timedelta(seconds=10)
SEEN_EVERY = timedelta(minutes=1)
MOST_REMEMBERED = 20_000
RIGHTS = frozenset({"session.ended", "user.changed", "role.changed", "department.changed"})


@dataclass(frozen=True, slots=True)
class Login:
    """A live session or API token: its hash, who acts, and the CSRF token a cookie needs beside it."""

    key: str
    actor: Actor
    csrf: str


@dataclass(frozen=True, slots=True)
class NewSession:
    """What a client gets at login, once."""

    token: str
    csrf: str


@dataclass(slots=True)
class _Memory:
    login: Login | None
    until: datetime


class Sessions:
    """Finds the login behind a token. One object a node; `watch` keeps it true when rights change on any node."""

    def __init__(self, store: Store, idle: timedelta, life: timedelta) -> None:
        self._store = store
        self._idle = idle
        self._life = life
        self._known: dict[str, _Memory] = {}
        self._touched: dict[str, datetime] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def find(self, token: str) -> Login | None:
        """Who this token stands for; None when it is unknown or has ended."""
        hashed, now = token_hash(token), datetime.now(UTC)
        memory = self._known.get(hashed)
        if memory is None or memory.until <= now:
            memory = await self._look_up(token, hashed, now)
        if memory.login:
            self._touch(token, hashed, now)
        return memory.login

    def open(self, tx: Tx, user_id: int, client: str) -> NewSession:
        """A new session of a user, inside the caller's transaction."""
        made = NewSession(secrets.token_urlsafe(32), secrets.token_urlsafe(24))
        stored.insert_session(tx, user_id, made.token, made.csrf, client, self._life)
        return made

    def end(self, tx: Tx, key: str) -> None:
        """End one session."""
        stored.end_session(tx, key)
        tx.after_commit(self.forget)

    def end_all(self, tx: Tx, user_id: int) -> None:
        """End every session of a user."""
        stored.end_sessions(tx, user_id)
        tx.after_commit(self.forget)

    def forget(self) -> None:
        """Look everybody up again."""
        self._known.clear()

    async def watch(self) -> None:
        """Follow the event log for changes of rights; runs until cancelled."""
        async for batch in self._store.tail.batches(self._store.tail.last):
            if any(event.type in RIGHTS for event in batch):
                self.forget()

    async def _look_up(self, token: str, hashed: str, now: datetime) -> _Memory:
        if len(self._known) >= MOST_REMEMBERED:
            self.forget()
        login = await self._store.read(lambda conn: self._load(conn, token, hashed, now))
        memory = _Memory(login, now + REMEMBERED)
        if login:  # a guessed token must not fill the memory
            self._known[hashed] = memory
        return memory

    def _load(self, conn: Connection, token: str, hashed: str, now: datetime) -> Login | None:
        if token.startswith(API_PREFIX):
            user_id, csrf = stored.find_api_token(conn, hashed, now), ""
        else:
            found = stored.find_session(conn, hashed, now, self._idle)
            user_id, csrf = (found.user_id, found.csrf) if found else (None, "")
        actor = load_actor(conn, user_id) if user_id else None
        return Login(hashed, actor, csrf) if actor else None

    def _touch(self, token: str, hashed: str, now: datetime) -> None:
        """Note the use, at most once a minute a session."""
        if self._touched.get(hashed, datetime.min.replace(tzinfo=UTC)) > now - SEEN_EVERY:
            return
        if len(self._touched) >= MOST_REMEMBERED:
            self._touched.clear()
        self._touched[hashed] = now
        note = stored.touch_api_token if token.startswith(API_PREFIX) else stored.touch_session
        task = asyncio.create_task(self._store.write(lambda tx: note(tx, hashed)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
