"""Faxes between a dealer's machine and a site: in, queued, out again, and again where it is busy."""

from __future__ import annotations

from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from hub.api import Address
from hub.model.tickets import NewTicket
from hub.store.tables import identities, interactions, messages, queues, tickets
from hub.store.tickets import create_ticket
from plugins.fax import log_book
from plugins.fax.machine.machine import Takes
from plugins.fax.tests.terminal import charts
from tests.voice.fax_house import DEALER, FAX, SPARES, FaxHouse, delivered, document, machine, through

pytestmark = [pytest.mark.slow, pytest.mark.peer]


async def test_a_fax_comes_in_as_sound_and_one_goes_out_by_t38(database_url: str, tmp_path: Path) -> None:
    """Both at once: a fax takes its time."""
    async with (
        machine(tmp_path / "dealer", Takes.ASKS) as customer,
        machine(tmp_path / "sender", Takes.SOUND) as sender,
        FaxHouse(database_url, tmp_path, customer, sub_addresses={"12": SPARES}) as house,
    ):
        sender.telephone.hub = ("127.0.0.1", house.port)
        ticket = await house.store.write(lambda tx: create_ticket(tx, house.ann, NewTicket("A part is missing")))
        [serial] = [row["serial"] for row in await house.rows(tickets)]
        pages = [coded("queue:parts"), coded(f"ticket:{serial}")]
        await house.fax("Your order is on its way.", sub_address="34")

        sent = await through(sender, lambda: sender.send(FAX, document(tmp_path, pages), sub_address="12"))
        assert (sent.code, sent.pages, sent.t38) == ("OK", 2, False), sent
        await house.until("interaction.state", lambda event: event.data["state"] == "QUEUED", 60)
        came = [row for row in await house.rows(messages) if row["direction"] == "INBOUND"][-1]
        [interaction] = [row for row in await house.rows(interactions) if row["id"] == came["interaction_id"]]
        assert (interaction["channel"], interaction["medium"], came["kind"]) == ("fax", "DEFERRED", "FAX")
        assert (came["fields"]["pages"], came["fields"]["partial"]) == (2, False)
        spares = house.site.directory.find("fax", Address("tel", SPARES))
        assert spares is not None and interaction["account_id"] == spares.id, "where the sub-address leads"
        assert interaction["ticket_id"] == ticket, "as the code on a page says"
        assert [row["key"] for row in await house.rows(queues) if row["id"] == interaction["queue_id"]] == ["parts"]
        assert [(i["scheme"], i["value"]) for i in await house.rows(identities)] == [("tel", DEALER)]
        files = {file.name for file in await house.files_of(came)}
        assert files >= {"fax.pdf", "page-001.png", "page-002.png"}

        await delivered(house)
        received = customer.entries[-1]
        assert (received.direction, received.code, received.pages, received.t38) == ("IN", "OK", 1, True), received
        assert received.sub_address == "34"


def coded(text: str) -> Image.Image:
    """A cover sheet that says where it belongs."""
    page = Image.new("1", (charts.WIDTH, 500), 1)
    picture = zxingcpp.write_barcode_to_image(zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode), scale=12)
    page.paste(Image.fromarray(picture).convert("1"), (200, 20))
    return page


async def test_a_busy_number_is_dialled_again_and_given_up_and_a_broadcast_tells_each_result(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with machine(tmp_path) as customer, FaxHouse(sqlite_url, tmp_path, customer) as house:
        customer.answers = False
        await house.fax("Your order is on its way.")
        failed = await house.delivery("FAILED")
        assert failed["error_code"] == "BUSY"
        calls = await house.store.read(lambda conn: log_book.attempts(conn, failed["message_id"]))
        assert [(call.code, call.ok) for call in calls] == [("BUSY", False)] * 2

        made = await house.broadcast("New prices", [DEALER, "+861062561188"])
        shown = await house.broadcast_is_done(made)
        assert [(each["state"], each["code"]) for each in shown] == [("FAILED", "BUSY"), ("FAILED", "UNREACHABLE")]
        assert len({each["message_id"] for each in shown}) == 2, "each is a message of its own"
