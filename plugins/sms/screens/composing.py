"""What the counter beside the composer must know: no word of a draft leaves the browser to be counted."""

from __future__ import annotations

import json
from dataclasses import asdict

from pydantic import BaseModel, Field, ValidationError

from hub.api import AnyAccount, Context, Request, Response, Route
from plugins.sms.pictures.limits import PictureLimits
from plugins.sms.providers import Providers
from plugins.sms.sending import MOST_TEXT
from plugins.sms.settings import SmsAccount
from plugins.sms.text.gsm0338 import OCTETS
from plugins.sms.text.narrow import HANDSETS, Narrow


class Draft(BaseModel):
    """What somebody is writing, from this account."""

    account: int
    text: str = Field(max_length=MOST_TEXT)


def composing(context: Context, providers: Providers) -> Route:
    """GET /p/sms/composing?account=."""

    async def answer(request: Request) -> Response:
        wanted = request.query.get("account", "")
        for account in await context.accounts("sms"):
            if str(account.id) == wanted:
                return _json(rules_of(account, providers))
        return _json({"error": {"code": "NOT_FOUND"}}, 404)

    docs = "How texts of an account are signed and counted: its signature, the most parts, pictures, the alphabet."
    return Route("GET", "/composing", answer, permission="interactions.reply", docs=docs)


def fitting(context: Context) -> Route:
    """POST /p/sms/fitting."""

    async def answer(request: Request) -> Response:
        try:
            draft = Draft.model_validate_json(request.body)
        except ValidationError:
            return _json({"error": {"code": "INVALID"}}, 422)
        accounts = {account.id: account for account in await context.accounts("sms")}
        if draft.account not in accounts:
            return _json({"error": {"code": "NOT_FOUND"}}, 404)
        return _json({"template": await context.template(accounts[draft.account], draft.text) is not None})

    docs = "Whether a draft was made from a template the account's carrier approved: {template}."
    return Route("POST", "/fitting", answer, permission="interactions.reply", docs=docs)


def rules_of(account: AnyAccount, providers: Providers) -> dict[str, object]:
    """What its texts cost, and whether any text goes at all."""
    told = rules(account.settings, providers.narrow_of(account), providers.pictures_of(account))
    return {**told, "templates_only": bool(account.connection and account.connection.settings.templates_only)}


def rules(settings: SmsAccount, narrow: Narrow = HANDSETS, pictures: PictureLimits | None = None) -> dict[str, object]:
    """Of one account, as `counting.js` wants them."""
    return {
        "signature": settings.signature,
        "signature_at": settings.signature_at,
        "max_parts": settings.max_parts,
        "pictures": pictures and {**asdict(pictures), "types": sorted(pictures.types)},
        "whole": narrow.whole,
        "basic": _letters(narrow, 1),
        "extension": _letters(narrow, 2),
    }


def _letters(narrow: Narrow, septets: int) -> str:
    return "".join(char for char, octets in OCTETS.items() if len(octets) == septets and char in narrow.chars)


def _json(body: object, status: int = 200) -> Response:
    return Response(json.dumps(body, ensure_ascii=False).encode(), status, headers={"Cache-Control": "no-store"})
