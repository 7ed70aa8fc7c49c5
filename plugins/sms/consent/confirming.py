"""The one text that may follow a STOP: its confirmation. A START is confirmed likewise."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from hub.api import Address, AnyAccount, Content, Context, Json
from plugins.sms import numbers
from plugins.sms.consent.ledger import Ledger
from plugins.sms.consent.words import Wish
from plugins.sms.meaning import thread_key
from plugins.sms.settings import NAME, SmsAccount

TIMER: Final = "confirm"
_DELAY: Final = timedelta(seconds=1)  # until the text itself is in the record
_OVER: Final = frozenset({"CLOSED", "ABANDONED", "FAILED"})
_OURS: Final[Mapping[tuple[Wish, str], str]] = {
    (Wish.STOP, "en"): "{account}: you will get no more texts from us. Reply START to undo this.",
    (Wish.STOP, "zh"): "{account}:您已退订,我们不会再向您发送短信。如需恢复,请回复“恢复”。",
    (Wish.START, "en"): "{account}: you will get texts from us again. Reply STOP to end them.",
    (Wish.START, "zh"): "{account}:已恢复向您发送短信。如不再需要,请回复“退订”。",
}


class Confirmations:
    """Planned when the word is stored, sent when its conversation is there."""

    def __init__(self, context: Context, ledger: Ledger) -> None:
        self._context, self._ledger = context, ledger

    async def plan(self, account: AnyAccount, number: str, wanted: Wish, language: str) -> None:
        """Once, soon."""
        settings: SmsAccount = account.settings
        if not settings.confirm_stop or not numbers.is_number(number):
            return
        payload: dict[str, Json] = {
            "account": account.address.value,
            "number": number,
            "wish": wanted.value,
            "language": language,
        }
        key = f"{TIMER} {account.id} {number} {wanted}"
        await self._context.schedule(datetime.now(UTC) + _DELAY, TIMER, payload, key=key)

    async def fire(self, payload: Mapping[str, Json]) -> None:
        """The timer is due; twice for one word is one text, for the veto lets only the one noted pass."""
        account = await self._context.account(NAME, Address(numbers.SCHEME, str(payload["account"])))
        number = str(payload["number"])
        if account is None:
            return
        statement = await self._ledger.confirming(number, Wish(str(payload["wish"])))
        if statement is None:
            return
        message_id: int | None = None
        try:
            message_id = await self._write(account, number, payload)
        finally:
            await self._ledger.confirmed(statement, message_id)

    async def _write(self, account: AnyAccount, number: str, payload: Mapping[str, Json]) -> int:
        found = await self._context.conversation(account, thread_key(number))
        interaction = found.interaction_id if found and found.state not in _OVER else None
        content = Content(_text(account, Wish(str(payload["wish"])), str(payload["language"])))
        to = Address(numbers.SCHEME, number)
        return await self._context.contact(account, to, content, "notice", automatic=True, interaction_id=interaction)


def _text(account: AnyAccount, wanted: Wish, language: str) -> str:
    settings: SmsAccount = account.settings
    tongue = "zh" if language.startswith("zh") else "en"
    own = settings.stop_zh if tongue == "zh" else settings.stop_en
    said = own if own and wanted is Wish.STOP else _OURS[(wanted, tongue)]
    return said.replace("{account}", account.name)
