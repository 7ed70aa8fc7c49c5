"""Reads request bodies: JSON into a model, or one file, never more bytes than the route allows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import orjson
from pydantic import TypeAdapter
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.types import Message, Receive

from hub.model.errors import Invalid
from hub.web.errors import BadRequest, BodyTooLarge, UnsupportedMediaType

FILE_FIELD = "file"
FORM_OVERHEAD = 10_000  # bytes of a form around its file
# an escaped NUL that is not itself an escaped backslash; PostgreSQL cannot store NUL, so it becomes U+FFFD
_NUL = re.compile(rb"(?<!\\)((?:\\\\)*)\\u0000")


@dataclass(frozen=True, slots=True)
class File:
    """One file as it was sent: the only part of a form called `file`, or the bare body."""

    name: str
    media_type: str
    content: bytes


async def read_json(request: Request, model: TypeAdapter[Any], required: bool, limit: int) -> object:
    """The body as `model`. Raises BadRequest, BodyTooLarge, UnsupportedMediaType; ValidationError is the caller's."""
    content = await read_bytes(request, limit)
    if not content and not required:
        return model.validate_json(b"{}")
    if media_type(request) != "application/json":
        raise UnsupportedMediaType("Send application/json.")
    try:
        orjson.loads(content)  # stricter than pydantic's parser: no NaN, no lone surrogates
    except orjson.JSONDecodeError as error:
        raise BadRequest(f"The body is not JSON: {error}") from error
    return model.validate_json(_NUL.sub(rb"\1\\ufffd", content) if b"\\u0000" in content else content)


async def read_file(request: Request, limit: int) -> File:
    """The file of a form, or the bare body when it is text/csv. Raises as `read_json`, and Invalid without a file."""
    kind = media_type(request)
    if kind == "multipart/form-data":
        return await _file_of_form(request, limit)
    if kind == "text/csv":
        return File("", kind, await read_bytes(request, limit))
    raise UnsupportedMediaType("Send multipart/form-data with a part called “file”.")


async def read_bytes(request: Request, limit: int) -> bytes:
    """The whole body; raises BodyTooLarge as soon as it is known to be longer than `limit` bytes."""
    _check_length(request, limit)
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit:
            raise BodyTooLarge(f"At most {limit} bytes are taken here.")
        chunks.append(chunk)
    return b"".join(chunks)


def media_type(request: Request) -> str:
    """The body's type without its parameters."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _check_length(request: Request, limit: int) -> None:
    length = request.headers.get("content-length", "0")
    if not (length.isascii() and length.isdigit()):
        raise BadRequest("Content-Length is not a number.")
    if int(length) > limit:
        raise BodyTooLarge(f"At most {limit} bytes are taken here.")


async def _file_of_form(request: Request, limit: int) -> File:
    _check_length(request, limit + FORM_OVERHEAD)
    whole = await read_bytes(request, limit + FORM_OVERHEAD)
    again = Request(request.scope, _replay(whole))
    try:
        async with again.form(max_files=1, max_fields=10) as form:
            part = form.get(FILE_FIELD)
            if not isinstance(part, UploadFile):
                raise Invalid(fields={FILE_FIELD: "A file is needed."})
            content = await part.read()
            return File(part.filename or "", part.content_type or "application/octet-stream", content)
    except (MultiPartException, HTTPException) as error:
        raise BadRequest("The form could not be read.") from error


def _replay(content: bytes) -> Receive:
    async def receive() -> Message:
        return {"type": "http.request", "body": content, "more_body": False}

    return receive
