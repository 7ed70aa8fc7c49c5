"""What the fax machine's page asks for: numbers, what it has faxed and got, pages, and dialling."""

from __future__ import annotations

import json
from collections.abc import Mapping

import httpx

from hub.api import Request, Response
from plugins.demo.demo import TROUBLE, Demo
from plugins.demo.fax_machine.process import NUMBER, NoMachine

LARGEST = 10_000_000


class FaxMachine:
    """The routes of the machine."""

    def __init__(self, demo: Demo) -> None:
        self._demo = demo

    async def state(self, request: Request) -> Response:
        """Whether it is on, its number, the site's fax numbers and telephones, and every fax there was."""
        known = {"number": NUMBER, "site": self._demo.fax_numbers, "voice": self._demo.numbers}
        try:
            return _json({**known, "on": True, **await self._demo.machine.state()})
        except NoMachine:
            return _json({**known, "on": False, "entries": []})

    async def send(self, request: Request) -> Response:
        """Put the document in (the body), and dial ?to=; without one, press ?keys= and START."""
        if request.headers.get("x-desk") != "1":
            return _json({"error": {"code": "UNSUPPORTED"}}, 415)  # which keeps other sites' forms out
        try:
            hub = await self._demo.telephone()
            query = {name: request.query.get(name, "") for name in ("to", "keys", "language")}
            answer = await self._demo.machine.ask(
                "POST", "/faxes", {**query, "hub": f"{hub[0]}:{hub[1]}"}, request.body, _kind(request.headers)
            )
        except (NoMachine, *TROUBLE):
            return _json({"error": {"code": "NOT_YET"}}, 503)
        return _passed(answer)

    async def page(self, request: Request) -> Response:
        """One page of a fax that came in, a picture."""
        fax, page = request.params["fax"], request.params["page"]
        if not (fax.isdecimal() and page.isdecimal()):
            return Response(status=404)
        try:
            return _passed(await self._demo.machine.ask("GET", f"/faxes/{fax}/pages/{page}"))
        except NoMachine:
            return Response(status=503)


def _kind(headers: Mapping[str, str]) -> str:
    return headers.get("content-type", "").partition(";")[0]


def _passed(answer: httpx.Response) -> Response:
    kind = answer.headers.get("content-type", "application/json")
    return Response(answer.content, answer.status_code, kind, {"Cache-Control": "no-store"})


def _json(body: object, status: int = 200) -> Response:
    return Response(json.dumps(body, ensure_ascii=False).encode(), status, headers={"Cache-Control": "no-store"})
