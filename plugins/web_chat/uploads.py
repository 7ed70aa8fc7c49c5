"""A file from a visitor: one upload is one message, stored before it is answered."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from fnmatch import fnmatchcase

import orjson
from pydantic import TypeAdapter, ValidationError
from starlette.datastructures import Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from hub.api import AnyAccount, Json, Overloaded, Raw, Request, Response, crash_point
from plugins.web_chat import form, wire
from plugins.web_chat.channel import external_id
from plugins.web_chat.desk import Desk
from plugins.web_chat.frames import ClientId, Problem
from plugins.web_chat.replies import refusal
from plugins.web_chat.settings import Limits
from plugins.web_chat.visitors import Forged, Visitor

_ID: TypeAdapter[str] = TypeAdapter(ClientId)


class _Refused(Exception):
    def __init__(self, answer: Response) -> None:
        super().__init__()
        self.answer = answer


@dataclass(frozen=True, slots=True)
class _Upload:
    token: str
    id: str
    name: str
    media_type: str
    content: bytes


async def upload(desk: Desk, account: AnyAccount, request: Request) -> Response:
    """Multipart form `token`, `id` and `file` → `{"id"}`; sent again with the same id it is the same message."""
    try:
        sent = await _parts(request)
        visitor = _visitor(desk, account, sent)
        _check(account.settings.limits, sent)
        _pace(desk, account, visitor)
    except _Refused as refused:
        return refused.answer
    return await _take(desk, account, request, visitor, sent)


async def _take(desk: Desk, account: AnyAccount, request: Request, visitor: Visitor, sent: _Upload) -> Response:
    meta: dict[str, Json] = {
        "account": account.address.value,
        "token": sent.token,
        "client": request.client,
        "id": sent.id,
        "file": sent.name,
        "media_type": sent.media_type,
    }
    try:
        accepted = await desk.context.emit(account, Raw(sent.content, meta))
    except Overloaded:
        return refusal(503, Problem.OVERLOADED, "try again shortly", 2.0)
    room = desk.rooms.find(visitor.thread)
    if room is not None:
        desk.feed.expect(room, external_id(visitor, sent.id), accepted.raw_id)
    crash_point("after_commit_before_ack")
    if room is not None:
        await desk.away.watch(room)
    return Response(orjson.dumps({"id": sent.id}))


async def _parts(request: Request) -> _Upload:
    async def body() -> AsyncGenerator[bytes, None]:
        yield request.body

    try:
        parts = await MultiPartParser(Headers(request.headers), body(), max_files=1, max_fields=5).parse()
    except (MultiPartException, KeyError) as error:
        raise _Refused(refusal(400, Problem.BAD_FRAME, f"not a multipart form: {error}")) from None
    file = parts.get("file")
    if not isinstance(file, UploadFile):
        raise _Refused(refusal(400, Problem.BAD_FRAME, "a file is needed"))
    content = await file.read()
    await file.close()
    return _Upload(str(parts.get("token", "")), _client_id(parts.get("id")), _name(file.filename), _type(file), content)


def _client_id(said: object) -> str:
    try:
        return _ID.validate_python(said)
    except ValidationError:
        raise _Refused(refusal(400, Problem.BAD_FRAME, "an id is needed")) from None


def _name(name: str | None) -> str:
    """The last part of the name, without what a file system or a screen could trip over."""
    plain = (name or "").replace("\\", "/").rpartition("/")[2]
    return "".join(char for char in plain if char.isprintable())[-120:].strip(" .") or "file"


def _type(file: UploadFile) -> str:
    return (file.content_type or "application/octet-stream").partition(";")[0].strip().lower()


def _visitor(desk: Desk, account: AnyAccount, sent: _Upload) -> Visitor:
    try:
        return desk.visitors.read(sent.token, account.id)
    except Forged as error:
        raise _Refused(refusal(401, Problem.BAD_TOKEN, str(error))) from None


def _check(limits: Limits, sent: _Upload) -> None:
    if not limits.upload_bytes:
        raise _Refused(refusal(403, Problem.NOT_ALLOWED, "this chat takes no files"))
    if len(sent.content) > limits.upload_bytes:
        raise _Refused(refusal(413, Problem.TOO_LARGE, f"a file has at most {limits.upload_bytes} bytes"))
    if not any(fnmatchcase(sent.media_type, pattern) for pattern in limits.upload_types):
        raise _Refused(refusal(415, Problem.NOT_ALLOWED, f"files of type {sent.media_type} are not taken here"))


def _pace(desk: Desk, account: AnyAccount, visitor: Visitor) -> None:
    if wait := desk.wait("upload", visitor.thread, account.settings.limits.uploads):
        raise _Refused(refusal(429, Problem.RATE_LIMITED, "too many files", wait))
    room = desk.rooms.find(visitor.thread)
    begins = room is None or not room.interaction or room.state in wire.OVER
    if begins and form.owed(account.settings, visitor, {}):
        raise _Refused(refusal(409, Problem.FORM_REQUIRED, "the chat begins with the form"))
