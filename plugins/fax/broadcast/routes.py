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
from plugins.fax.broadcast.numbers import MOST, Pasted, pasted
from plugins.fax.broadcast.refusals import Wrong, sentence
from plugins.fax.broadcast.rows import Broadcast
from plugins.fax.broadcast.running import Broadcasts
from plugins.fax.office import Office
from plugins.fax.pages import PageError, PrintOptions
from plugins.fax.remarks import remark
from plugins.fax.states import BroadcastState

PERMISSION: Final = "interactions.supervise"
LARGEST: Final = 20_000_000
SHOWN: Final = 20
"""Lines that are named when no number stands in them."""
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
        """{"items", "accounts"}, of accounts the viewer sees."""
        accounts = await self._office.accounts()
        used = await self._store.read(rows.accounts_used)
        seen = await self._office.seen(request.viewer, {*accounts, *used})
        named = {account.id: account.name for account in accounts.values()}
        items = [_shown(each, named) for each in await self._store.read(partial(rows.all_of, accounts=seen))]
        return _json({"items": items, "accounts": [_account(accounts[each]) for each in accounts if each in seen]})

    async def create(self, request: Request) -> Response:
        """{"id"}; 422 says what is wrong: {"field", "message"}, and the "lines" where no number stands."""
        try:
            new = NewBroadcast.model_validate_json(request.body)
            files = [Attachment(f.name, f.type, base64.b64decode(f.data, validate=True)) for f in new.files]
        except (ValidationError, binascii.Error):
            return _wrong("form", Wrong.FORM, request)
        account = await self._office.account(new.account)
        found = pasted(new.numbers)
        if account is None or not await self._office.seen(request.viewer, [account.id]):
            return _wrong("account", Wrong.ACCOUNT, request)
        if refused := _unusable(found, request):
            return refused
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
        if (broadcast := await self._theirs(request)) is None:
            return _gone(request)
        found = await self._store.read(partial(rows.recipients_of, broadcast=broadcast))
        items = [{**each, "text": remark(each["code"], each["text"], _language(request))} for each in found]
        return _json({"items": items}) if items else _gone(request)

    async def turn(self, request: Request) -> Response:
        """{"done"}: whether anything changed."""
        try:
            wanted = Turn.model_validate_json(request.body).to
        except ValidationError:
            return _wrong("to", Wrong.TURN, request)
        if (broadcast := await self._theirs(request)) is None:
            return _gone(request)
        if wanted == "again":
            done = bool(await self._store.write(partial(rows.again, broadcast=broadcast)))
        else:
            done = await self._store.write(partial(rows.turn, broadcast=broadcast, state=_TURNS[wanted]))
        self._broadcasts.news.set()
        return _json({"done": done})

    async def _theirs(self, request: Request) -> int | None:
        """The broadcast that is asked for, where it is the viewer's to see."""
        number = _number(request)
        account = None if number is None else await self._store.read(partial(rows.account_of, broadcast=number))
        return number if account is not None and await self._office.seen(request.viewer, [account]) else None

    async def _unprintable(self, request: Request, new: NewBroadcast, files: Any) -> Response | None:
        """Better known now than a thousand times later."""
        text = [Attachment("message.txt", "text/plain", new.text.encode())] if new.text.strip() else []
        try:
            await self._office.printer.to_pages([*text, *files], PrintOptions())
        except PageError as error:
            return _refused("files", error.line(_language(request)))
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


def _unusable(found: Pasted, request: Request) -> Response | None:
    """Lines without a number first: they may be why there is none."""
    if lines := list(found.wrong[:SHOWN]):
        return _wrong("numbers", Wrong.LINES, request, lines=lines)
    if not found.recipients:
        return _wrong("numbers", Wrong.NO_NUMBER, request)
    if (count := len(found.recipients)) > MOST:
        return _wrong("numbers", Wrong.TOO_MANY, request, count=count)
    return None


def _wrong(field: str, wrong: Wrong, request: Request, **values: Any) -> Response:
    shown = {name: ", ".join(map(str, value)) if isinstance(value, list) else value for name, value in values.items()}
    return _refused(field, sentence(wrong, _language(request), **shown), **values)


def _refused(field: str, words: str, **more: Any) -> Response:
    return _json({"error": {"code": "INVALID", "field": field, "message": words, **more}}, 422)


def _gone(request: Request) -> Response:
    words = sentence(Wrong.GONE, _language(request))
    return _json({"error": {"code": "NOT_FOUND", "message": words}}, 404)


def _language(request: Request) -> str:
    return request.viewer.language if request.viewer else "en"


def _json(said: Any, status: int = 200) -> Response:
    return Response(json.dumps(said, ensure_ascii=False).encode(), status, headers={"Cache-Control": "no-store"})
