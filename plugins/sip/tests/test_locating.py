"""Where a trunk's name leads (RFC 3263), asked of a real name server, and which place a call then takes."""

from __future__ import annotations

import asyncio
import ssl
from collections import Counter
from random import Random

import pytest
from dns.resolver import LRUCache

from hub.api import Unreachable
from plugins.sip.calls import dialing
from plugins.sip.counters import TRUNK_UP
from plugins.sip.tests.name_server import name_server
from plugins.sip.tests.party import Party, site
from plugins.sip.trunks.locating import Locator, Record, Target, in_order
from plugins.sip.trunks.proxy import LONGEST_REST, Proxy

SRV = "_sip._udp.carrier.test. SRV"
HOSTS = {"a.carrier.test. A": ["127.0.0.1"], "b.carrier.test. A": ["127.0.0.1", "127.0.0.2"]}


async def test_srv_records_are_taken_by_priority_and_each_host_s_every_address() -> None:
    zone = {SRV: ["20 0 5080 a.carrier.test.", "10 5 5070 b.carrier.test.", "10 0 1 gone.test."], **HOSTS}
    async with name_server(zone) as server:
        found = await Locator([server.where]).targets("carrier.test", "udp")
        hosts = [(each.host, each.address) for each in found]
        assert sorted(hosts[:2]) == [("b.carrier.test", ("127.0.0.1", 5070)), ("b.carrier.test", ("127.0.0.2", 5070))]
        assert hosts[2:] == [("a.carrier.test", ("127.0.0.1", 5080))]
        assert {each.proxy for each in found} == {"carrier.test"}


@pytest.mark.parametrize(
    ("transport", "asked", "port"),
    [("udp", "_sip._udp", 5060), ("tcp", "_sip._tcp", 5060), ("tls", "_sips._tcp", 5061)],
)
async def test_a_name_without_srv_records_leads_to_its_addresses(transport: str, asked: str, port: int) -> None:
    async with name_server(HOSTS) as server:
        [found] = await Locator([server.where]).targets("a.carrier.test", transport)
        assert (found.address, found.where) == (("127.0.0.1", port), "a.carrier.test")
        assert server.asked[0] == f"{asked}.a.carrier.test. SRV"


NAPTR = "carrier.test. NAPTR"
TLS_FIRST = [
    '50 30 "s" "SIP+D2U" "" _sip._udp.carrier.test.',
    '50 10 "s" "SIPS+D2T" "" _sips._tcp.other.test.',
    '60 0 "s" "SIP+D2T" "" _sip._tcp.carrier.test.',
    '10 0 "u" "E2U+sip" "!^.*$!sip:a@b!" .',
]


async def test_a_domain_says_by_naptr_how_and_where_it_wants_calls() -> None:
    zone = {
        NAPTR: TLS_FIRST,
        SRV: ["10 0 5070 a.carrier.test."],
        "_sips._tcp.other.test. SRV": ["10 0 5071 a.carrier.test."],
        "_sip._tcp.carrier.test. SRV": ["10 0 5072 a.carrier.test."],
        **HOSTS,
    }
    async with name_server(zone) as server:
        found = await Locator([server.where]).targets("carrier.test", "auto")
        assert [(each.transport, each.address[1]) for each in found] == [("tls", 5071), ("udp", 5070)]
        assert {each.proxy for each in found} == {"carrier.test"}, "the name a certificate must prove"
        [udp] = await Locator([server.where]).targets("carrier.test", "udp")
        assert udp.address[1] == 5070 and server.asked.count(NAPTR) == 1, "who says how is not asked how"


async def test_a_domain_without_naptr_is_tried_by_udp_and_tcp_and_then_by_its_address() -> None:
    zone = {"_sip._tcp.carrier.test. SRV": ["10 0 5072 a.carrier.test."], SRV: ["0 0 0 ."], **HOSTS}
    async with name_server(zone) as server:
        locator = Locator([server.where])
        [found] = await locator.targets("carrier.test", "auto")
        assert (found.transport, found.address[1]) == ("tcp", 5072)
        [found] = await locator.targets("a.carrier.test", "auto")
        assert (found.transport, found.address) == ("udp", ("127.0.0.1", 5060))


async def test_a_domain_that_is_reached_by_nothing_we_speak_is_not_called() -> None:
    async with name_server({NAPTR: ['1 1 "s" "SIP+D2S" "" _sip._sctp.carrier.test.'], **HOSTS}) as server:
        with pytest.raises(OSError, match="nothing that we speak"):
            await Locator([server.where]).targets("carrier.test", "auto")


async def test_who_names_a_port_or_an_address_means_it() -> None:
    async with name_server(HOSTS) as server:
        locator = Locator([server.where])
        assert [each.address for each in await locator.targets("a.carrier.test:5090", "udp")] == [("127.0.0.1", 5090)]
        assert [each.address for each in await locator.targets("[::1]:5090", "udp")] == [("::1", 5090)]
        assert not any("SRV" in each for each in server.asked)


async def test_what_can_be_no_name_leads_nowhere() -> None:
    with pytest.raises(OSError, match="can be no name"):
        await Locator().targets("a..b:5060", "udp")


async def test_a_domain_may_say_that_it_takes_no_such_calls() -> None:
    async with name_server({SRV: ["0 0 0 ."], "carrier.test. A": ["127.0.0.1"]}) as server:
        with pytest.raises(OSError, match="does not serve udp"):
            await Locator([server.where]).targets("carrier.test", "udp")


async def test_answers_are_kept_and_hold_when_nobody_answers_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plugins.sip.trunks.locating.ANSWERS_WITHIN", 0.1)
    async with name_server({SRV: ["10 0 5070 a.carrier.test."], **HOSTS}) as server:
        locator = Locator([server.where])
        first, asked = await locator.targets("carrier.test", "udp"), len(server.asked)
        assert await locator.targets("carrier.test", "udp") == first and len(server.asked) == asked
        server.silent = True
        assert locator._resolver is not None and isinstance(locator._resolver.cache, LRUCache)
        locator._resolver.cache.flush()
        assert await locator.targets("carrier.test", "udp") == first and len(server.asked) > asked
        with pytest.raises(OSError, match="no name server"):
            await locator.targets("other.test", "udp")
        asked = len(server.asked)
        with pytest.raises(OSError, match="a moment ago"):
            await locator.targets("other.test", "udp")
        assert len(server.asked) == asked


def test_among_equals_weight_decides_how_often_one_is_first() -> None:
    records = [Record(1, 3, 0, "three"), Record(1, 1, 0, "one"), Record(1, 0, 0, "none"), Record(0, 0, 0, "first")]
    chance = Random(7).random
    drawn = [[each.host for each in in_order(records, chance)] for _ in range(4_000)]
    assert all(each[0] == "first" and sorted(each) == ["first", "none", "one", "three"] for each in drawn)
    second = Counter(each[1] for each in drawn)
    assert 2.7 < second["three"] / second["one"] < 3.3 and second["none"] < 10


async def test_a_call_goes_by_the_second_when_the_first_is_dead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dialing, "PATIENCE", 0.1)
    with Party() as dead, Party() as alive:
        zone = {SRV: [f"1 0 {dead.port} a.carrier.test.", f"2 0 {alive.port} a.carrier.test."], **HOSTS}
        carrier = {"proxies": ["carrier.test"], "prefixes": ["*"]}
        async with name_server(zone) as server, site(**carrier, dns=[server.where]) as found:
            await found.rings_outside()
            invite = await alive.picks_up()
            assert str(invite.uri) == "sip:+8610011@carrier.test"
            await found.until(lambda: any(fact["state"] == "ANSWERED" for fact in found.told("leg")))
            await alive.asked("INVITE")  # and so does the next, at once
            trunk = found.exchange.trunks[7]
            assert [(each.where, each.failures > 0) for each in trunk.proxies] == [
                (f"a.carrier.test:{dead.port}", True), (f"a.carrier.test:{alive.port}", False),
            ]  # fmt: skip
            assert TRUNK_UP.labels("Trunk", f"a.carrier.test:{dead.port}")._value.get() == 0


async def test_over_streams_the_next_is_taken_when_nobody_listens() -> None:
    there = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", 0)
    port = there.sockets[0].getsockname()[1]
    with Party() as nobody:  # datagrams only: the number is taken, and refuses connections
        zone = {"_sip._tcp.carrier.test. SRV": [f"1 0 {nobody.port} a.carrier.test.", f"2 0 {port} a.carrier.test."]}
        carrier = {"proxies": ["carrier.test"], "transport": "tcp"}
        async with there, name_server({**zone, **HOSTS}) as server, site(**carrier, dns=[server.where]) as found:
            trunk = found.exchange.trunks[7]
            flow, proxy = await trunk.way()
            assert (flow.remote, proxy.where) == (("127.0.0.1", port), f"a.carrier.test:{port}")
            assert trunk.proxies[0].failures > 0


async def test_over_tls_a_place_proves_the_name_as_written_not_what_name_servers_made_of_it(certificate: str) -> None:
    here = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    here.load_cert_chain(certificate)
    there = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0, ssl=here)
    port = there.sockets[0].getsockname()[1]
    names = ["carrier.test", "robbed.test"]
    zone = {f"_sips._tcp.{name}. SRV": [f"1 0 {port} a.carrier.test."] for name in names}
    async with there, name_server({**zone, **HOSTS}) as server:
        more = {"transport": "tls", "tls_authorities": certificate, "dns": [server.where]}
        async with site(proxies=names[:1], **more) as found:
            assert (await found.exchange.trunks[7].way())[0].remote == ("127.0.0.1", port)
        async with site(proxies=names[1:], **more) as found:
            with pytest.raises(OSError, match="no proxy of the trunk"):
                await found.exchange.trunks[7].way()


async def test_who_says_503_after_100_is_passed_by_and_left_alone_as_long_as_it_asks() -> None:
    with Party() as busy, Party() as other:
        proxies = [f"127.0.0.1:{busy.port}", f"127.0.0.1:{other.port}"]
        async with site(proxies=proxies, prefixes=["*"]) as found:
            trunk = found.exchange.trunks[7]
            await found.rings_outside()
            invite = await busy.asked("INVITE")
            busy.reply(invite, 100)
            busy.reply(invite, 503, "Retry-After: 1800")
            await busy.asked("ACK")
            again = await other.asked("INVITE")
            assert again.call_id != invite.call_id
            other.reply(again, 486)
            await other.asked("ACK")
            first = trunk.proxies[0]
            first.answered(trunk._now())
            assert first.down_until - trunk._now() > 1700  # OPTIONS that it answers do not bring it back earlier
            assert (await trunk.way())[1] is trunk.proxies[1]


async def test_a_name_that_leads_nowhere_is_seen_and_calls_by_it_are_unreachable() -> None:
    async with name_server({}) as server, site(proxies=["carrier.test"], prefixes=["*"], dns=[server.where]) as found:
        with pytest.raises(Unreachable):
            await found.rings_outside()
        assert found.exchange.trunks[7].lost == ["carrier.test"]


def test_rests_double_up_to_five_minutes_and_end_when_it_answers() -> None:
    proxy = Proxy(Target("a", "a", ("127.0.0.1", 5060), "udp"))
    rests = []
    for _ in range(9):
        proxy.failed(0.0)
        rests.append(proxy.down_until)
    assert rests[:3] == [5, 10, 20] and rests[-1] == LONGEST_REST
    proxy.answered(1.0)
    assert (proxy.down_until, proxy.failures) == (0, 0)
