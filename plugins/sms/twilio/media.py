"""The pictures of a text: fetched after it is stored, tried again while their host is away, handed in as input of their
own.

What to fetch is a durable timer, set before the text is stored: a crash at any point between leaves the timer, and what
it hands in is the same input whoever hands it in (its id is the text's).
"""

from __future__ import annotations

import asyncio
import mimetypes
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final, cast

from hub.api import AnyAccount, Attachment, Context, Json, Raw
from plugins.sms.twilio import meaning
from plugins.sms.twilio.fetch import NotFetched, fetch
from plugins.sms.twilio.settings import TwilioSettings

TIMER: Final = "twilio.media"
WAITS: Final = (0, 2, 10, 60, 300, 1800)
"""Seconds before each attempt; the last one's failure is shown in the conversation."""
WITHIN: Final = 45.0
"""Seconds one attempt may take: less than a timer may, so that it is ours to say what becomes of it."""
KEPT: Final = ("MessageSid", "SmsSid", "From", "To", "NumMedia")


class Media:
    """Fetches what `expect` was told of."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def expect(self, account: AnyAccount, fields: Mapping[str, str]) -> None:
        """Have a text's pictures fetched."""
        about = {name: value for name, value in fields.items() if name in KEPT or name.startswith("Media")}
        await self._later({"account": account.address.value, "fields": cast("Json", about), "attempt": 0})

    async def due(self, payload: Mapping[str, Json]) -> None:
        """Fetch, and hand in; or come again."""
        fields, attempt = cast("dict[str, str]", payload["fields"]), cast("int", payload["attempt"])
        account = await self._account(str(payload["account"]))
        if account is None:
            return  # it has been taken off since
        found = await self._fetched(account, fields)
        missed = [each for each in found if isinstance(each, NotFetched)]
        if attempt + 1 < len(WAITS) and any(error.again for error in missed):
            await self._later({**payload, "attempt": attempt + 1})
            return
        for error in missed:
            self._context.fault("twilio media", error)
        files = [each for each in found if isinstance(each, Attachment)]
        meta: dict[str, Json] = {"kind": "twilio", "action": meaning.MEDIA}
        await self._context.emit(account, Raw(meaning.fetched(fields, files, len(missed)), meta))

    async def _fetched(self, account: AnyAccount, fields: Mapping[str, str]) -> list[Attachment | NotFetched]:
        """Each picture, or why it is not here: one that cannot be taken takes no other with it."""
        assert account.connection is not None
        settings = cast("TwilioSettings", account.connection.settings.of_kind)
        found = enumerate(meaning.media_of(fields), 1)
        return await asyncio.gather(*(_picture(settings, url, number) for number, (url, _) in found))

    async def _account(self, number: str) -> AnyAccount | None:
        accounts = await self._context.accounts("sms")
        return next((each for each in accounts if each.address.value == number and _is_twilio(each)), None)

    async def _later(self, payload: Mapping[str, Json]) -> None:
        fields, attempt = cast("dict[str, str]", payload["fields"]), cast("int", payload["attempt"])
        at = datetime.now(UTC) + timedelta(seconds=WAITS[attempt])
        await self._context.schedule(at, TIMER, payload, key=fields.get("MessageSid") or fields.get("SmsSid", ""))


async def _picture(own: TwilioSettings, url: str, number: int) -> Attachment | NotFetched:
    try:
        async with asyncio.timeout(WITHIN):
            content, kind = await fetch(
                url, own.api_url, own.media_hosts, own.login, most=own.media_bytes, timeout=own.answer_seconds
            )
    except NotFetched as error:
        return error
    except TimeoutError:
        return NotFetched(f"it has not come within {WITHIN:g} s", again=True)
    return Attachment(f"{number}{mimetypes.guess_extension(kind) or ''}", kind, content)


def _is_twilio(account: AnyAccount) -> bool:
    return account.connection is not None and account.connection.settings.kind == "twilio"


async def due(context: Context, name: str, payload: Mapping[str, Json]) -> None:
    """A timer of ours."""
    await Media(context).due(payload)
