"""Agents' phones in the plugin's own tables: log-ins (as hashes only) and bindings, where a phone can be reached."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import sqlalchemy as sa
from sqlalchemy import Connection

from hub.api import PluginStore
from plugins.sip.phones import softphones
from plugins.sip.wire.digest import Secret

_meta = sa.MetaData()
PHONES = sa.Table(
    "sip_phones",
    _meta,
    sa.Column("user_id", sa.Integer, primary_key=True),
    *(sa.Column(name, sa.Text) for name in ("username", "realm", "hash_sha256", "hash_md5", "outside")),
)
BINDINGS = sa.Table(
    "sip_bindings",
    _meta,
    sa.Column("username", sa.Text, primary_key=True),
    sa.Column("contact_key", sa.Text, primary_key=True),
    *(sa.Column(name, sa.Text) for name in ("contact", "transport", "host", "call_id", "user_agent")),
    sa.Column("port", sa.Integer),
    *(sa.Column(name, sa.BigInteger) for name in ("sequence", "expires_at", "reg_id")),
    *(sa.Column(name, sa.Text) for name in ("instance", "edge")),
)


@dataclass(frozen=True, slots=True)
class Phone:
    """How an agent is reached: as `username` at the registrar, or at a number outside ("" for none)."""

    user_id: int
    username: str
    secret: Secret
    outside: str


@dataclass(frozen=True, slots=True)
class Binding:
    """One registered contact (RFC 3261 §10.3). `host` and `port` are where it came from: behind NAT the contact itself
    leads nowhere. `expires_at` in seconds since 1970. `instance` and `reg_id` tell a phone's flows apart (RFC 5626);
    `edge` is the node's port it came by ("192.0.2.1:5060"), where its flow is; "" when others cannot reach that."""

    username: str
    contact: str
    transport: str
    host: str
    port: int
    call_id: str
    sequence: int
    user_agent: str
    expires_at: int
    instance: str = ""
    reg_id: int = 0
    edge: str = ""


class Phones:
    """The tables."""

    def __init__(self, store: PluginStore) -> None:
        self._store = store

    async def set(self, user_id: int, secret: Secret, outside: str) -> None:
        """Give an agent a phone, or another password: who is registered with the old one must register again.
        Raises sqlalchemy.exc.IntegrityError when the username is somebody else's."""
        await self._store.write(lambda conn: _set(conn, user_id, secret, outside))

    async def ring_outside(self, user_id: int, outside: str) -> bool:
        """Ring this number too ("" for none), the log-in and its registrations untouched; whether there is a phone."""
        change = PHONES.update().where(PHONES.c.user_id == user_id).values(outside=outside)
        return await self._store.write(lambda conn: conn.execute(change).rowcount > 0)

    async def remove(self, user_id: int) -> bool:
        """Take it away; whether there was one."""
        return await self._store.write(lambda conn: _remove(conn, user_id))

    async def all(self) -> Sequence[Phone]:
        """Everybody's."""
        rows = sa.select(PHONES).order_by(PHONES.c.user_id)
        return await self._store.read(lambda conn: [_phone(row) for row in conn.execute(rows)])

    async def named(self, username: str) -> Phone | None:
        """Who logs in by this name."""
        return await self._one(PHONES.c.username == username)

    async def of_user(self, user_id: int) -> Phone | None:
        """An agent's."""
        return await self._one(PHONES.c.user_id == user_id)

    async def bindings(self, username: str, now: float) -> Sequence[Binding]:
        """Where it can be reached now, the newest first."""
        wanted = (BINDINGS.c.username == username) & (BINDINGS.c.expires_at > int(now))
        rows = sa.select(BINDINGS).where(wanted).order_by(BINDINGS.c.expires_at.desc())
        return await self._store.read(lambda conn: [_binding(row) for row in conn.execute(rows)])

    async def has_device(self, phone: Phone) -> bool:
        """Whether anything of theirs could ring."""
        found = phone.outside or await self.bindings(phone.username, time.time())
        return bool(found or await self._store.read(lambda conn: softphones.place(conn, phone.user_id)))

    async def hosts(self, now: float) -> Sequence[str]:
        """Whence phones are registered now."""
        rows = sa.select(BINDINGS.c.host).where(BINDINGS.c.expires_at > int(now)).distinct()
        return await self._store.read(lambda conn: list(conn.execute(rows).scalars()))

    async def bind(self, username: str, keep: Sequence[Binding], drop: Sequence[str], now: float) -> None:
        """Change bindings, all or none (§10.3 step 7); forget what has expired."""
        await self._store.write(lambda conn: _bind(conn, username, keep, drop, int(now)))

    async def lost(self, username: str, transport: str, host: str, port: int) -> None:
        """The connection it registered on is gone: it cannot be reached there (RFC 5626 §4.2.2)."""
        columns = BINDINGS.c
        there = (columns.transport == transport) & (columns.host == host) & (columns.port == port)
        gone = BINDINGS.delete().where((columns.username == username) & there)
        await self._store.write(lambda conn: conn.execute(gone))

    async def _one(self, which: sa.ColumnElement[bool]) -> Phone | None:
        rows = sa.select(PHONES).where(which)
        return await self._store.read(lambda conn: next((_phone(row) for row in conn.execute(rows)), None))


def _set(conn: Connection, user_id: int, secret: Secret, outside: str) -> None:
    _remove(conn, user_id)
    hashes = {"hash_sha256": secret.hashes["SHA-256"], "hash_md5": secret.hashes["MD5"]}
    values = {"user_id": user_id, "username": secret.username, "realm": secret.realm, "outside": outside, **hashes}
    conn.execute(PHONES.insert().values(**values))


def _remove(conn: Connection, user_id: int) -> bool:
    mine = sa.select(PHONES.c.username).where(PHONES.c.user_id == user_id)
    conn.execute(BINDINGS.delete().where(BINDINGS.c.username.in_(mine)))
    return conn.execute(PHONES.delete().where(PHONES.c.user_id == user_id)).rowcount > 0


def _bind(conn: Connection, username: str, keep: Sequence[Binding], drop: Sequence[str], now: int) -> None:
    gone = [_key(contact) for contact in [*drop, *(binding.contact for binding in keep)]]
    of_phone = BINDINGS.c.username == username
    conn.execute(BINDINGS.delete().where(of_phone & BINDINGS.c.contact_key.in_(gone)))
    conn.execute(BINDINGS.delete().where(BINDINGS.c.expires_at <= now))
    if keep:
        conn.execute(BINDINGS.insert(), [{**asdict(each), "contact_key": _key(each.contact)} for each in keep])


def _key(contact: str) -> str:
    return hashlib.sha256(contact.encode()).hexdigest()


def _phone(row: sa.Row[tuple[object, ...]]) -> Phone:
    found = row._mapping
    secret = Secret(found["username"], found["realm"], {"SHA-256": found["hash_sha256"], "MD5": found["hash_md5"]})
    return Phone(found["user_id"], found["username"], secret, found["outside"])


def _binding(row: sa.Row[tuple[object, ...]]) -> Binding:
    return Binding(**{name: value for name, value in row._mapping.items() if name != "contact_key"})
