"""Whom a call is for: the account whose number was dialled, on a connection that the call may have come by."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol

from sipmessage import Request

from hub.api import Address, AnyAccount, Context
from plugins.sip.settings import NAME, SCHEME
from plugins.sip.wire.numbers import called, called_besides


class Trunk(Protocol):
    """`log_in` is the user in the Contact we registered at the carrier, "" where we are not registered."""

    @property
    def log_in(self) -> str: ...


async def account_called(
    context: Context, request: Request, trunks: Mapping[int, Trunk], may_be: Collection[int], channel: str = NAME,
    *, guess: bool = True,
) -> tuple[AnyAccount | None, str]:  # fmt: skip
    """The account, of this channel, and the number dialled. A call that comes by a registration names our log-in in its
    Request-URI; the number then stands elsewhere, or nowhere: then it is, as a `guess`, for the connection's one
    account."""
    number = called(request)
    registered = [key for key in may_be if key in trunks and number and trunks[key].log_in == number]
    for each in (number, *(called_besides(request) if registered else ())):
        if found := await _of(context, each, may_be, channel):
            return found, each
    only = [each for each in await context.accounts(channel) if each.connection_id in registered]
    return (only[0], only[0].address.value) if guess and len(only) == 1 else (None, number)


async def _of(context: Context, number: str, may_be: Collection[int], channel: str) -> AnyAccount | None:
    found = await context.account(channel, Address(SCHEME, number))
    if found is None:
        digits = number.lstrip("+")
        every = await context.accounts(channel)
        found = next((each for each in every if each.address.value.lstrip("+") == digits), None)
    return found if found and found.connection_id in may_be else None
