"""`POST /p/fax/preview`: what a draft will look like as pages, before it is sent."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import replace
from datetime import tzinfo
from typing import Final

from pydantic import Base64Bytes, BaseModel, Field, ValidationError

from hub.api import (
    Address,
    AnyAccount,
    Attachment,
    Context,
    Files,
    Misconfigured,
    Outbound,
    PluginRoutes,
    Request,
    Response,
    Route,
)
from plugins.fax.outgoing import printing
from plugins.fax.pages import PageError, Printer, PrintOptions
from plugins.fax.screens import STATIC
from plugins.fax.settings import NAME, SCHEME, FaxSettings

_LARGEST: Final = 40_000_000
"""Bytes of a draft, its files in base64."""


class _File(BaseModel):
    name: str = Field(max_length=400)
    media_type: str = Field(default="", max_length=200)
    content: Base64Bytes


class _Draft(BaseModel):
    """As the composer has it; `account` is the number it goes out from."""

    account: int
    to: str = Field(default="", max_length=200)
    text: str = Field(default="", max_length=100_000)
    subject: str = Field(default="", max_length=1_000)
    quality: str = Field(default="", max_length=20)
    cover: str = Field(default="", max_length=40)
    files: list[_File] = Field(default_factory=list, max_length=50)


def routes(context: Context, printer: Printer) -> PluginRoutes:
    """Under /p/fax/."""
    desk = _Desk(context, printer)
    write = "interactions.reply"
    return [
        Route("POST", "/preview", desk.preview, permission=write, max_body=_LARGEST, docs="A draft as pages."),
        Files("/static", STATIC),
    ]


class _Desk:
    def __init__(self, context: Context, printer: Printer) -> None:
        self._context, self._printer = context, printer

    async def preview(self, request: Request) -> Response:
        """{"count", "pages": [PNG in base64]}; 422 with a sentence where there will be no pages."""
        try:
            draft = _Draft.model_validate_json(request.body)
        except (ValidationError, binascii.Error):
            return _refused(400, "MALFORMED", "This is no draft.")
        account = await self._account(draft.account)
        if account is None:
            return _refused(404, "NOT_FOUND", "There is no such number.")
        viewer = request.viewer
        message = _message(draft, viewer.name if viewer else "", account)
        try:
            options = _options(account, message, self._zone)
            pages = await self._printer.to_pages(
                printing.documents(message, covered=options.cover is not None), options
            )
        except PageError as error:
            return _refused(422, error.problem, error.line(viewer.language if viewer else "en"))
        except Misconfigured as error:
            return _refused(422, error.code, str(error))
        shown = [base64.b64encode(page).decode() for page in pages.previews]
        return _json({"count": pages.count, "pages": shown})

    @property
    def _zone(self) -> tzinfo | None:
        settings = self._context.settings
        return settings.zone if isinstance(settings, FaxSettings) else None

    async def _account(self, wanted: int) -> AnyAccount | None:
        accounts = await self._context.accounts(NAME)
        return next((account for account in accounts if account.id == wanted), None)


def _message(draft: _Draft, agent: str, account: AnyAccount) -> Outbound:
    """What the core would hand to the channel."""
    files = tuple(Attachment(file.name, file.media_type, file.content) for file in draft.files)
    fields = {"quality": draft.quality, "cover": draft.cover, "subject": draft.subject}
    return Outbound(
        0, 0, 0, Address(SCHEME, draft.to), draft.text, fields=fields, attachments=files, subject=draft.subject,
        agent_name=agent, language=account.language,
    )  # fmt: skip


def _options(account: AnyAccount, message: Outbound, zone: tzinfo | None) -> PrintOptions:
    wanted = PrintOptions(printing.quality(account, message), cover=printing.cover(account, message, zone))
    return replace(wanted, previews=True)


def _json(said: object, status: int = 200) -> Response:
    return Response(json.dumps(said, ensure_ascii=False).encode(), status, headers={"Cache-Control": "no-store"})


def _refused(status: int, code: str, line: str) -> Response:
    return _json({"error": {"code": code, "message": line}}, status)
