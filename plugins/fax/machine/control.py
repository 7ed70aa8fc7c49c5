"""What the machine is told over HTTP, on loopback alone, and what it answers."""

from __future__ import annotations

import asyncio
import io
import json
from pathlib import Path
from typing import Any, Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from hub.api import Attachment
from plugins.fax.machine.machine import Machine
from plugins.fax.pages import PageError, Printer, PrintOptions

LARGEST: Final = 25_000_000
_TIFF: Final = "image/tiff"


def application(machine: Machine, printer: Printer) -> Starlette:
    """GET /state, POST /faxes?to=&keys= with a document or none, PUT /answers, GET /faxes/{id} and its /pages/{n}."""
    desk = _Desk(machine, printer)
    return Starlette(
        routes=[
            Route("/state", desk.state),
            Route("/faxes", desk.send, methods=["POST"]),
            Route("/answers", desk.answers, methods=["PUT"]),
            Route("/faxes/{id:int}", desk.document),
            Route("/faxes/{id:int}/pages/{page:int}", desk.page),
        ]
    )


class _Desk:
    def __init__(self, machine: Machine, printer: Printer) -> None:
        self._machine, self._printer = machine, printer

    async def state(self, request: Request) -> Response:
        """Its number, whether it answers, every fax there was."""
        machine = self._machine
        entries = [entry.as_json() for entry in machine.entries]
        about = {"number": machine.number, "answers": machine.answers, "busy": machine.telephone.busy}
        return JSONResponse({**about, "entries": entries})

    async def send(self, request: Request) -> Response:
        """A document, to a number; none, with `keys`: the other side is to send. `hub` is where it calls."""
        to, keys = request.query_params.get("to", ""), request.query_params.get("keys", "")
        if (where := request.query_params.get("hub", "").rpartition(":"))[1]:
            self._machine.telephone.hub = (where[0], int(where[2]))
        if not (body := await request.body()):
            return JSONResponse(self._machine.fetch(to, keys).as_json(), 201)
        try:
            tiff = await self._printed(body, request.headers.get("content-type", ""))
        except PageError as error:
            return JSONResponse({"error": error.line(request.query_params.get("language", "en"))}, 422)
        return JSONResponse(self._machine.send(to, tiff).as_json(), 201)

    async def answers(self, request: Request) -> Response:
        """{"on": false}: busy from now on."""
        self._machine.answers = bool(json.loads(await request.body()).get("on"))
        return Response(status_code=204)

    async def document(self, request: Request) -> Response:
        """The pages of one that came in, a TIFF."""
        path = self._machine.file(request.path_params["id"])
        if path is None:
            return Response(status_code=404)
        return Response(await asyncio.to_thread(path.read_bytes), media_type=_TIFF)

    async def page(self, request: Request) -> Response:
        """One page of it, counted from 1, to be looked at: a PNG with square pixels."""
        path = self._machine.file(request.path_params["id"])
        picture = await asyncio.to_thread(_picture, path, request.path_params["page"]) if path else None
        return Response(picture, media_type="image/png") if picture else Response(status_code=404)

    async def _printed(self, body: bytes, media_type: str) -> bytes:
        """A fax that came in can be sent on as it is; all else is printed."""
        if media_type == _TIFF:
            return body
        pages = await self._printer.to_pages([Attachment("document", media_type, body)], PrintOptions())
        return pages.tiff


def _picture(path: Path, number: int) -> bytes | None:
    from PIL import Image  # takes a while to load

    with Image.open(path) as document:
        if not 1 <= number <= getattr(document, "n_frames", 1):
            return None
        document.seek(number - 1)
        across, down = document.info.get("dpi", (204, 196))
        size = (document.width // 2, int(document.height * float(across) / float(down)) // 2)
        out = io.BytesIO()
        document.convert("L").resize(size).save(out, "PNG")
        return out.getvalue()


def said(machine: Machine, control: int) -> dict[str, Any]:
    """What whoever started it reads."""
    return {"number": machine.number, "sip": machine.telephone.port, "control": control}
