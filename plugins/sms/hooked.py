"""Webhooks of carriers: POST or GET /c/sms/{account}/{action}. Let in, planned, stored; only then answered."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Final

from hub.api import (
    Accepted,
    Address,
    AnyAccount,
    Context,
    HubError,
    Json,
    Overloaded,
    PluginRoute,
    Raw,
    Request,
    Response,
    Route,
    crash_point,
)
from plugins.sms import numbers
from plugins.sms.channel import SmsChannel
from plugins.sms.provider import Expects, Hooked, Provider
from plugins.sms.settings import NAME

_log = logging.getLogger(__name__)
_SECRET: Final = frozenset({"cookie"})
_LARGEST: Final = 1_000_000


class Webhooks:
    """The routes, for every provider that is called."""

    def __init__(self, context: Context, channel: SmsChannel) -> None:
        self._context, self._channel = context, channel

    def routes(self) -> Sequence[PluginRoute]:
        """One path, two methods."""
        about = "A carrier's gateway delivers a text, a report"
        return [
            Route(method, "/{account}/{action}", self._called, public=True, channel=NAME, max_body=_LARGEST, docs=about)
            for method in ("GET", "POST")
        ]

    async def _called(self, request: Request) -> Response:
        account = await self._context.account(NAME, Address(numbers.SCHEME, request.params["account"]))
        provider = self._channel.providers.of(account.connection) if account and account.connection else None
        if account is None or provider is None or not isinstance(provider, Hooked):
            return Response(b'{"error": "NOT_FOUND"}', 404)
        error = await self._refused(provider, account, request)
        return provider.acknowledge(request, account, error)

    async def _refused(self, provider: Provider, account: AnyAccount, request: Request) -> Exception | None:
        """Why it is not taken; None when it is stored."""
        try:
            await self._take(provider, account, request)
        except HubError as error:
            return error
        except Exception as error:  # noqa: BLE001 - the far side must hear "again later", and an administrator why
            _log.exception("a webhook failed")
            return Overloaded(type(error).__name__)
        crash_point("after_commit_before_ack")
        return None

    async def _take(self, provider: Provider, account: AnyAccount, request: Request) -> None:
        connection, raw = account.connection, Raw(request.body, _meta(request))
        assert connection is not None
        assert isinstance(provider, Hooked)
        provider.authenticate(connection, account, raw)
        if isinstance(provider, Expects):
            await provider.expect(account, raw)

        async def emit(raw: Raw, cursor: str | None = None) -> Accepted:
            return await self._context.emit(account, raw)

        await self._channel.intake.take(provider, connection, emit, raw, account=account)


def _meta(request: Request) -> dict[str, Json]:
    headers: dict[str, Json] = {name: value for name, value in request.headers.items() if name not in _SECRET}
    query: dict[str, Json] = {_kept(name): _kept(value) for name, value in request.query.items()}
    return {
        "method": request.method,
        "action": request.params["action"],
        "query": query,
        "headers": headers,
        "client": request.client,
        "url": request.url,
    }


def _kept(text: str) -> str:
    """PostgreSQL keeps no NUL in JSON; the url has it as it came."""
    return text.replace("\0", "\ufffd")
