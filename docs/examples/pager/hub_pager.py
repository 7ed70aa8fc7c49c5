"""A whole channel in one file: short texts from and to a paging provider, in by webhook, out by HTTP."""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from typing import Any

import httpx
from pydantic import BaseModel, Field, SecretStr

from hub.api import (
    Address,
    AnyAccount,
    AnyConnection,
    Capabilities,
    Channel,
    Context,
    Inbound,
    Malformed,
    Medium,
    Misconfigured,
    Normalised,
    Outbound,
    OutcomeUnknown,
    PluginRoutes,
    Raw,
    Rejected,
    Request,
    Response,
    Route,
    SendError,
    Sent,
    Throttled,
    TooLarge,
    Unauthenticated,
    Unreachable,
    hookimpl,
)


class PagerConnection(BaseModel):
    """The provider."""

    url: str = Field(description="Where messages are posted")
    token: SecretStr = Field(description="What the provider knows us by")


class PagerAccount(BaseModel):
    """One number of ours."""

    webhook_secret: SecretStr = Field(description="What the provider signs its webhooks with")


class Pager:
    """The channel: four methods, none of which knows anything of tickets, queues or agents."""

    name = "pager"
    connection: type[BaseModel] = PagerConnection
    account: type[BaseModel] = PagerAccount
    capabilities = Capabilities(Medium.DEFERRED, max_text=160, can_start=True, start_scheme="tel")

    def address(self, raw: Raw) -> Sequence[Address]:
        """Which of our numbers it is for."""
        return [Address("tel", _text(_read(raw), "to"))]

    def authenticate(self, account: AnyAccount, raw: Raw) -> None:
        """The provider signs the body."""
        secret = account.settings.webhook_secret.get_secret_value().encode()
        wanted = hmac.new(secret, raw.body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(wanted.encode(), str(raw.meta.get("signature", "")).encode()):
            raise Unauthenticated("the signature is wrong")

    def normalise(self, account: AnyAccount, raw: Raw) -> Sequence[Normalised]:
        """One text a webhook. Pure: the same bytes always mean the same, so it can be replayed."""
        page = _read(raw)
        sender = Address("tel", _text(page, "from"))
        return [Inbound(_text(page, "id"), sender, _text(page, "text"), thread=(sender.value,))]

    async def send(self, connection: AnyConnection | None, account: AnyAccount, message: Outbound) -> Sent:
        """Post it, and say in the contract's words how that went."""
        if connection is None:
            raise Misconfigured("the account has no connection")
        if len(message.text) > self.capabilities.max_text:
            raise TooLarge("a page has 160 characters")
        page = {"id": message.delivery_id, "from": account.address.value, "to": message.to.value, "text": message.text}
        answer = await _post(connection.settings, page)
        if answer.is_success:
            return Sent(str(answer.json()["id"]))
        raise _refusal(answer)


@hookimpl
def hub_channels(context: Context) -> Sequence[Channel]:
    """What this plugin carries."""
    return [Pager()]


@hookimpl
def hub_routes(context: Context) -> PluginRoutes:
    """POST /c/pager/{number}/in, for the provider."""

    async def take(request: Request) -> Response:
        account = await context.account("pager", Address("tel", request.params["number"]))
        if account is None:
            return Response(status=404)
        # returns only when the bytes are on disk; Unauthenticated and Overloaded become 401 and 503
        await context.emit(account, Raw(request.body, {"signature": request.headers.get("x-signature", "")}))
        return Response(status=204)

    return [Route("POST", "/{number}/in", take, public=True, channel="pager", docs="Webhook of the provider")]


def _read(raw: Raw) -> Mapping[str, Any]:
    try:
        page = json.loads(raw.body)
    except (ValueError, RecursionError) as error:
        raise Malformed("not JSON") from error
    if not isinstance(page, dict):
        raise Malformed("not a JSON object")
    return page


def _text(page: Mapping[str, Any], key: str) -> str:
    """A text that every database can keep: no NUL, no half of a surrogate pair."""
    value = page.get(key)
    text = value.replace("\x00", "").encode("utf-8", "replace").decode()[:400] if isinstance(value, str) else ""
    if not text:
        raise Malformed(f"{key} is missing")
    return text


async def _post(provider: PagerConnection, page: Mapping[str, Any]) -> httpx.Response:
    headers = {"authorization": f"Bearer {provider.token.get_secret_value()}"}
    try:
        async with httpx.AsyncClient(timeout=20) as client:
            return await client.post(provider.url, json=page, headers=headers)
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.InvalidURL) as error:
        raise Unreachable("the provider cannot be reached") from error
    except httpx.HTTPError as error:
        raise OutcomeUnknown("the provider did not answer") from error


def _refusal(answer: httpx.Response) -> SendError:
    if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
        return Throttled(retry_after=30)
    if answer.status_code in {httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN}:
        return Misconfigured("the provider does not know our token")
    if answer.is_server_error:
        return Unreachable(f"the provider answered {answer.status_code}")
    return Rejected(f"the provider answered {answer.status_code}")
