"""Administrators give phones to the agents they manage, and see what the exchange sees."""

from __future__ import annotations

import json
import re
import secrets
import time
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy.exc import IntegrityError

from hub.api import Files, PluginRoutes, Request, Response, Route
from plugins.sip.channel import SipChannel
from plugins.sip.phones.phones import Binding
from plugins.sip.trunks.trunk import Trunk
from plugins.sip.wire.digest import Secret

USERNAME = re.compile(r"[A-Za-z0-9._-]{1,40}")
OUTSIDE = re.compile(r"\+?[0-9]{3,20}|")
SHORTEST_PASSWORD = 8
"""As a user's at the API."""
LONGEST_ID = 19


def routes(channel: SipChannel) -> PluginRoutes:
    """Under /p/sip/."""
    desk = PhoneDesk(channel)
    return [
        Route("GET", "/phones", desk.list, permission="users.manage", docs="Agents' phones, and where they are"),
        Route("PUT", "/phones/{user}", desk.put, permission="users.manage", docs="Give an agent a phone"),
        Route("DELETE", "/phones/{user}", desk.delete, permission="users.manage", docs="Take it away"),
        Route("GET", "/status", desk.status, permission="connections.manage", docs="Trunks, calls, who is shut out"),
        *channel.softphone.routes(),
        Files("/static", Path(__file__).parent / "static"),
    ]


class PhoneDesk:
    """The endpoints."""

    def __init__(self, channel: SipChannel) -> None:
        self._exchange = channel.exchange

    async def list(self, request: Request) -> Response:
        """The phones of those the viewer manages, with their registrations."""
        phones = self._exchange.phones
        found, given = [], await phones.all()
        managed = await self._managed(request, [phone.user_id for phone in given])
        for phone in given:
            if phone.user_id not in managed:
                continue
            bound = await phones.bindings(phone.username, time.time())
            shown = {"user_id": phone.user_id, "username": phone.username, "outside": phone.outside}
            found.append({**shown, "contacts": [_contact(each) for each in bound]})
        return _json({"phones": found})

    async def put(self, request: Request) -> Response:
        """Body: {"username", "password"?, "outside"?}. Without a password one is made, and shown this once. Without a
        username the log-in stays as it is, and only the number outside changes."""
        user_id = await self._user(request)
        if user_id is None:
            return _missing("there is no such user")
        try:
            wanted = request.json()
        except ValueError:
            return _wrong("the body must be JSON")
        if not isinstance(wanted, dict):
            return _wrong("the body must be an object")
        outside = str(wanted.get("outside", ""))
        if not OUTSIDE.fullmatch(outside):
            return _wrong("outside is a number")
        if wanted.get("username") is None:
            return await self._ring(user_id, outside)
        return await self._log_in(user_id, wanted, outside)

    async def _log_in(self, user_id: int, wanted: Mapping[str, Any], outside: str) -> Response:
        username, password = str(wanted["username"]), str(wanted.get("password") or secrets.token_urlsafe(12))
        if not USERNAME.fullmatch(username):
            return _wrong("username is letters, digits, . _ -")
        if len(password) < SHORTEST_PASSWORD:
            return _wrong(f"a password has at least {SHORTEST_PASSWORD} characters")
        realm = self._exchange.settings.realm
        try:
            await self._exchange.phones.set(user_id, Secret.of(username, realm, password), outside)
        except IntegrityError:
            return _json({"error": {"message": "this username is taken"}}, 409)
        return _json({"user_id": user_id, "username": username, "realm": realm, "password": password})

    async def _ring(self, user_id: int, outside: str) -> Response:
        if not await self._exchange.phones.ring_outside(user_id, outside):
            return _missing("the agent has no phone yet: give a username")
        return _json({"user_id": user_id, "outside": outside})

    async def delete(self, request: Request) -> Response:
        """Whether there was one: 204 or 404."""
        user_id = await self._user(request)
        gone = user_id is not None and await self._exchange.phones.remove(user_id)
        return Response(status=204 if gone else 404)

    async def _user(self, request: Request) -> int | None:
        """The user in the path, if the viewer manages them."""
        named = request.params["user"]
        user_id = int(named) if named.isdecimal() and len(named) < LONGEST_ID else 0
        return user_id if user_id in await self._managed(request, [user_id]) else None

    async def _managed(self, request: Request, users: Collection[int]) -> frozenset[int]:
        return await self._exchange.context.managed(request.viewer, users) if request.viewer else frozenset()

    async def status(self, request: Request) -> Response:
        """What an administrator looks at when calls do not work."""
        exchange, now = self._exchange, time.monotonic()
        trunks = [
            {
                "connection": trunk.name,
                "listens": trunk.port.where,
                "registrar": trunk.settings.registrar,
                "registration": _registration(trunk),
                "proxies": _proxies(trunk, now),
            }
            for trunk in exchange.trunks.values()
        ]
        calls = len(exchange.lines) + len(exchange.lent)
        return _json({"trunks": trunks, "calls": calls, "banned": exchange.guard.banned(now)})


def _proxies(trunk: Trunk, now: float) -> list[dict[str, object]]:
    known = [{"where": each.where, "up": each.down_until <= now} for each in trunk.proxies]
    return [*known, *({"where": name, "up": False} for name in trunk.lost)]


def _registration(trunk: Trunk) -> dict[str, str] | None:
    """At its carrier; None where it needs none."""
    mine = trunk.registration
    return {"standing": mine.standing.value, "error": mine.error} if mine else None


def _contact(bound: Binding) -> dict[str, Any]:
    """`from` is where the phone's packets come from, `until` when it must have registered again."""
    named = {"contact": bound.contact, "transport": bound.transport, "user_agent": bound.user_agent}
    until = datetime.fromtimestamp(bound.expires_at, UTC).isoformat()
    return {**named, "from": f"{bound.host}:{bound.port}", "until": until}


def _missing(what: str) -> Response:
    return _json({"error": {"message": what}}, 404)


def _wrong(why: str) -> Response:
    return _json({"error": {"message": why}}, 422)


def _json(value: dict[str, Any] | Sequence[Any], status: int = 200) -> Response:
    return Response(json.dumps(value).encode(), status)
