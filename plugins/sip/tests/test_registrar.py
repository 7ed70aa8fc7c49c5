"""RFC 3261 §10.3 over a real port: a phone logs in, is found again, moves, leaves; others do not."""

from __future__ import annotations

from sipmessage import Response

from plugins.sip.guard import Turned
from plugins.sip.tests.wire import Exchange, FarSide
from plugins.sip.wire.digest import credentials

CONTACT = "Contact: <sip:ann@192.0.2.9:5062>"


async def log_in(far: FarSide, *headers: str, password: str = "a good password") -> Response:
    """REGISTER, with the answer to the challenge."""
    challenge = await far.ask("REGISTER", *headers)
    assert challenge.code == 401
    asked = challenge.headers.getlist("WWW-Authenticate")
    value = credentials(asked, "REGISTER", "sip:desk@hub", "ann", password)
    return await far.ask("REGISTER", *headers, f"Authorization: {value}")


async def test_a_phone_is_registered_where_it_came_from() -> None:
    exchange = Exchange()
    async with exchange.open() as far:
        answer = await log_in(far, CONTACT, "Expires: 120")
        assert (answer.code, answer.headers["Contact"]) == (200, "<sip:ann@192.0.2.9:5062>;expires=120")
        [binding] = await exchange.phones.bindings("ann", exchange.now)
        assert (binding.host, binding.port, binding.transport) == (*far.socket.getsockname(), "UDP")
        assert await exchange.phones.bindings("ann", exchange.now + 121) == []


async def test_it_asks_leaves_and_leaves_with_all() -> None:
    exchange = Exchange()
    async with exchange.open() as far:
        await log_in(far, CONTACT)
        await log_in(far, "Contact: <sip:ann@192.0.2.9:7777>")
        assert len((await log_in(far)).headers.getlist("Contact")) == 2
        assert len((await log_in(far, f"{CONTACT};expires=0")).headers.getlist("Contact")) == 1
        assert (await log_in(far, "Contact: *", "Expires: 0")).headers.getlist("Contact") == []


async def test_a_wrong_password_is_refused_and_three_shut_the_source_out() -> None:
    exchange = Exchange()
    async with exchange.open() as far:
        for _ in range(3):
            assert (await log_in(far, CONTACT, password="a guess")).code == 403
        far.say(far.text("REGISTER", CONTACT))
        assert await far.silent()
        assert exchange.guard.turned[Turned.AUTHENTICATION] == 3
        assert await exchange.phones.bindings("ann", exchange.now) == []


async def test_too_short_a_registration_is_told_the_shortest() -> None:
    async with Exchange().open() as far:
        answer = await log_in(far, CONTACT, "Expires: 5")
        assert (answer.code, answer.headers["Min-Expires"]) == (423, "60")


async def test_a_phone_has_five_places_at_most() -> None:
    exchange = Exchange()
    async with exchange.open() as far:
        for port in range(8):
            await log_in(far, f"Contact: <sip:ann@192.0.2.9:{6000 + port}>")
        bindings = await exchange.phones.bindings("ann", exchange.now)
        assert len(bindings) == 5 and any(each.contact.endswith(":6007") for each in bindings)


async def test_where_no_connection_wants_phones_none_registers() -> None:
    exchange = Exchange()
    exchange.registrar.open = 0
    async with exchange.open() as far:
        assert (await far.ask("REGISTER", CONTACT)).code == 403
