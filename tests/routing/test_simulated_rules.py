"""`hub simulate` with the site's routing rules and customers who come again."""

from __future__ import annotations

import re
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from hub.main.sentence import Sentence
from hub.main.simulate.day import read_day
from hub.main.simulate.rows import Calendar
from hub.main.simulate.rules import Rules, read_rules
from hub.main.simulate.site import read
from hub.routing.simulation.outcomes import Segment
from hub.routing.simulation.scenario import Scenario, Shift
from hub.routing.simulation.world import World
from tests.routing.test_simulate_command import EXAMPLE, INTERVALS, SITE, simulate

CUSTOMERS_DAY = EXAMPLE / "customers.csv"
CUSTOMERS = "time,queue,channel,handle_seconds,customer,attributes.grade"


def played(tmp_path: Path, rows: list[str], rules: str, **queue: str) -> list[Segment]:
    """One day with these rules: what became of each contact. Ann and Bob take support, Rita repairs."""
    site, day, file = (tmp_path / name for name in ("site.toml", "day.csv", "rules.toml"))
    routing = "".join(f"{key} = {value}\n" for key, value in queue.items())
    tables = [f'[[queues]]\nkey = "support"\nname = "Support"\n[queues.routing]\n{routing}']
    tables += ['[[queues]]\nkey = "repairs"\nname = "Repairs"\nskills = { technical = 1 }\npriority = 2\n']
    for login, of in (("ann", "support"), ("bob", "support"), ("rita", "repairs")):
        skills = "{ technical = 2, german = 1 }" if login == "rita" else "{}"
        tables.append(f'[[users]]\nlogin = "{login}"\nname = "{login}"\nqueues = ["{of}"]\nskills = {skills}\n')
    site.write_text("\n".join(tables), encoding="utf-8")
    day.write_text("\n".join([CUSTOMERS, *rows]), encoding="utf-8")
    file.write_text(rules, encoding="utf-8")
    known = read(site)
    timetable = read_day(day, known, Calendar(ZoneInfo("UTC"), None))
    shifts = tuple(Shift(agent, 0.0, timetable.end) for agent in known.agents.values())
    asked = read_rules(file, known)
    scenario = Scenario(timetable.start, timetable.end, known.desks, shifts, asking=Rules.of(asked, known))
    return list(World(scenario, timetable.arrivals.draw(1)).play().segments)


def test_rules_send_contacts_elsewhere_by_what_the_day_file_says_of_them(tmp_path: Path) -> None:
    rules = """
[[rules]]
name = "Good customers"
when = "attributes.grade >= 3"
queue = "repairs"
skills = { german = 1 }
"""
    rows = ["2026-11-23 09:00,support,phone,60,Wang,3", "2026-11-23 09:10,support,phone,60,Li,2"]
    assert [(each.queue, each.agent) for each in played(tmp_path, rows, rules)] == [(2, 3), (1, 1)]


def test_priority_of_a_rule_puts_a_contact_before_those_who_came_first(tmp_path: Path) -> None:
    rules = '[[rules]]\nwhen = "returning"\npriority = 1\n'
    busy = ["2026-11-23 09:00,support,phone,600,Wang,", "2026-11-23 09:00,support,phone,900,Li,"]
    rows = [*busy, "2026-11-23 09:05,support,phone,60,Zhao,", "2026-11-23 09:06,support,phone,60,Wang,"]
    numbers = [each.number for each in played(tmp_path, rows, rules)]
    assert numbers.index(4) < numbers.index(3)
    assert numbers != [each.number for each in played(tmp_path, rows, "")]


def test_who_had_the_customer_last_gets_them_again_where_the_queue_or_a_rule_says_so(tmp_path: Path) -> None:
    rows = [
        "2026-11-23 09:00,support,phone,60,Wang,",
        "2026-11-23 09:02,support,phone,60,Li,",
        "2026-11-23 09:04,support,phone,60,Li,",
    ]
    kept = '[[rules]]\nwhen = "returning"\nagent = "last"\nkeep_seconds = 30\n'
    assert [each.agent for each in played(tmp_path, rows, "")] == [1, 2, 1]
    assert [each.agent for each in played(tmp_path, rows, "", last_agent_seconds="60")] == [1, 2, 2]
    assert [each.agent for each in played(tmp_path, rows, kept)] == [1, 2, 2]


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ("rules = 3", "rules: Input should be a valid list."),
        ("[[rules", "not TOML: "),
        ('[[rules]]\nwhen = "grade = 3"', "rule 1: when: at character 7: Write == to compare."),
        (
            '[[rules]]\nwhen = "true"\nqueue = "sale"',
            "rule 1: there is no queue 'sale'; the site has support, repairs.",
        ),
        ('[[rules]]\nwhen = "true"\nagent = "eve"', "rule 1: no user 'eve' with queues is in the site file."),
    ],
)
def test_a_mistake_in_the_rules_is_one_sentence(tmp_path: Path, rules: str, said: str) -> None:
    with pytest.raises(Sentence, match=re.escape(said)):
        played(tmp_path, ["2026-11-23 09:00,support,phone,60,Wang,"], rules)


def test_customers_have_names_only_where_contacts_stand_one_by_one(tmp_path: Path) -> None:
    day = tmp_path / "day.csv"
    day.write_text(f"{INTERVALS},customer\n2026-11-23 09:00,30,support,phone,2,180,,Wang\n", encoding="utf-8")
    with pytest.raises(Sentence, match="customer is for contacts that stand one by one"):
        read_day(day, read(SITE), Calendar(ZoneInfo("UTC"), None))


def test_rules_are_given_on_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rules = EXAMPLE / "rules.toml"
    assert simulate(SITE, "--day", CUSTOMERS_DAY, "--rules", rules, "--accept-seconds", 0, "--replications", 2) == 0
    assert re.search(r"^维修预约 +phone +1 ±0", capsys.readouterr().out, re.MULTILINE)
    assert simulate(SITE, "--day", CUSTOMERS_DAY, "--rules", tmp_path / "none.toml") == 2
    assert "none.toml cannot be read" in capsys.readouterr().err
