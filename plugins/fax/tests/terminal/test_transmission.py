"""Two machines and a line between them: every pixel arrives, or the end says why not."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugins.fax.terminal.ending import INCOMPLETE, STUCK, Cause, ending
from plugins.fax.terminal.job import Codec, Event, Job, Modem, PageDone, Phase, Progress, T38Options
from plugins.fax.terminal.t30 import Unsuitable
from plugins.fax.tests.terminal.charts import STANDARD, charts, load, same, save, strip
from plugins.fax.tests.terminal.lines import (
    HOUR,
    Lossy,
    by_audio,
    by_packets,
    hang_up,
    receives,
    sends,
    talk,
)

ALL = range(1, 9)


@pytest.mark.slow
@pytest.mark.parametrize("codec", list(Codec))
def test_every_chart_arrives_exactly_by_audio(tmp_path: Path, codec: Codec) -> None:
    document = save(tmp_path / "sent.tif", charts(*ALL))
    one, other = by_audio(sends(document), codec), by_audio(receives(tmp_path / "got.tif"), codec)
    talk(one, other)
    assert one.done.ok and other.done.ok and one.done.ecm and one.done.bit_rate == 14400
    assert one.done.pages == other.done.pages == one.done.pages_expected == len(ALL)
    assert same(charts(*ALL), load(tmp_path / "got.tif"))
    hang_up(one, other)


@pytest.mark.slow
def test_every_chart_arrives_exactly_by_t38(tmp_path: Path) -> None:
    document = save(tmp_path / "sent.tif", charts(*ALL))
    one, other = by_packets(sends(document)), by_packets(receives(tmp_path / "got.tif"))
    talk(one, other)
    assert one.done.ok and other.done.ok and one.done.t38
    assert same(charts(*ALL), load(tmp_path / "got.tif"))
    hang_up(one, other)


@pytest.mark.slow
def test_three_in_a_hundred_packets_may_be_lost_by_t38(tmp_path: Path) -> None:
    document = save(tmp_path / "sent.tif", charts(*ALL))
    paced = T38Options()
    one, other = by_packets(sends(document), paced), by_packets(receives(tmp_path / "got.tif"), paced)
    there, back = Lossy(0.03, seed=1, displaces=True), Lossy(0.03, seed=2, displaces=True)
    talk(one, other, there, back)
    assert there.lost > 50
    assert one.done.ok and other.done.ok and same(charts(*ALL), load(tmp_path / "got.tif"))
    hang_up(one, other)


@pytest.mark.slow
def test_one_in_a_thousand_frames_may_be_lost_by_audio(tmp_path: Path) -> None:
    document = save(tmp_path / "sent.tif", charts(1, 2, 3))
    one, other = by_audio(sends(document)), by_audio(receives(tmp_path / "got.tif"))
    there, back = Lossy(0.001, seed=3), Lossy(0.001, seed=4)
    talk(one, other, there, back)
    assert there.lost and back.lost
    assert one.done.ok and other.done.ok and same(charts(1, 2, 3), load(tmp_path / "got.tif"))
    hang_up(one, other)


def test_a_machine_that_stalls_and_catches_up_breaks_nothing(tmp_path: Path) -> None:
    """Then what came meanwhile is there at once, and the ticks that were due find nothing."""
    document = save(tmp_path / "sent.tif", [strip()])
    one, other = by_audio(sends(document)), by_audio(receives(tmp_path / "got.tif"))
    while one.way.t30.active or other.way.t30.active:
        talk(one, other, ticks=190)
        for first, then in ((one, other), (other, one)):
            for datagram in [datagram for _ in range(30) for datagram in first.way.tick()]:
                then.way.take(datagram)
    assert one.done.ok and other.done.ok and same([strip()], load(tmp_path / "got.tif"))
    assert one.done.retries == other.done.retries == 0
    hang_up(one, other)


def test_who_was_called_may_be_the_one_that_sends(tmp_path: Path) -> None:
    """Fax on demand, seen from the machine that called: it receives, and still is the one that answers T.30."""
    document = save(tmp_path / "sent.tif", [strip()])
    hub, caller = by_audio(sends(document)), by_audio(receives(tmp_path / "got.tif"))
    for _ in range(25 * 50):  # START is pressed late
        hub.way.tick()
    talk(hub, caller)
    assert hub.done.ok and caller.done.ok and same([strip()], load(tmp_path / "got.tif"))
    hang_up(hub, caller)


@pytest.mark.parametrize(("modem", "rate"), [(Modem.V27TER, 4800), (Modem.V29, 9600), (Modem.V17, 14400)], ids=str)
def test_pages_go_by_the_modem_both_know(tmp_path: Path, modem: Modem, rate: int) -> None:
    document = save(tmp_path / "sent.tif", [strip()])
    one = by_audio(sends(document, modems=frozenset({modem, Modem.V27TER})))
    other = by_audio(receives(tmp_path / "got.tif"))
    talk(one, other)
    assert one.done.ok and one.done.bit_rate == other.done.bit_rate == rate
    assert same([strip()], load(tmp_path / "got.tif"))
    hang_up(one, other)


@pytest.mark.parametrize(("most", "rate"), [(14_400, 14_400), (9600, 9600), (4800, 4800), (300, 4800)])
def test_by_t38_pages_go_no_faster_than_the_far_side_takes_them(tmp_path: Path, most: int, rate: int) -> None:
    document, options = save(tmp_path / "sent.tif", [strip()]), T38Options(paced=False, max_bit_rate=most)
    one, other = by_packets(sends(document), options), by_packets(receives(tmp_path / "got.tif"))
    talk(one, other)
    assert one.done.ok and one.done.bit_rate == rate
    hang_up(one, other)


def test_without_error_correction_a_quiet_line_is_as_exact(tmp_path: Path) -> None:
    document = save(tmp_path / "sent.tif", [strip()], STANDARD)
    one, other = by_audio(sends(document)), by_audio(receives(tmp_path / "got.tif", ecm=False))
    talk(one, other)
    assert one.done.ok and not one.done.ecm and one.done.compression in {"MH", "MR"} and not other.done.bad_rows
    assert one.done.resolution == (204, 98) and same([strip()], load(tmp_path / "got.tif"))
    hang_up(one, other)


def test_stations_are_introduced(tmp_path: Path) -> None:
    document = save(tmp_path / "sent.tif", [strip(400)])
    one, other = by_packets(sends(document, sub_address="4711")), by_packets(receives(tmp_path / "got.tif"))
    talk(one, other)
    assert other.done.remote_ident == "+86 10 5555" and other.done.sub_address == "4711"
    assert one.done.remote_ident == "+1 202 5550"
    assert same([strip(400)], load(tmp_path / "got.tif"))
    hang_up(one, other)


def test_each_page_is_told_when_it_is_on_the_disk(tmp_path: Path) -> None:
    pages = [strip(seed=seed) for seed in (1, 2, 3)]
    document, got = save(tmp_path / "sent.tif", pages), tmp_path / "got.tif"
    seen: list[bool] = []

    def look(event: Event) -> None:
        if isinstance(event, PageDone):
            seen.append(same(pages[: event.page], load(got)))

    one, other = by_packets(sends(document)), by_packets(receives(got), hear=look)
    talk(one, other)
    assert seen == [True, True, True]
    assert [page.rows for page in one.pages] == [page.rows for page in other.pages] == [200, 200, 200]
    hang_up(one, other)


def test_what_goes_on_is_told_in_order(tmp_path: Path) -> None:
    document = save(tmp_path / "sent.tif", [strip(), strip()])
    one, other = by_packets(sends(document)), by_packets(receives(tmp_path / "got.tif"))
    talk(one, other)
    for machine in (one, other):
        steps = [(event.phase, event.page) for event in machine.told if isinstance(event, Progress)]
        assert steps.index((Phase.PAGE, 1)) < steps.index((Phase.AFTER_PAGE, 1)) < steps.index((Phase.PAGE, 2))
        assert steps[0] == (Phase.AGREEING, 1)
    hang_up(one, other)


def test_a_cut_line_keeps_the_pages_that_were_whole(tmp_path: Path) -> None:
    pages = [strip(seed=seed) for seed in (1, 2)] + charts(1)
    got = tmp_path / "got.tif"
    one, other = by_audio(sends(save(tmp_path / "sent.tif", pages))), by_audio(receives(got))
    while len(other.pages) < 2:
        talk(one, other, ticks=50)
    talk(one, other, ticks=200)
    hang_up(one, other)
    assert same(pages[:2], load(got))
    assert (other.done.pages, ending(other.done.code).cause, other.done.ok) == (2, Cause.LINE, False)
    assert (one.done.pages, one.done.pages_expected, one.done.ok) == (2, 3, False)


def test_a_page_that_was_cut_is_no_page(tmp_path: Path) -> None:
    one, other = by_audio(sends(save(tmp_path / "sent.tif", charts(1)))), by_audio(receives(tmp_path / "got.tif"))
    talk(one, other, ticks=15 * 50)
    hang_up(one, other)
    assert not other.done.ok and other.done.pages == 0 and not other.pages


def test_who_hears_nothing_gives_up(tmp_path: Path) -> None:
    one = by_audio(sends(save(tmp_path / "sent.tif", [strip()])))
    for _ in range(HOUR):
        if not one.way.t30.active:
            break
        one.way.tick()
    assert ending(one.done.code).cause is Cause.NO_FAX
    hang_up(one)


def test_the_watchdog_ends_what_the_standard_lets_hang(tmp_path: Path) -> None:
    """Here a far side that says the same for ever: a signal is there, and never a page."""
    job = sends(save(tmp_path / "sent.tif", charts(1)), page_seconds=20.0)
    one, other = by_audio(job), by_audio(receives(tmp_path / "got.tif", modems=frozenset({Modem.V27TER})))
    talk(one, other)
    assert one.done.code == STUCK and not one.done.ok
    hang_up(one, other)


def test_pages_that_are_missing_make_a_success_none(tmp_path: Path) -> None:
    document = save(tmp_path / "sent.tif", [strip()])
    one, other = by_packets(sends(document, pages_expected=2)), by_packets(receives(tmp_path / "got.tif"))
    talk(one, other)
    assert one.done.code == INCOMPLETE and one.done.pages == 1 and not one.done.ok
    hang_up(one, other)


def test_a_document_that_is_none_is_said_to_be(tmp_path: Path) -> None:
    (tmp_path / "sent.tif").write_bytes(b"II*\0nothing")
    one, other = by_packets(sends(tmp_path / "sent.tif")), by_packets(receives(tmp_path / "got.tif"))
    talk(one, other)
    assert ending(one.done.code).cause is Cause.PERMANENT and not other.done.ok
    hang_up(one, other)


def test_a_path_that_the_library_would_cut_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unsuitable):
        by_packets(sends(tmp_path / ("long" * 60)))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.binary(max_size=80), max_size=20))
def test_anything_may_come(datagrams: list[bytes]) -> None:
    for machine in (by_audio(Job(calling=True)), by_packets(Job(calling=True))):
        for datagram in datagrams:
            machine.way.take(datagram)
            machine.way.tick()
        hang_up(machine)
        assert not machine.done.ok
