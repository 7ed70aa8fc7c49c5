"""Fills the demo site once, from outside: customers, what they own, replies, tickets, conversations really held."""

from __future__ import annotations

from contextlib import AsyncExitStack, suppress

from hub.api import Context
from plugins.demo.handset.smsc import Smsc
from plugins.demo.hub_client import HubClient, Refused
from plugins.demo.seeding import conversations, customers, phones, templates, texting, tickets
from plugins.demo.seeding.cast import Cast
from plugins.demo.seeding.ledger import Ledger

DONE = "done"
LOGINS = ("admin", "agent1", "agent2")


async def fill(context: Context, mail_server: tuple[str, int], smsc: Smsc, password: str) -> None:
    """What is not there yet. Interrupted anywhere, the next call goes on where it was."""
    ledger = await Ledger.read(context.store)
    if DONE in ledger:
        return
    async with AsyncExitStack() as stack:
        people = {login: await _person(stack, context.site_url, login, password) for login in LOGINS}
        cast = await Cast.gather(people)
        await phones.fill(cast, ledger, password)
        await templates.fill(cast, ledger)
        await customers.fill(cast, ledger)
        await tickets.fill(cast, ledger)
        await conversations.fill(cast, ledger, context.store, mail_server)
        await texting.fill(cast, ledger, smsc)
        await ledger.note(DONE, 0)


async def _person(stack: AsyncExitStack, site: str, login: str, password: str) -> HubClient:
    hub = await stack.enter_async_context(HubClient(site))
    await hub.log_in(login, password)
    stack.push_async_callback(_leave, hub)
    return hub


async def _leave(hub: HubClient) -> None:
    with suppress(Refused):
        await hub.log_out()
