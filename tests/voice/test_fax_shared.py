"""One number for people and machines: answered as a voice, and a fax machine's from its first tone on."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from hub.plugin.site_model import SiteFile
from hub.store.tables import interactions, messages
from plugins.fax.tests.terminal import charts
from tests.voice.fax_house import FaxHouse, document, ended, machine
from tests.voice.house import DESK

pytestmark = [pytest.mark.slow, pytest.mark.peer]


async def test_a_machine_that_calls_the_hotline_has_its_fax_taken_on_the_same_call(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with machine(tmp_path) as customer:
        house = FaxHouse(sqlite_url, tmp_path, customer, t38="off", shared=True)
        known = house.file.model_dump(mode="json")
        known["accounts"][-2]["address"] = f"tel:{DESK}"
        house.file = SiteFile.model_validate(known)
        async with house:
            customer.telephone.hub = ("127.0.0.1", house.port)
            sent = await ended(customer, customer.send(DESK, document(tmp_path, [charts.strip(20, 1)])))
            assert (sent.code, sent.pages) == ("OK", 1), sent
            await house.until("interaction.state", lambda event: event.data["state"] == "ABANDONED")
            async with asyncio.timeout(30):
                while len(await house.rows(interactions)) < 2:  # noqa: ASYNC110 - it is read a little after it was taken
                    await asyncio.sleep(0.05)
            found = {row["channel"]: row for row in await house.rows(interactions)}
            assert {"sip", "fax"} == set(found) and found["sip"]["state"] == "ABANDONED"
            kinds = [(row["interaction_id"], row["kind"]) for row in await house.rows(messages)]
            assert kinds == [(found["sip"]["id"], "CALL"), (found["fax"]["id"], "FAX")]
            assert not house.telephones.lines and not len(house.telephones.lent)
