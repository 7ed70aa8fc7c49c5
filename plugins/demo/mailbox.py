"""The mailbox on the desk: read what came, write to the site by real SMTP. Every address at customers.test is one."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import asdict
from email.message import EmailMessage
from typing import Annotated
from urllib.parse import quote

from pydantic import AfterValidator, BaseModel, Field, ValidationError

from hub.api import Request, Response
from plugins.demo import letters, mails, story
from plugins.demo.demo import TROUBLE, Demo, NotYet
from plugins.demo.letters import File, Letter
from plugins.demo.settings import MAIL_DOMAIN

MOST_BYTES = 14_000_000
"""Of a posted mail: some 10 MB of files, as base64."""

SHOWN = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; sandbox; frame-ancestors 'self'"
"""A mail's own HTML runs nothing, fetches nothing, and is nobody's origin."""

_ADDRESS = r"^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}@"


def _bytes(value: str) -> str:
    try:
        base64.b64decode(value, validate=True)
    except binascii.Error as error:
        raise ValueError("files are sent as base64") from error
    return value


class Upload(BaseModel):
    """A file that goes with a mail; `data` is base64."""

    name: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]+$")]
    type: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.+-]*/[a-z0-9][a-z0-9.+-]*$")] = "application/octet-stream"
    data: Annotated[str, AfterValidator(_bytes)]


class NewMail(BaseModel):
    """A mail a customer sends; `answers` is the id of the one it replies to."""

    sender: Annotated[str, Field(pattern=rf"{_ADDRESS}{MAIL_DOMAIN}$")]
    name: Annotated[str, Field(max_length=100, pattern=r"^[^\x00-\x1f]*$")] = ""
    to: Annotated[str, Field(pattern=rf"{_ADDRESS}[A-Za-z0-9.-]{{1,200}}$")]
    subject: Annotated[str, Field(max_length=500, pattern=r"^[^\x00-\x1f]*$")] = ""
    text: Annotated[str, Field(min_length=1, max_length=100_000)]
    answers: Annotated[int, Field(ge=1, le=2**53)] | None = None
    files: Annotated[list[Upload], Field(max_length=10)] = []


class Mailbox:
    """The routes of the mailbox."""

    def __init__(self, demo: Demo) -> None:
        self._demo = demo

    async def addresses(self, request: Request) -> Response:
        """Whom one may be, and where one may write."""
        people = [
            {"address": each.address, "name": each.name, "language": each.language} for each in story.people().values()
        ]
        return _json({"people": people, "site": self._demo.mail_addresses, "domain": MAIL_DOMAIN})

    async def box(self, request: Request) -> Response:
        """The mails of ?address=, newest first."""
        found = await self._demo.context.store.read(lambda conn: mails.box(conn, request.query.get("address", "")))
        return _json({"items": [asdict(entry) for entry in found]})

    async def message(self, request: Request) -> Response:
        """One mail, which thereby is seen."""
        number, letter = await self._letter(request)
        if letter is None:
            return _refusal(404, "NOT_FOUND")
        await self._demo.context.store.write(lambda conn: mails.mark_seen(conn, number))
        files = [{"name": file.name, "type": file.media_type, "size": len(file.content)} for file in letter.files]
        said = {key: getattr(letter, key) for key in ("sender", "sender_name", "to", "subject", "text")}
        return _json({"id": number, **said, "html": bool(letter.html), "files": files})

    async def shown(self, request: Request) -> Response:
        """The mail's HTML for a frame."""
        _, letter = await self._letter(request)
        if letter is None or not letter.html:
            return _refusal(404, "NOT_FOUND")
        return Response(
            letter.html.encode(), media_type="text/html; charset=utf-8", headers={"Content-Security-Policy": SHOWN}
        )

    async def file(self, request: Request) -> Response:
        """An attachment, always as a download."""
        _, letter = await self._letter(request)
        place = int(request.params["place"]) if request.params["place"].isdecimal() else -1
        if letter is None or not 0 <= place < len(letter.files):
            return _refusal(404, "NOT_FOUND")
        file = letter.files[place]
        headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name)}"}
        return Response(file.content, media_type="application/octet-stream", headers=headers)

    async def send(self, request: Request) -> Response:
        """Send a mail to the hub."""
        if not request.headers.get("content-type", "").startswith("application/json"):
            return _refusal(415, "UNSUPPORTED")  # which also keeps other sites' forms out
        try:
            new = NewMail.model_validate_json(request.body)
        except ValidationError as error:
            return _refusal(422, "INVALID", str(error.errors(include_input=False)[0]["loc"][0]))
        try:
            return _json({"id": await self._demo.send(await self._written(new), new.sender)}, 201)
        except NotYet:
            return _refusal(503, "NOT_YET")
        except TROUBLE:
            return _refusal(502, "NOT_SENT")

    async def _written(self, new: NewMail) -> EmailMessage:
        answered = await self._read(new.answers) if new.answers else None
        files = [File(each.name, each.type, base64.b64decode(each.data)) for each in new.files]
        return letters.write(new.sender, new.to, new.subject, new.text, answers=answered, files=files, name=new.name)

    async def _letter(self, request: Request) -> tuple[int, Letter | None]:
        number = int(request.params["mail"]) if request.params["mail"].isdecimal() else 0
        return number, await self._read(number)

    async def _read(self, number: int) -> Letter | None:
        found = await self._demo.context.store.read(lambda conn: mails.read(conn, min(number, 2**53)))
        return letters.read(found[1]) if found else None


def _json(body: object, status: int = 200) -> Response:
    return Response(json.dumps(body, ensure_ascii=False).encode(), status, headers={"Cache-Control": "no-store"})


def _refusal(status: int, code: str, field: str = "") -> Response:
    return _json({"error": {"code": code, "field": field}}, status)
