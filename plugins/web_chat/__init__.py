"""Web chat: a widget that a site adds with one script tag, and the channel behind it."""

from collections.abc import Awaitable, Mapping, Sequence

from hub.api import Channel, Context, Event, Json, PluginRoutes, hookimpl
from plugins.web_chat.desk import Desk
from plugins.web_chat.endpoints import routes

_desks: list[Desk] = []
"""One a site (tests run several in one process). An event wakes all: that costs a read and says nothing wrong."""


def _desk(context: Context) -> Desk:
    for desk in _desks:
        if desk.context is context:
            return desk
    _desks.append(Desk(context))
    return _desks[-1]


@hookimpl
def hub_channels(context: Context) -> Sequence[Channel]:
    return [_desk(context).channel]


@hookimpl
def hub_routes(context: Context) -> PluginRoutes:
    return routes(_desk(context))


@hookimpl
async def hub_start(context: Context) -> None:
    desk = _desk(context)
    try:
        await desk.run()
    finally:
        _desks.remove(desk)


@hookimpl
def hub_event(event: Event) -> None:
    for desk in _desks:
        desk.observe(event)


@hookimpl
def hub_timer(context: Context, name: str, payload: Mapping[str, Json]) -> Awaitable[None]:
    return _desk(context).away.due(payload)
