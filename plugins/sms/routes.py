"""What screens ask of the plugin: the parts of what was sent, and what a number's owner has said about texts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, Field, ValidationError

from hub.api import AnyAccount, Context, Json, PluginRoute, Request, Response, Route
from plugins.sms import numbers
from plugins.sms.channel import SmsChannel
from plugins.sms.consent import importing
from plugins.sms.consent.ledger import Consent, Source
from plugins.sms.consent.words import Wish
from plugins.sms.record import sent_parts
from plugins.sms.settings import NAME

READ, REPLY, IMPORT = "interactions.read", "interactions.reply", "customers.import"
LARGEST = 1_000_000
_DIGITS = 18  # as many as any id has
_NO_NUL = r"^[^\x00]*$"


class _Said(BaseModel):
    """An agent notes what a customer said elsewhere."""

    account: int
    number: str = Field(min_length=3, max_length=40, pattern=_NO_NUL)
    allow: bool
    note: str = Field(min_length=1, max_length=400, pattern=_NO_NUL)


class Routes:
    """Under /p/sms/."""

    def __init__(self, context: Context, channel: SmsChannel) -> None:
        self._context, self._channel = context, channel

    def routes(self) -> Sequence[PluginRoute]:
        """Four of them."""
        return [
            Route("GET", "/parts", self._parts, permission=READ, docs="Parts, coding and price of what was sent"),
            Route("GET", "/consent", self._consent, permission=READ, docs="What was said about texts to a number"),
            Route("POST", "/consent", self._note, permission=REPLY, docs="Note what a customer said about texts"),
            Route(
                "POST", "/consents", self._import, permission=IMPORT, max_body=LARGEST, docs="Consents as a CSV file"
            ),
        ]

    async def _parts(self, request: Request) -> Response:
        interaction = request.query.get("interaction", "")
        if not interaction.isdecimal() or len(interaction) > _DIGITS or request.viewer is None:
            return _problem(400)
        if not await self._context.sees(request.viewer, int(interaction)):
            return _problem(404)
        found = await self._context.store.read(lambda sql: sent_parts.of_interaction(sql, int(interaction)))
        return _json({str(message): _cost(rows) for message, rows in found.items()})

    async def _consent(self, request: Request) -> Response:
        account = await self._account(request.query.get("account", ""))
        if account is None:
            return _problem(404)
        return _json(await self._told(account, request.query.get("number", "")))

    async def _note(self, request: Request) -> Response:
        try:
            said = _Said.model_validate_json(request.body)
        except ValidationError:
            return _problem(400)
        account = await self._account(str(said.account))
        if account is None or request.viewer is None:
            return _problem(404)
        number = self._number(account, said.number)
        wanted, who = Wish.START if said.allow else Wish.STOP, request.viewer
        told = Consent(number, account.id, wanted, Source.AGENT, said.note, user_id=who.id, user_name=who.name)
        await self._channel.ledger.note(told)
        return _json(await self._told(account, number))

    async def _import(self, request: Request) -> Response:
        """How many lines were taken, and what is wrong with the others."""
        account = await self._account(request.query.get("account", ""))
        if account is None or request.viewer is None:
            return _problem(404)
        problems: list[Json] = []
        taken, who = 0, request.viewer
        for line in importing.lines(request.body, self._region(account)):
            if line.problem:
                problems.append({"line": line.place, "problem": line.problem})
                continue
            proof = f"import: {line.evidence}"
            told = Consent(line.number, account.id, line.wanted, Source.IMPORT, line.evidence, proof, who.id, who.name)
            await self._channel.ledger.note(told)
            taken += 1
        return _json({"taken": taken, "problems": problems[:100]})

    async def _told(self, account: AnyAccount, number: str) -> Json:
        rows = await self._channel.ledger.history(self._number(account, number))
        stopped = bool(rows) and rows[0].kind == Wish.STOP
        return {"stopped": stopped, "history": [_statement(row) for row in rows]}

    def _number(self, account: AnyAccount, number: str) -> str:
        return numbers.normalise(number, self._region(account))

    def _region(self, account: AnyAccount) -> str:
        return str(account.settings.region or self._channel.settings.region)

    async def _account(self, number: str) -> AnyAccount | None:
        accounts = await self._context.accounts(NAME)
        return next((account for account in accounts if str(account.id) == number), None)


def _cost(rows: Sequence[Any]) -> dict[str, Json]:
    prices = [row.price for row in rows if row.price]
    return {
        "parts": max(len(rows), sum(row.counted for row in rows)),
        "coding": rows[0].coding,
        "price": " + ".join(prices),
        "states": [row.state for row in rows],
    }


def _statement(row: Any) -> Json:
    by_agent = row.source == Source.AGENT
    return {
        "at": datetime.fromtimestamp(row.at, UTC).isoformat(),
        "kind": row.kind,
        "source": row.source,
        "words": "" if by_agent else row.words,
        "note": row.words if by_agent else "",
        "by": row.user_name,
    }


def _json(value: Json, status: int = 200) -> Response:
    return Response(json.dumps(value).encode(), status, headers={"cache-control": "no-store"})


def _problem(status: int) -> Response:
    return Response(b"{}", status)
