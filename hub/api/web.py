"""Web types of the contract: what a plugin's routes get and give. The core binds them to its server."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypeAlias

from hub.api.messages import Json


@dataclass(frozen=True, slots=True)
class Viewer:
    """The logged-in user behind a request: id, display name, language, permissions."""

    id: int
    name: str
    language: str
    permissions: frozenset[str]


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request. `headers` are lower-case; `body` is whole (at most the route's `max_body` bytes);
    `client` is the peer's address, proxies the site trusts already taken off; `viewer` is None on public routes."""

    method: str
    path: str
    params: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    client: str
    url: str
    viewer: Viewer | None = None

    def json(self) -> Json:
        """The body as JSON; raises ValueError when it is none."""
        parsed: Json = json.loads(self.body)
        return parsed


@dataclass(frozen=True, slots=True)
class Response:
    """One HTTP answer. `body` is sent as it is, with `media_type`."""

    body: bytes = b""
    status: int = 200
    media_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


class Closed(Exception):
    """The other end of a websocket has gone; `code` is the close code."""

    def __init__(self, code: int = 1006) -> None:
        super().__init__(f"websocket closed ({code})")
        self.code = code


class WebSocket(Protocol):
    """An open websocket. `receive` and `send` carry text frames and raise `Closed`. `viewer` is None where the route
    asks for no login."""

    params: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    client: str
    viewer: Viewer | None

    async def accept(self, subprotocol: str | None = None) -> None: ...

    async def receive(self) -> str: ...

    async def send(self, text: str) -> None: ...

    async def close(self, code: int = 1000, reason: str = "") -> None: ...


@dataclass(frozen=True, slots=True)
class Route:
    """An HTTP route under /p/{plugin}/ (or /c/{channel}/ when `channel` is True). `path` starts with "/" and may hold
    {names}. Behind login, with `permission` when given, unless `public`. `docs` is one line for the plugin's page."""

    method: str
    path: str
    endpoint: Callable[[Request], Awaitable[Response]]
    public: bool = False
    permission: str = ""
    channel: str = ""
    max_body: int = 1_000_000
    docs: str = ""


@dataclass(frozen=True, slots=True)
class WebSocketRoute:
    """A websocket under the same prefixes. With `login` only who is logged in gets in, from the site's own pages, with
    `permission` when given; without, it must check the Origin header itself."""

    path: str
    endpoint: Callable[[WebSocket], Awaitable[None]]
    channel: str = ""
    docs: str = ""
    login: bool = False
    permission: str = ""


@dataclass(frozen=True, slots=True)
class Files:
    """A folder of static files, served under /p/{plugin}{path}, public."""

    path: str
    folder: Path


@dataclass(frozen=True, slots=True)
class Panel:
    """A custom element that fills a slot of the inbox: `timeline:<kind>`, `message` (below each), `composer`, `bar`,
    `ticket.side`, `customer.side`, `admin`, `page` (a page of its own, with its title and `icon` in the menu).

    `module` is the URL path of an ES module that defines `element`; titles are per language ("en", "zh"). With
    `channels`, it stands only beside conversations of these. `icon` is the URL path of an SVG, of which the shape is
    drawn in the colour of the menu; "" draws the menu's own for plugins.
    """

    slot: str
    element: str
    module: str
    titles: Mapping[str, str]
    permission: str = ""
    channels: tuple[str, ...] = ()
    icon: str = ""


PluginRoute: TypeAlias = Route | WebSocketRoute | Files
PluginRoutes: TypeAlias = Sequence[PluginRoute]
