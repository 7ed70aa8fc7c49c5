"""`hub simulate`, as it is typed: figures, charts, proposals, and a sentence for every mistake."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.main import main
from hub.main.sentence import Sentence
from hub.main.simulate.day import read_day
from hub.main.simulate.rows import Calendar
from hub.main.simulate.site import read
from hub.main.simulate.text import table, width

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "docs/examples/day"
SITE, DAY, SHIFTS, CALLS = (EXAMPLE / name for name in ("site.toml", "day.csv", "shifts.csv", "calls.csv"))
GUIDE = (ROOT / "docs/routing.md").read_text(encoding="utf-8")
HEADER = "time,queue,channel,handle_seconds"
ROW = "2026-11-23 09:00,support,phone,60"
INTERVALS = "interval_start,interval_minutes,queue,channel,arrivals,handle_seconds,patience_seconds"


def simulate(*words: object) -> int:
    return main(["simulate", *map(str, words)])


@pytest.mark.slow
def test_the_example_prints_its_figures_and_charts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plot = tmp_path / "day.svg"
    assert simulate(SITE, "--day", DAY, "--shifts", SHIFTS, "--replications", 3, "--plot", plot) == 0
    told = capsys.readouterr()
    lines = told.out.splitlines()
    header = "queue channel offered answered abandoned overflowed mean wait p90 service level occupancy"
    assert " ".join(lines[0].split()) == header
    assert [line.split("  ")[0] for line in lines[2:7]] == ["Support 客服"] * 3 + ["维修预约", "all"]
    assert all("±" in line for line in lines[2:7])
    assert "2026-11-23 08:00 to 18:00, 30 minutes a bar" in lines
    assert len([line for line in lines if re.search("  [▁-█]{20}$", line)]) == 14
    assert "days played: 3 of 3" in told.err
    texts = [element.text for element in ElementTree.parse(plot).iter("{http://www.w3.org/2000/svg}text")]
    assert {"Mean wait", "Service level", "Abandoned", "Occupancy", "维修预约 · phone", "维修预约", "08:00"} <= {*texts}


@pytest.mark.slow
def test_the_same_seed_prints_the_same_and_another_does_not(capsys: pytest.CaptureFixture[str]) -> None:
    outputs = []
    for seed in (1, 1, 2):
        assert simulate(SITE, "--day", DAY, "--seed", seed, "--replications", 1) == 0
        outputs.append(capsys.readouterr().out)
    assert outputs[0] == outputs[1] != outputs[2]
    assert "±" not in outputs[0]


def test_single_calls_are_played_as_they_were(capsys: pytest.CaptureFixture[str]) -> None:
    assert simulate(SITE, "--day", CALLS, "--accept-seconds", 0, "--replications", 2) == 0
    out = capsys.readouterr().out
    assert re.search(r"^Support 客服  phone +3 ±0 +3 ±0 +0\.0 ±0\.0 % +0\.0 ±0\.0 s", out, re.MULTILINE)


@pytest.mark.slow
def test_agents_are_proposed_for_every_interval_and_queue(capsys: pytest.CaptureFixture[str]) -> None:
    assert simulate(SITE, "--day", DAY, "--staff", "--replications", 2) == 0
    out = capsys.readouterr().out
    proposed = out[out.index("Agents that reach the targets") :].splitlines()[3:23]
    assert [line.split()[0] for line in proposed] == [f"{8 + each // 2:02}:{each % 2 * 30:02}" for each in range(20)]
    for line in proposed:
        support, by_formula, _, _, _, repairs, *_ = line.split()[1:]
        assert abs(int(support) - int(by_formula)) < 3
        assert int(support) > 1
        assert int(repairs) > 0


def test_a_site_without_users_is_told_how_many_it_needs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    site = tmp_path / "site.toml"
    site.write_text('[[queues]]\nkey = "support"\nname = "客服"\n', encoding="utf-8")
    day = tmp_path / "day.csv"
    day.write_text(f"{INTERVALS}\n09:00,30,support,phone,20,180,90\n", encoding="utf-8")
    assert simulate(site, "--day", day, "--date", "2026-11-23") == 2
    assert "--staff proposes how many are needed" in capsys.readouterr().err
    assert simulate(site, "--day", day, "--date", "2026-11-23", "--staff", "--replications", 3) == 0
    assert re.search(r"^09:00 +4 +4 ", capsys.readouterr().out, re.MULTILINE)


def test_a_day_on_which_nobody_comes_and_one_of_two_days(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    day, plot = tmp_path / "day.csv", tmp_path / "day.svg"
    day.write_text(f"{INTERVALS}\n2026-11-23 09:00,30,support,phone,0,180,\n", encoding="utf-8")
    assert simulate(SITE, "--day", day, "--staff", "--plot", plot) == 0
    assert re.search("^all +0 ±0 +0 ±0 +– +–", capsys.readouterr().out, re.MULTILINE)
    late = [f"2026-11-{date} {hour}:00,60,support,phone,4,180," for date in (23, 24) for hour in (10, 22)]
    day.write_text("\n".join([INTERVALS, *late]), encoding="utf-8")
    assert simulate(SITE, "--day", day, "--plot", plot, "--replications", 2) == 0
    assert "2026-11-23 10:00 to 11-24 23:00, 60 minutes a bar" in capsys.readouterr().out
    assert "11-24 10:00" in plot.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([HEADER], "has no row below its header: nobody comes on that day."),
        ([], "is empty: its first line names the columns."),
        (["time,queue,channel"], " line 1: there is no column handle_seconds."),
        ([HEADER + ",colour"], " line 1: no such column: colour."),
        ([HEADER + ",time"], " line 1: a column stands there twice."),
        (
            [HEADER, "2026-11-23 09:00,suport,phone,60"],
            " line 2: there is no queue 'suport'; the site has support, repairs.",
        ),
        ([HEADER, ROW, "", "2026-11-23 09:00,support,phone,soon"], " line 4: handle_seconds is a number, not 'soon'."),
        ([HEADER, "2026-11-23 09:00,support,phone,-1"], " line 2: handle_seconds is from 0 to 604800, not -1."),
        ([HEADER, "2026-11-23 09:00,support,phone,nan"], " line 2: handle_seconds is from 0 to 604800, not nan."),
        ([HEADER, "2026-11-23 09:00,support,,60"], " line 2: channel is empty."),
        (
            [HEADER, "yesterday,support,phone,60"],
            " line 2: time is a time like 2026-11-23 09:00 or 09:00, not 'yesterday'.",
        ),
        (
            [HEADER, "09:00,support,phone,60"],
            " line 2: time 09:00 is of no day: write 2026-11-23 09:00, or say --date 2026-11-23.",
        ),
        ([HEADER, ROW + ",more"], " line 2: 5 fields, but only 4 columns."),
        (
            [HEADER, ROW, "2027-01-23 09:00,support,phone,60"],
            ": from the first to the last arrival it is more than a week.",
        ),
        ([HEADER + ",medium", ROW + ",TAPE"], " line 2: medium is VOICE, LIVE_TEXT, DEFERRED, not 'TAPE'."),
        ([HEADER + ",skills", ROW + ",zh:high"], " line 2: skills are written english:2 french, not 'zh:high'."),
        ([HEADER + ",priority", ROW + ",high"], " line 2: priority is a whole number from -1000 to 1000, not 'high'."),
        ([HEADER + ",patience_seconds", ROW + ",0"], " line 2: patience_seconds is from 0.001 to 604800, not 0."),
        ([INTERVALS, "2026-11-23 09:00,0,support,phone,5,60,"], " line 2: interval_minutes is from 1 to 1440, not 0."),
        ([INTERVALS, "2026-11-23 09:00,30,support,phone,,60,"], " line 2: arrivals is empty."),
        (
            [HEADER, '2026-11-23 09:00,"support,phone,60'],
            " line 2: not a table of fields between commas: unexpected end of data.",
        ),
    ],
)
def test_a_mistake_in_the_day_is_one_sentence(
    rows: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    day = tmp_path / "day.csv"
    day.write_text("\n".join(rows), encoding="utf-8")
    assert simulate(SITE, "--day", day) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.removeprefix(f"hub: {day}").strip() == said.strip()


FIELDS = st.sampled_from(
    ["", "0", "1e300", "-3", "9" * 5_000, "support", "VOICE", "0001-01-01", "9999-12-31 23:59", "x"]
)
COLUMNS = [*f"{HEADER},medium,skills,priority,patience_seconds".split(",")]
GOOD = ["2026-11-23 09:00", "support", "phone", "60", "VOICE", "", "0", "30"]


@pytest.mark.slow
@settings(max_examples=200)
@given(st.lists(st.tuples(st.integers(0, 7), FIELDS | st.text(max_size=6)), max_size=3))
def test_no_table_ends_in_a_traceback(changes: list[tuple[int, str]]) -> None:
    fields = [*GOOD]
    for place, value in changes:
        fields[place] = value
    with TemporaryDirectory() as folder, contextlib.suppress(Sentence):
        path = Path(folder, "day.csv")
        path.write_text(",".join(COLUMNS) + "\n" + ",".join(fields) + "\n", encoding="utf-8", errors="replace")
        assert read_day(path, read(SITE), Calendar(ZoneInfo("UTC"), None)).arrivals.recorded


def test_mistakes_in_other_places_are_sentences_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    strange = tmp_path / "gb.csv"
    strange.write_bytes("时间".encode("gb18030"))
    shifts = tmp_path / "shifts.csv"
    for words, said in (
        ((SITE, "--day", tmp_path / "no.csv"), "there is no file"),
        ((SITE, "--day", tmp_path), "cannot be read: Is a directory"),
        ((SITE, "--day", strange), "is not UTF-8 text: save it as CSV in UTF-8."),
        ((SITE, "--day", DAY, "--staff", "--replications", 1), "--staff needs --replications 2 or more"),
        ((tmp_path / "no.toml", "--day", DAY), "there is no such file"),
        ((SITE, "--day", DAY, "--zone", "Mars/Base"), "there is no time zone 'Mars/Base'"),
        ((SITE, "--day", DAY, "--replications", 1, "--plot", tmp_path / "no" / "a.svg"), "cannot be written"),
    ):
        assert simulate(*words) == 2
        assert said in capsys.readouterr().err
    for rows, said in (
        ("anna,09:00,17:00\nanna,16:00,18:00", "anna works another shift at that time."),
        ("nobody,09:00,17:00", "no user 'nobody' with queues"),
        ("anna,2026-11-23 09:00,2026-11-23 09:00", "a shift ends after it starts."),
    ):
        shifts.write_text(f"login,start,end\n{rows}\n")
        assert simulate(SITE, "--day", DAY, "--shifts", shifts, "--date", "2026-11-23") == 2
        assert f"{shifts} line {2 + rows.count(chr(10))}: {said}" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["--replications", "0"], ["--unanswered", "101"], ["--date", "today"]])
def test_an_option_that_means_nothing_is_refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        simulate(SITE, "--day", DAY, *words)
    assert f"argument {words[0]}: not a" in capsys.readouterr().err


def test_columns_stand_below_each_other_with_chinese_names() -> None:
    lines = table(["queue", "n"], [["客服", "1"], ["Support", "20"]], left=1).splitlines()
    assert {width(line) for line in lines} == {11}


def test_the_guide_shows_the_example_as_it_is() -> None:
    section = GUIDE[GUIDE.index("## Simulating a day") :]
    for path in (SITE, DAY, SHIFTS, CALLS):
        assert f"docs/examples/day/{path.name}" in section
    for path in (DAY, CALLS, SHIFTS):
        assert path.read_text(encoding="utf-8").splitlines()[1] in section
    assert "Support 客服  phone" in section
