"""Phones for the agents, once: who changes one afterwards keeps it."""

from __future__ import annotations

from plugins.demo import desk_phones
from plugins.demo.seeding.cast import Cast
from plugins.demo.seeding.ledger import Ledger


async def fill(cast: Cast, ledger: Ledger, password: str) -> None:
    """One an agent."""
    for login in desk_phones.AGENTS:
        key, user_id = f"phone {login}", cast.user_ids[login]
        if key not in ledger:
            await desk_phones.give(cast.admin, user_id, login, password)
            await ledger.note(key, user_id)
