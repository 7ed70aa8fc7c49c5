"""What the broadcasts' page asks for: a list, a new one, its recipients, pause, go on, cancel, again."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, Field, ValidationError

from hub.api import AnyAccount, Attachment, PluginRoutes, Request, Response, Route
from plugins.fax.broadcast import rows
from plugins.fax.broadcast.numbers import MOST, pasted
from plugins.fax.broadcast.rows import Broadcast
from plugins.fax.broadcast.running import Broadcasts
from plugins.fax.office import Office
from plugins.fax.pages import PageError, PrintOptions
from plugins.fax.remarks import remark
from plugins.fax.settings import NAME
from plugins.fax.states import BroadcastState

PERMISSION: Final = "interactions.supervise"
LARGEST: Final = 20_000_000
_TURNS: Final = {"pause": BroadcastState.PAUSED, "resume": BroadcastState.RUNNING, "cancel": BroadcastState.CANCELLED}


class NewFile(BaseModel):
    """`data` is base64."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    type: Annotated[str, Field(max_length=100)] = "application/octet-stream"
    data: str


class NewBroadcast(BaseModel):
    """`numbers`: a line each, as pasted."""

    account: int
    title: Annotated[str, Field(min_length=1, max_length=200)]
    text: Annotated[str, Field(max_length=20_000)] = ""
    numbers: Annotated[str, Field(min_length=1, max_length=500_000)]
    files: Annotated[list[NewFile], Field(max_length=10)] = []


class Turn(BaseModel):
    """What is to become of one."""

    to: Literal["pause", "resume", "cancel", "again"]


def routes(office: Office, broadcasts: Broadcasts) -> PluginRoutes:
    """For supervisors."""
    desk = _Desk(office, broadcasts)
    return [
        Route("GET", "/broadcasts", desk.list, permission=PERMISSION, docs="Broadcasts, and the numbers to send from."),
        Route("POST", "/broadcasts", desk.create, permission=PERMISSION, max_body=LARGEST, docs="A new one."),
        Route("GET", "/broadcasts/{broadcast}", desk.recipients, permission=PERMISSION, docs="Each number's result."),
        Route(
            "POST", "/broadcasts/{broadcast}", desk.turn, permission=PERMISSION, docs="Pause, resume, cancel, again."
        ),
    ]


class _Desk:
    def __init__(self, office: Office, broadcasts: Broadcasts) -> None:
        self._office, self._broadcasts = office, broadcasts
        self._store = office.context.store

    async def list(self, request: Request) -> Response:
        """{"items", "accounts"}."""
        accounts = await self._office.context.accounts(NAME)
        named = {account.id: account.name for account in accounts}
        items = [_shown(each, named) for each in await self._store.read(rows.all_of)]
        return _json({"items": items, "accounts": [_account(account) for account in accounts]})

    async def create(self, request: Request) -> Response:
        """{"id"}; 422 says what is wrong: {"field", "lines" or "message"}."""
        try:
            new = NewBroadcast.model_validate_json(request.body)
            files = [Attachment(f.name, f.type, base64.b64decode(f.data, validate=True)) for f in new.files]
        except (ValidationError, binascii.Error):
            return _wrong("form", message="This is not complete.")
        account = await self._office.account(new.account)
        found = pasted(new.numbers)
        if account is None:
            return _wrong("account", message="There is no such number.")
        if found.wrong or not 0 < len(found.recipients) <= MOST:
            return _wrong("numbers", lines=list(found.wrong[:20]))
        if problem := await self._unprintable(request, new, files):
            return problem
        by = request.viewer.name if request.viewer else ""
        made = await self._store.write(
            lambda conn: rows.create(conn, account.id, new.title, by, files, new.text, found.recipients)
        )
        self._broadcasts.news.set()
        return _json({"id": made, "recipients": len(found.recipients)}, 201)

    async def recipients(self, request: Request) -> Response:
        """{"items"}."""
        if (broadcast := _number(request)) is None:
            return _json({"error": {"code": "NOT_FOUND"}}, 404)
        found = await self._store.read(partial(rows.recipients_of, broadcast=broadcast))
        language = request.viewer.language if request.viewer else "en"
        items = [{**each, "text": remark(each["code"], each["text"], language)} for each in found]
        return _json({"items": items}) if items else _json({"error": {"code": "NOT_FOUND"}}, 404)

    async def turn(self, request: Request) -> Response:
        """{"done"}: whether anything changed."""
        try:
            wanted = Turn.model_validate_json(request.body).to
        except ValidationError:
            return _wrong("to", message="pause, resume, cancel or again")
        if (broadcast := _number(request)) is None:
            return _json({"error": {"code": "NOT_FOUND"}}, 404)
        if wanted == "again":
            done = bool(await self._store.write(partial(rows.again, broadcast=broadcast)))
        else:
            done = await self._store.write(partial(rows.turn, broadcast=broadcast, state=_TURNS[wanted]))
        self._broadcasts.news.set()
        return _json({"done": done})

    async def _unprintable(self, request: Request, new: NewBroadcast, files: Any) -> Response | None:
        """Better known now than a thousand times later."""
        text = [Attachment("message.txt", "text/plain", new.text.encode())] if new.text.strip() else []
        language = request.viewer.language if request.viewer else "en"
        try:
            await self._office.printer.to_pages([*text, *files], PrintOptions())
        except PageError as error:
            return _wrong("files", message=error.line(language))
        return None


def _number(request: Request) -> int | None:
    said = request.params["broadcast"]
    return int(said) if said.isdecimal() and len(said) < 10 else None


def _shown(broadcast: Broadcast, accounts: Mapping[int, str]) -> dict[str, Any]:
    return {
        "id": broadcast.id,
        "title": broadcast.title,
        "account": accounts.get(broadcast.account_id, ""),
        "state": broadcast.state,
        "made_by": broadcast.made_by,
        "made_at": broadcast.made_at.isoformat(timespec="seconds"),
        "counts": dict(broadcast.counts),
    }


def _account(account: AnyAccount) -> dict[str, Any]:
    return {"id": account.id, "name": account.name, "number": account.address.value}


def _wrong(field: str, **more: Any) -> Response:
    return _json({"error": {"code": "INVALID", "field": field, **more}}, 422)


def _json(said: Any, status: int = 200) -> Response:
    return Response(json.dumps(said, ensure_ascii=False).encode(), status, headers={"Cache-Control": "no-store"})
