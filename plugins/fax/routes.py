"""What screens ask for: how a fax fared, its report, the log of a number."""

from __future__ import annotations

import json
from functools import partial
from typing import Any, Final

from sqlalchemy import Connection

from hub.api import PluginRoutes, Request, Response, Route
from plugins.fax import log_book, report
from plugins.fax.broadcast import routes as broadcasting
from plugins.fax.channel import FaxChannel
from plugins.fax.log_book import Call
from plugins.fax.outgoing import jobs
from plugins.fax.outgoing.jobs import Job

READ: Final = "interactions.read"
MANAGE: Final = "connections.manage"
_NO_FAX_YET: Final = {"state": "", "attempts": []}
_NOT_FOUND: Final = Response(b'{"error": {"code": "NOT_FOUND", "message": "There is no such fax."}}', 404)


def routes(channel: FaxChannel) -> PluginRoutes:
    """Behind login."""
    desk = _Desk(channel)
    return [
        Route("GET", "/messages/{message}", desk.message, permission=READ, docs="How a fax that was sent fares."),
        Route("GET", "/messages/{message}/report", desk.report, permission=READ, docs="The same, to be printed."),
        Route("GET", "/log", desk.log, permission=MANAGE, docs="The newest faxes of each number, in and out."),
        *broadcasting.routes(channel.office, channel.broadcasts),
    ]


class _Desk:
    def __init__(self, channel: FaxChannel) -> None:
        self._office, self._context = channel.office, channel.office.context

    async def message(self, request: Request) -> Response:
        """{"state", "page", "of", "attempts", "next_at"}; the state is "" for what is not dialled yet, or is no fax."""
        made = await self._made(request)
        if made is None:
            return _json(_NO_FAX_YET)
        found = await self._seen(request, made)
        return _json(report.as_json(*found, _language(request))) if found else _NOT_FOUND

    async def report(self, request: Request) -> Response:
        """A page."""
        made = await self._made(request)
        found = await self._seen(request, made) if made else None
        if found is None:
            return _NOT_FOUND
        headers = {"Content-Security-Policy": report.CSP}
        return Response(
            report.page(*found, _language(request)).encode(), media_type="text/html; charset=utf-8", headers=headers
        )

    async def log(self, request: Request) -> Response:
        """[{"account", "name", "calls"}]: the newest hundred of each the viewer sees."""
        listed, accounts = [], await self._office.accounts()
        seen = await self._office.seen(request.viewer, accounts)
        for account in (each for each in accounts.values() if each.id in seen):
            made = await self._context.store.read(partial(log_book.newest, account_id=account.id))
            calls = [report.call_as_json(call, _language(request)) for call in made]
            listed.append({"account": account.address.value, "name": account.name, "calls": calls})
        return _json(listed)

    async def _made(self, request: Request) -> tuple[Job, list[Call]] | None:
        number = request.params["message"]
        if not number.isdecimal() or len(number) > 18:
            return None

        def look(conn: Connection) -> tuple[Job, list[Call]] | None:
            job = jobs.of_message(conn, int(number))
            return (job, log_book.attempts(conn, int(number))) if job else None

        return await self._context.store.read(look)

    async def _seen(self, request: Request, made: tuple[Job, list[Call]]) -> tuple[Job, list[Call]] | None:
        """None when it is not the viewer's to see."""
        viewer = request.viewer
        return made if viewer and await self._context.sees(viewer, made[0].interaction_id) else None


def _language(request: Request) -> str:
    return request.viewer.language if request.viewer else "en"


def _json(said: Any) -> Response:
    return Response(json.dumps(said, ensure_ascii=False).encode(), headers={"Cache-Control": "no-store"})
