"""What the hub's veto asks before every text: whether this number may be written to, and now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from hub.api import AnyAccount, Contact, Context, Refusal
from plugins.sms import talk
from plugins.sms.consent import quiet
from plugins.sms.consent.ledger import Ledger
from plugins.sms.settings import NAME, AtNight

_REASONS: Final[Mapping[str, tuple[str, str]]] = {
    "STOPPED": ("The customer has asked not to be sent texts (STOP).", "客户已退订短信(STOP)。"),
    "QUIET_HOURS": ("Automatic texts rest until {until}.", "自动短信暂停至 {until}。"),
}
_STILL_TALKING: Final = timedelta(minutes=15)


class Gate:
    """Refuses; an error in here refuses too, for the hub's veto fails closed."""

    def __init__(self, context: Context, ledger: Ledger) -> None:
        self._context, self._ledger = context, ledger

    async def refusal(self, contact: Contact) -> Refusal | None:
        """Why this contact may not be."""
        if contact.channel != NAME:
            return None
        number, account = contact.to.value, await self._account(contact.account_id)
        if await self._ledger.stopped(number, contact.customer_id):
            return await self._stopped(contact, account)
        if contact.automatic and account is not None and account.settings.at_night is AtNight.REFUSE:
            until = await self.rests_until(account, number)
            return _refusal("QUIET_HOURS", account, f"{until:%H:%M}") if until else None
        return None

    async def rests_until(self, account: AnyAccount, number: str) -> datetime | None:
        """When automatic texts to this number may go again; None: now. Whoever has just written is answered."""
        now = datetime.now(UTC)
        until = quiet.ends_at(account.settings, now)
        if until is None or await self._is_talking(account, number, now):
            return None
        return until

    async def _stopped(self, contact: Contact, account: AnyAccount | None) -> Refusal | None:
        mine = contact.message_id if contact.automatic else None
        if mine is not None and await self._ledger.confirms(contact.to.value, mine):
            return None
        return _refusal("STOPPED", account)

    async def _is_talking(self, account: AnyAccount, number: str, now: datetime) -> bool:
        found = await talk.latest(self._context, account, number)
        heard = [message.at for message in found.messages if message.direction == "INBOUND"] if found else []
        return bool(heard) and now - heard[-1] < _STILL_TALKING

    async def _account(self, account_id: int) -> AnyAccount | None:
        accounts = await self._context.accounts(NAME)
        return next((account for account in accounts if account.id == account_id), None)


def _refusal(code: str, account: AnyAccount | None, until: str = "") -> Refusal:
    """In the account's language, which is its agents' as a rule."""
    chinese = account is not None and account.language.startswith("zh")
    return Refusal(_REASONS[code][chinese].replace("{until}", until), code)
