"""The site itself: its plugins, their panels, and its audit log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hub.api import Files
from hub.model.permissions import Permission
from hub.plugin.record import PluginState
from hub.store import audit
from hub.store.audit import AuditEntry
from hub.store.paging import Page
from hub.web.call import Call
from hub.web.fields import Paging, QueryId, Short
from hub.web.routing import Routes

routes = Routes("site")


@dataclass(frozen=True, slots=True)
class PanelItem:
    """A custom element that fills a slot of the inbox; `module` defines it, `titles` are by language. With `channels`,
    it is only for conversations of these. `icon` is the path of an SVG, of one that has a place in the menu."""

    plugin: str
    slot: str
    element: str
    module: str
    titles: Mapping[str, str]
    channels: tuple[str, ...]
    icon: str


@dataclass(frozen=True, slots=True)
class RouteItem:
    """An address a plugin serves, for the plugin's page."""

    method: str
    path: str
    public: bool
    docs: str


@dataclass(frozen=True, slots=True)
class PluginItem:
    """A plugin and how it is. `faults` counts what it raised while at work; the last is `last_fault`."""

    name: str
    version: str
    state: PluginState
    error: str
    faults: int
    last_fault: str
    channels: list[str]
    panels: list[PanelItem]
    routes: list[RouteItem]


class AuditQuery(Paging):
    """Of one action or one user, if asked."""

    action: Short = ""
    user: QueryId | None = None


@routes.get("/plugins", Permission.PLUGINS_MANAGE)
async def list_plugins(call: Call) -> list[PluginItem]:
    """All plugins that are installed or listed, and how they are."""
    registry = call.node.services.registry
    return [
        PluginItem(
            name=plugin.name,
            version=plugin.version,
            state=plugin.state,
            error=plugin.error,
            faults=plugin.faults,
            last_fault=plugin.last_fault,
            channels=sorted(name for name, channel in registry.channels.items() if channel.plugin is plugin),
            panels=_panels(call, plugin.name),
            routes=_routes(call, plugin.name),
        )
        for plugin in registry.plugins
    ]


@routes.get("/panels")
async def list_panels(call: Call) -> list[PanelItem]:
    """The panels of this user's inbox."""
    return [panel for name in call.node.services.registry.panels for panel in _panels(call, name)]


@routes.get("/audit", Permission.AUDIT_READ)
async def list_audit(call: Call, query: AuditQuery) -> Page[AuditEntry]:
    """Who did what that matters for security, newest first."""
    return await call.read(
        lambda conn: audit.entries(conn, query.cursor, query.limit, action=query.action, user_id=query.user)
    )


def _panels(call: Call, plugin: str) -> list[PanelItem]:
    return [
        PanelItem(plugin, panel.slot, panel.element, panel.module, panel.titles, panel.channels, panel.icon)
        for panel in call.node.services.registry.panels.get(plugin, ())
        if not panel.permission or call.actor.may(panel.permission)
    ]


def _routes(call: Call, plugin: str) -> list[RouteItem]:
    declared = call.node.services.registry.routes.get(plugin, ())
    return [
        RouteItem(
            method=getattr(route, "method", "WEBSOCKET"),
            path=(f"/c/{route.channel}" if route.channel else f"/p/{plugin}") + route.path,
            public=getattr(route, "public", True),
            docs=route.docs,
        )
        for route in declared
        if not isinstance(route, Files)
    ]
