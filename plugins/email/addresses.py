"""Which of our accounts an address leads to: the account's own, its aliases, and plus addresses (RFC 5233)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hub.api import Account, Address
from plugins.email import headers
from plugins.email.settings import EmailAccount

SCHEME = "mailto"


def canonical(value: str) -> str:
    """An address as accounts are compared: lower-case, without a name, the domain as DNS has it."""
    local, _, domain = value.strip().strip("<>").lower().rpartition("@")
    try:
        return f"{local}@{domain if domain.isascii() else domain.encode('idna').decode()}"
    except UnicodeError:
        return f"{local}@{domain}"


def resolve(value: str, accounts: Iterable[Account[EmailAccount]]) -> Account[EmailAccount] | None:
    """The account that `value` leads to, exact addresses before plus addresses."""
    wanted, known = canonical(value), list(accounts)
    for account in known:
        if wanted in (canonical(account.address.value), *map(canonical, account.settings.aliases)):
            return account
    local, _, domain = wanted.rpartition("@")
    base = f"{local.partition('+')[0]}@{domain}"
    plus = [account for account in known if account.settings.plus_addresses]
    return resolve(base, plus) if "+" in local else None


def of_boxes(boxes: Iterable[headers.Mailbox]) -> list[Address]:
    """Mailboxes as the contract's addresses."""
    return [Address(SCHEME, box.address, box.name) for box in boxes]


def unique(addresses: Iterable[Address]) -> Sequence[Address]:
    """Each address once, in order, whatever the display name."""
    return list({(address.scheme, address.value): address for address in reversed(list(addresses))}.values())[::-1]
