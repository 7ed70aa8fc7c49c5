"""A caller presses a key and start, and what they wanted comes out of their machine: on the call they made."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.store.tables import deliveries
from tests.voice.fax_house import DEALER, FAX, FaxHouse, delivered, machine, through
from tests.voice.house import DESK

pytestmark = [pytest.mark.slow, pytest.mark.peer]

PRICES = f"""
flow: prices
languages: [en]
start: menu
nodes:
  menu:
    do: menu
    say: "For our price list press 3, then start."
    choices: [{{ key: 3, label: "Price list", go: pages }}]
    otherwise: bye
  pages:
    do: send
    to: "tel:{{sender.value}}"
    sender: "tel:{FAX}"
    text: ""
    files: [prices.txt]
    on_call: true
    next: start
  start: {{ do: transfer, to: "tel:{FAX}", to_be_sent: true, say: "Press start now." }}
  bye: {{ do: end, say: "Goodbye." }}
"""


async def test_who_presses_three_and_start_gets_the_price_list_on_the_same_call(
    sqlite_url: str, tmp_path: Path
) -> None:
    (tmp_path / "prices.yaml").write_text(PRICES)
    (tmp_path / "prices.txt").write_text("Oven 100\nFridge 200\n")
    async with machine(tmp_path) as customer, FaxHouse(sqlite_url, tmp_path, customer, "prices", lines=()) as house:
        customer.telephone.hub = ("127.0.0.1", house.port)
        fetched = await through(customer, lambda: customer.fetch(DESK, keys="333"))  # more often: it may not ask yet
        assert (fetched.code, fetched.pages) == ("OK", 1), fetched
        await delivered(house)
        sent = [row for row in await house.rows(deliveries) if row["external_id"].startswith("fax-")][-1]
        assert sent["state"] == "DELIVERED" and sent["recipient"]["value"] == DEALER
        assert {entry.number for entry in customer.entries} == {DESK}, "nobody was dialled"
