"""What the handset's page asks for: whose it may be, what it got, and sending from it."""

from __future__ import annotations

import json
from typing import Annotated

from pydantic import BaseModel, Field, ValidationError

from hub.api import Request, Response
from plugins.demo import story
from plugins.demo.demo import Demo
from plugins.demo.handset.smsc import NoCarrier

Number = Annotated[str, Field(pattern=r"^\+?[0-9]{3,20}$")]


class NewText(BaseModel):
    """A text a customer sends."""

    sender: Number
    to: Number
    text: Annotated[str, Field(min_length=1, max_length=1500)]


class Handset:
    """The routes of the handset."""

    def __init__(self, demo: Demo) -> None:
        self._demo = demo

    async def numbers(self, request: Request) -> Response:
        """Whose it may be, and the site's numbers that take texts."""
        people = [
            {"number": each.tel, "name": each.name, "language": each.language}
            for each in story.people().values()
            if not each.is_organisation
        ]
        return _json({"people": people, "site": self._demo.text_numbers})

    async def texts(self, request: Request) -> Response:
        """The texts of ?number=, those that are new or changed since ?after=."""
        number, after = request.query.get("number", ""), request.query.get("after", "0")
        if not (number.lstrip("+").isdecimal() and after.isdecimal()):
            return _refusal(422, "INVALID")
        try:
            return _json({"items": await self._demo.handsets.texts(number, int(after)), "ready": True})
        except NoCarrier:
            return _json({"items": [], "ready": False})

    async def send(self, request: Request) -> Response:
        """Send a text to the hub."""
        if not request.headers.get("content-type", "").startswith("application/json"):
            return _refusal(415, "UNSUPPORTED")  # which also keeps other sites' forms out
        try:
            new = NewText.model_validate_json(request.body)
        except ValidationError:
            return _refusal(422, "INVALID")
        try:
            return _json({"id": await self._demo.handsets.send(new.sender, new.to, new.text)}, 201)
        except NoCarrier:
            return _refusal(503, "NOT_SENT")


def _json(body: object, status: int = 200) -> Response:
    return Response(json.dumps(body, ensure_ascii=False).encode(), status, headers={"Cache-Control": "no-store"})


def _refusal(status: int, code: str) -> Response:
    return _json({"error": {"code": code}}, status)
