"""What a script does between two questions."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from hub.api import Content, Json, Sending
from plugins.self_service.leaving import address
from plugins.self_service.nodes import Act, Branch, Fetch, Remember, Say, Send, Switch, Ticket
from plugins.self_service.walk import Walk
from plugins.self_service.world import Wanted

log = logging.getLogger(__name__)


async def act(walk: Walk, node: Act) -> str:
    """Do it; the name of the node that follows."""
    return await _ACTS[type(node)](walk, node)


async def _say(walk: Walk, node: Say) -> str:
    walk.say(node)
    return node.next


async def _branch(walk: Walk, node: Branch) -> str:
    return next((when.go for when in node.when if walk.holds(when.condition)), node.otherwise)


async def _remember(walk: Walk, node: Remember) -> str:
    walk.memory.values |= {name: walk.text(text) for name, text in node.values.items()}
    walk.memory.attributes |= {name: walk.text(text) for name, text in node.attributes.items()}
    walk.memory.language = node.language or walk.memory.language
    return node.next


async def _ticket(walk: Walk, node: Ticket) -> str:
    found = await walk.world.ticket(walk.text(node.serial), walk.text(node.proof))
    walk.memory.values[node.into] = dict(found or {})
    return node.found if found else node.missing


async def _fetch(walk: Walk, node: Fetch) -> str:
    headers = {name: walk.text(text) for name, text in node.headers.items()}
    body = {name: _filled(walk, value) for name, value in node.body.items()} if node.body else None
    found = await walk.world.fetch(Wanted(walk.url(node.url), node.method, headers, body, node.timeout))
    walk.memory.values[node.into] = found
    return node.missing if found is None else node.found


async def _send(walk: Walk, node: Send) -> str:
    to = address(walk.text(node.to))
    if to is None:
        log.warning("flow %s: there is no address to send to", walk.script.name)
        return node.next
    walk.sends.append(Sending(to, await _content(walk, node), address(walk.text(node.sender))))
    return node.next


async def _content(walk: Walk, node: Send) -> Content:
    text, subject = walk.text(node.text), walk.text(node.subject)
    fields: dict[str, Json] = {"subject": subject} if subject else {}
    if node.on_call:
        fields["on_call"] = True
    files = [await walk.world.file(walk.script.folder, name) for name in node.files]
    found = tuple(file for file in files if file)
    if not node.link_hours:
        return Content(text, fields=fields, attachments=found)
    links = [walk.world.link(file.name, node.link_hours) for file in found]
    return Content("\n".join([text, *links]).strip(), fields=fields)


async def _switch(walk: Walk, node: Switch) -> str:
    await walk.world.switch(node.flow or walk.script.name, node.on, f"flow {walk.script.name}")
    return node.next


_ACTS: Mapping[type[Any], Callable[[Walk, Any], Awaitable[str]]] = {
    Say: _say,
    Branch: _branch,
    Remember: _remember,
    Ticket: _ticket,
    Fetch: _fetch,
    Send: _send,
    Switch: _switch,
}


def _filled(walk: Walk, value: Any) -> Any:
    return walk.text(value) if isinstance(value, str) else value
