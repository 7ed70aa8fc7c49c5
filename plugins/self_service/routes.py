"""The plugin's page: which flows there are, what is wrong with them, on or off, and a rehearsal of each."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from hub import api
from hub.api import Context, Files, FlowStep, PluginRoutes, Request, Response, Route
from plugins.self_service import links, switches
from plugins.self_service.library import Library
from plugins.self_service.marks import Complaint, ScriptError
from plugins.self_service.outcome import lines
from plugins.self_service.rehearsal import Rehearsal, StageWorld, dialogue
from plugins.self_service.script import Script, parse
from plugins.self_service.texts import in_language
from plugins.self_service.world import read_file

MANAGE, SWITCH = "queues.manage", "interactions.reply"
MEDIA = frozenset({"VOICE", "LIVE_TEXT", "DEFERRED"})


class Page:
    """The endpoints of one site."""

    def __init__(self, context: Context, library: Library) -> None:
        self._context = context
        self._library = library

    async def flows(self, request: Request) -> Response:
        """Every flow, and every file that is wrong."""
        self._library.refresh()
        switched = await self._context.store.read(switches.all_of)
        language = request.viewer.language if request.viewer else "en"
        items = [_item(script, switched.get(name), language) for name, script in self._library.scripts.items()]
        complaints = [_complaint(each) for found in self._library.complaints.values() for each in found]
        return _json({"items": items, "complaints": complaints})

    async def source(self, request: Request) -> Response:
        """The script as it is written."""
        if self._library.script(request.params["flow"]) is None:
            return _json({"error": "There is no such flow."}, 404)
        path = self._library.file_of(request.params["flow"])
        return Response(path.read_bytes(), media_type="text/plain; charset=utf-8")

    async def switch(self, request: Request) -> Response:
        """On or off, from the next contact on."""
        name, said = request.params["flow"], _object(request)
        if self._library.script(name) is None:
            return _json({"error": "There is no such flow."}, 404)
        if not isinstance(said.get("on"), bool):
            return _json({"error": "`on` is true or false."}, 422)
        by = request.viewer.name if request.viewer else ""
        await self._context.store.write(lambda conn: switches.switch(conn, name, bool(said["on"]), by))
        return _json({"flow": name, "on": said["on"]})

    async def rehearse(self, request: Request) -> Response:
        """One step of a rehearsal: {text | flow, state?, answer?, language, medium, closed} → what would be said."""
        said = _object(request)
        try:
            script = self._script(said)
        except ScriptError as error:
            return _json({"complaints": [_complaint(each) for each in error.complaints]}, 422)
        if script is None:
            return _json({"error": "There is no such flow."}, 404)
        medium = said.get("medium") if said.get("medium") in MEDIA else "LIVE_TEXT"
        speaks = dialogue("zh" if said.get("language") == "zh" else "en", str(medium))
        rehearsal = Rehearsal(script, _world(said), speaks, said.get("state"))
        step = await (rehearsal.start() if said.get("state") is None else rehearsal.hear(str(said.get("answer", ""))))
        return _json(_shown(rehearsal, step, script, request.viewer.language if request.viewer else "en"))

    async def file(self, request: Request) -> Response:
        """What `link_hours` of a `send` gave an address."""
        name, until, signature = (request.params[each] for each in ("name", "until", "signature"))
        if not links.holds(self._context.key(links.PURPOSE), name, until, signature, datetime.now(UTC)):
            return Response(
                "This address is not valid any more. 链接已失效。".encode(), 404, "text/plain; charset=utf-8"
            )
        found = await asyncio.to_thread(read_file, self._library.folder, name)
        if found is None:
            return _json({"error": "There is no such file."}, 404)
        headers = {
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(found.name)}",
            "Cache-Control": "private",
        }
        return Response(found.content, media_type=found.media_type, headers=headers)

    def _script(self, said: Mapping[str, Any]) -> Script | None:
        if isinstance(said.get("text"), str):
            return parse(said["text"], folder=self._library.folder)
        return self._library.script(str(said.get("flow", "")))


def routes(context: Context, library: Library) -> PluginRoutes:
    """Behind login; whoever works in the queues may switch, whoever manages them may look and rehearse."""
    page = Page(context, library)
    return [
        Route("GET", "/flows", page.flows, permission=SWITCH, docs="Flows, switches and mistakes"),
        Route("GET", "/flows/{flow}", page.source, permission=MANAGE, docs="A script as it is written"),
        Route("POST", "/flows/{flow}/switch", page.switch, permission=SWITCH, docs="Switch a flow on or off"),
        Route("POST", "/rehearse", page.rehearse, permission=MANAGE, docs="One step of a rehearsal"),
        Route("GET", links.ROUTE, page.file, public=True, docs="A file that a flow sent somebody the address of"),
        Files("/static", Path(__file__).parent / "static"),
    ]


def _item(script: Script, switched: Mapping[str, Any] | None, language: str) -> dict[str, Any]:
    said = switched or {"on": True, "by": "", "at": None}
    title = in_language(script.head.title, language) or script.name
    return {"flow": script.name, "title": title, "nodes": len(script.nodes), **said}


def _shown(rehearsal: Rehearsal, step: FlowStep, script: Script, language: str) -> dict[str, Any]:
    asked = step.prompts[-1].choices if isinstance(step, api.Ask) and step.prompts else ()
    offered = step.meanwhile if isinstance(step, api.HandOver) else asked
    return {
        "lines": lines(step, language),
        "speech": [prompt.speech for prompt in step.prompts if prompt.speech],
        "choices": [{"key": choice.key, "label": choice.label} for choice in offered],
        "state": rehearsal.state,
        "over": rehearsal.over,
        "flow": script.name,
    }


def _world(said: Mapping[str, Any]) -> StageWorld:
    world = StageWorld()
    if said.get("closed"):
        world.queues = {"rehearsal": {"open": False, "waiting": 0, "agents": 0, "opens_at": None}}
    return world


def _complaint(complaint: Complaint) -> dict[str, Any]:
    place = {"file": complaint.file, "line": complaint.place.line, "column": complaint.place.column}
    return {**place, "sentence": complaint.sentence, "warning": complaint.warning}


def _object(request: Request) -> Mapping[str, Any]:
    try:
        said = request.json()
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _json(value: Any, status: int = 200) -> Response:
    return Response(json.dumps(value, ensure_ascii=False).encode(), status)
