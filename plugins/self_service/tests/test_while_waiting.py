"""What a script offers to those who wait: chosen, it goes on with them; what is wrong with it is said with its line."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from hub.api import Answered, Ask, Choice, End, HandOver
from plugins.self_service.marks import ScriptError
from plugins.self_service.memory import Memory
from plugins.self_service.outcome import lines
from plugins.self_service.rehearsal import Rehearsal, StageWorld, dialogue
from plugins.self_service.script import load, parse
from plugins.self_service.steps import step
from plugins.self_service.walk import Walk

FRONT_DESK = load(Path(__file__).parents[2] / "demo" / "flows" / "front_desk.yaml")
PATIENT = """\
flow: patient
languages: [en, zh]
start: wait
nodes:
  wait:
    do: queue
    while_waiting:
      1: { say: { en: Leave a message, zh: 留言 }, next: message }
      2: { say: { en: Hear when we are here, zh: 营业时间 }, next: hours }
  hours: { do: say, say: { en: Always., zh: 全天。 }, next: wait }
  message: { do: record, say: { en: Speak., zh: 请讲。 }, next: bye, otherwise: wait }
  bye: { do: end }
"""


@pytest.mark.parametrize(("language", "label"), [("en", "Leave a message"), ("zh", "留言")])
async def test_who_waits_may_leave_a_message(language: str, label: str) -> None:
    rehearsal = Rehearsal(parse(PATIENT), StageWorld(), dialogue(language, "VOICE"))
    waits = await rehearsal.start()
    assert isinstance(waits, HandOver) and waits.meanwhile[0] == Choice("1", label)
    assert f"  [1] {label}" in lines(waits) and not rehearsal.over
    assert isinstance(await rehearsal.hear(label), Ask)
    assert isinstance(await rehearsal.hear("It leaks"), End)


async def test_a_way_may_lead_back_to_the_queue_and_what_else_is_said_means_an_agent() -> None:
    rehearsal = Rehearsal(parse(PATIENT), StageWorld(), dialogue())
    await rehearsal.start()
    again = await rehearsal.hear("2")
    assert isinstance(again, HandOver) and again.prompts[0].text == "Always." and len(again.meanwhile) == 2
    assert await rehearsal.hear("3") == End() and rehearsal.over


async def test_a_choice_the_script_has_no_more_leads_back_to_the_queue() -> None:
    waits = await Rehearsal(parse(PATIENT), StageWorld(), dialogue()).start()
    assert isinstance(waits, HandOver)
    changed = parse(PATIENT.replace("      1: {", "      9: {"))
    walk = Walk(changed, dialogue(), StageWorld(), Memory.of(waits.waiting))
    assert await step(walk, Answered("1", "1")) == HandOver()


async def test_the_hotline_offers_it_and_its_callers_message_keeps_their_place() -> None:
    desk = Rehearsal(FRONT_DESK, StageWorld(), replace(dialogue("en", "VOICE"), customer={"name": "Mei"}))
    await desk.start()
    assert isinstance(await desk.hear("0"), HandOver)
    assert "Please leave your message" in (await desk.hear("1")).prompts[0].text
    kept = await desk.hear("The W9 leaks")
    assert isinstance(kept, HandOver) and kept.callback and kept.ticket and not kept.meanwhile


@pytest.mark.parametrize(
    ("before", "after", "complaint"),
    [
        ("next: message }", "next: massage }", "f.yaml:8:56: There is no node `massage`."),
        (", zh: 留言 }", " }", "f.yaml:8:17: The script speaks en and zh: there must be a text for each."),
        ("say: { en: Leave a message, zh: 留言 }", "say: '{nobody}'", "f.yaml:8:18: Nothing is called `nobody`."),
        ("say: { en: Leave a message, zh: 留言 }, ", "", "f.yaml:8:10: `say` is missing here."),
    ],
)
def test_a_mistake_has_its_place(before: str, after: str, complaint: str) -> None:
    assert before in PATIENT
    with pytest.raises(ScriptError) as error:
        parse(PATIENT.replace(before, after, 1), "f.yaml")
    assert complaint in [str(each) for each in error.value.complaints]
