"""Our registration at a carrier (RFC 3261 §10.2): logged in, kept up, found by calls, taken back."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from sipmessage import CSeq, Request, Response

from plugins.sip.counters import TRUNK_REGISTERED
from plugins.sip.tests import carrier as far
from plugins.sip.tests.carrier import carrier, settings
from plugins.sip.tests.party import NUMBER, Party, Site, described, site
from plugins.sip.transport.framing import Framing
from plugins.sip.trunks import registration
from plugins.sip.trunks.register import LONGEST_PAUSE, back_off, granted, refresh_after, retry_after
from plugins.sip.trunks.registration import Registration, Standing
from plugins.sip.wire.message import encode, read, response


def mine(found: Site) -> Registration:
    """The trunk's."""
    registered = found.exchange.trunks[7].registration
    assert registered is not None
    return registered


async def registered(found: Site) -> None:
    await found.until(lambda: mine(found).standing is Standing.REGISTERED)


async def test_a_trunk_logs_in_keeps_its_call_id_and_leaves_at_its_end() -> None:
    async with carrier() as there:
        async with site(**settings(there, domain="carrier.example")) as found:
            await registered(found)
            assert TRUNK_REGISTERED.labels("Trunk")._value.get() == 1
            told = found.exchange.trunks[7].standing
            assert told.endswith(", REGISTERED")
        bare, logged_in, gone = there.asked
        assert str(bare.uri) == "sip:carrier.example" and bare.headers["To"] == "<sip:site42@carrier.example>"
        assert [each.headers["Expires"] for each in there.asked] == ["300", "300", "0"]
        assert len({each.call_id for each in there.asked}) == 1
        assert [each.cseq for each in there.asked] == [CSeq(number, "REGISTER") for number in (1, 2, 3)]
        assert "nc=00000001" in logged_in.headers["Authorization"]
        assert "nc=00000002" in gone.headers["Authorization"]
        assert TRUNK_REGISTERED.labels("Trunk")._value.get() == 0


@pytest.mark.parametrize(
    ("to", "more"),
    [
        (NUMBER, ()),
        ("nobody", (f"P-Called-Party-ID: <sip:{NUMBER}@carrier>",)),
        ("site42", ()),  # it names no number at all: the connection has but one
    ],
)
async def test_a_call_over_the_registration_is_its_account_s(to: str, more: tuple[str, ...]) -> None:
    async with carrier() as there, site(**settings(there)) as found:
        await registered(found)
        with Party() as caller:
            caller.to(f"<sip:{to}@carrier>", f"sip:site42@127.0.0.1:{found.port}")
            assert (await caller.call(found.port, *more)).code == 200
            await found.until(lambda: found.told("leg"))
            account, raw = found.context.emitted[0]
            assert (account.address.value, raw.meta["called"]) == (NUMBER, NUMBER)
            await caller.ask("BYE")


async def test_who_is_not_registered_there_trusts_nobody_there() -> None:
    async with carrier(lambda _: (403,)) as there, site(**settings(there)) as found:
        await found.until(lambda: mine(found).error)
        assert (mine(found).standing, mine(found).error) == (Standing.FAILED, "403 Because")
        assert found.exchange.trunks[7].standing.endswith(", FAILED: 403 Because")
        with Party() as caller:
            caller.where = ("127.0.0.1", found.port)
            assert (await caller.ask("INVITE", body=described())).code == 403


async def test_a_wrong_password_is_tried_once() -> None:
    async with carrier() as there, site(**settings(there, password="a guess")) as found:
        await found.until(lambda: mine(found).error)
        assert mine(found).error == "401 Because" and len(there.asked) == 2


async def test_a_registrar_that_finds_it_too_short_gets_what_it_wants() -> None:
    def picky(request: Request) -> far.Answer:
        return (423, "Min-Expires: 900") if request.headers["Expires"] == "300" else far.granted(request)

    async with carrier(picky) as there, site(**settings(there)) as found:
        await registered(found)
        held = mine(found).held
        assert held is not None and held.seconds == 900
        assert [each.headers["Expires"] for each in there.asked] == ["300", "900"]


@pytest.mark.slow
async def test_it_is_refreshed_before_it_ends() -> None:
    def short(request: Request) -> far.Answer:
        return (200, f"Contact: {request.headers['Contact'].partition(';')[0]};expires=1")

    async with carrier(short) as there, site(**settings(there)) as found:
        await registered(found)
        await found.until(lambda: len(there.asked) == 2)
        assert mine(found).standing is Standing.REGISTERED
        first, second = there.asked
        assert (first.call_id, first.cseq.sequence + 1) == (second.call_id, second.cseq.sequence)


@pytest.mark.slow
async def test_when_it_has_run_out_and_is_refused_nobody_is_trusted_any_more() -> None:
    answers = iter([1])

    def once(request: Request) -> far.Answer:
        seconds = next(answers, None)
        return (200, f"Contact: {request.headers['Contact'].partition(';')[0]};expires=1") if seconds else (403,)

    async with carrier(once) as there, site(**settings(there)) as found:
        await registered(found)
        kept = mine(found).held
        assert kept is not None and found.exchange.guard.trunks_of("127.0.0.1") == {7}
        mine(found).held = replace(kept, until=0.0)  # a refused refresh comes before the end; as if it had come after
        await found.until(lambda: mine(found).standing is Standing.FAILED)
        assert mine(found).held is None and not found.exchange.guard.trunks_of("127.0.0.1")


async def test_where_one_registrar_is_silent_the_next_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registration, "ANSWERS_WITHIN", 0.1)
    with Party() as silent:
        async with carrier() as there:
            first = [f"127.0.0.1:{silent.port}", there.where]
            async with site(**settings(there, proxies=first)) as found:
                await registered(found)
                assert len(there.asked) == 2


async def test_over_a_connection_that_breaks_it_is_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registration, "AFTER_LOSS", 0.0)
    asked: asyncio.Queue[Request] = asyncio.Queue()
    streams: list[asyncio.StreamWriter] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        streams.append(writer)
        while head := await reader.read(65_535):
            for message in Framing().feed(head):
                request = read(message)
                assert isinstance(request, Request)
                writer.write(encode(response(request, 200, "OK", tag="c")))
                if request.method == "REGISTER":
                    asked.put_nowait(request)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    where = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    more = {"username": far.USERNAME, "password": far.PASSWORD, "register_seconds": 300, "transport": "tcp"}
    async with server, site(peers=[], proxies=[where], **more) as found:
        first = await asyncio.wait_for(asked.get(), 5)
        assert first.headers["Contact"].startswith(f"<sip:site42@127.0.0.1:{found.port};transport=tcp>")
        streams[0].close()
        assert (await asyncio.wait_for(asked.get(), 5)).headers["Expires"] == "300"
        await registered(found)
    for stream in streams:
        stream.close()


async def test_one_that_cannot_serve_now_is_passed_by() -> None:
    async with carrier(lambda _: (503,)) as busy, carrier() as there, site(**settings(busy, there)) as found:
        await registered(found)
        assert (len(busy.asked), len(there.asked)) == (1, 2)


async def test_a_log_in_that_is_an_address_is_one_still() -> None:
    async with carrier(far.granted) as there, site(**settings(there, username="site42@pbx")) as found:
        await registered(found)
        assert there.asked[0].headers["To"] == "<sip:site42%40pbx@127.0.0.1>"
        with Party() as caller:
            caller.to("<sip:site42@carrier>", f"sip:site42%40pbx@127.0.0.1:{found.port}")
            assert (await caller.call(found.port)).code == 200
            await caller.ask("BYE")


async def test_what_is_no_domain_is_said_and_the_trunk_goes_on() -> None:
    async with carrier() as there, site(**settings(there, domain="a b")) as found:
        await found.until(lambda: mine(found).error)
        assert mine(found).standing is Standing.FAILED and there.asked == []


def answer(*headers: str) -> Response:
    made = Response(200, "OK")
    for header in headers:
        name, _, value = header.partition(": ")
        made.headers.add(name, value)
    return made


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        (("Contact: <sip:a@h:1>;expires=120", "Contact: <sip:site42@us:5060>;expires=60", "Expires: 30"), 60),
        (("Contact: <sip:site42@outside:9999>;expires=90",), 90),  # mended behind NAT
        (("Contact: <sip:a@h:1>;expires=120", "Contact: <sip:b@h:1>;expires=60", "Expires: 30"), 30),
        ((), 300),
    ],
)
def test_how_long_it_is_held_is_the_registrar_s_word(headers: tuple[str, ...], seconds: float) -> None:
    assert granted(answer(*headers), "<sip:site42@us:5060>", 300) == seconds


def test_it_is_refreshed_well_before_its_end_and_not_by_all_at_once() -> None:
    assert [refresh_after(3600, chance) for chance in (0, 0.5, 1)] == pytest.approx([2880, 3060, 3240])


def test_pauses_double_and_end_at_ten_minutes_spread_by_chance() -> None:
    assert [back_off(failures, 1.0) for failures in (1, 2, 3, 50)] == [10, 20, 40, LONGEST_PAUSE]
    assert back_off(1, 0.0) == 5


@pytest.mark.parametrize(("said", "seconds"), [("120 (tea)", 120), ("99999999", 3600), ("soon", 0)])
def test_who_says_when_to_come_again_is_heeded_for_an_hour_at_most(said: str, seconds: int) -> None:
    assert (retry_after(answer(f"Retry-After: {said}")), retry_after(answer())) == (seconds, 0)
