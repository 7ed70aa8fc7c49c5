"""To be called back instead of waiting: the number is read back, may be another one, and the place is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from hub.api import Address, Choice, End, HandOver
from plugins.self_service.leaving import moment
from plugins.self_service.marks import ScriptError
from plugins.self_service.rehearsal import Rehearsal, StageWorld, dialogue
from plugins.self_service.script import parse

CALLS = """\
flow: calls
languages: [en, zh]
zone: Asia/Shanghai
start: wait
nodes:
  wait:
    do: queue
    while_waiting:
      2: { say: { en: Be called back, zh: 请我们回电 }, next: call_back }
  call_back:
    do: menu
    say: { en: "We call you at {sender.value|telephone}.", zh: "我们将致电 {sender.value|telephone}。" }
    otherwise: promised
    choices:
      - { key: "1", label: { en: Yes, zh: 好的 }, go: promised }
      - { key: "2", label: { en: Another number, zh: 换一个号码 }, go: other }
  other:
    do: collect
    into: number
    digits: "5-15"
    say: { en: "The number?", zh: 请输入号码。 }
    next: there
    otherwise: wait
  there:
    do: menu
    say: { en: "{number|telephone}. Right?", zh: "{number|telephone}，对吗？" }
    otherwise: wait
    choices:
      - { key: "1", label: { en: Yes, zh: 对 }, go: promised_there }
      - { key: "2", label: { en: No, zh: 不对 }, go: other }
  promised: { do: queue, callback: true, say: { en: We call you., zh: 我们会回电。 } }
  promised_there: { do: queue, callback: true, number: "{number}", at: "16:30", say: { en: We do., zh: 我们会的。 } }
"""
CALLER = replace(dialogue("en", "VOICE"), sender=Address("tel", "+8613800138000"))


async def test_the_number_they_call_from_is_read_back_and_kept() -> None:
    rehearsal = Rehearsal(parse(CALLS), StageWorld(), CALLER)
    waits = await rehearsal.start()
    assert isinstance(waits, HandOver) and waits.meanwhile == (Choice("2", "Be called back"),)
    asked = await rehearsal.hear("2")
    assert "138" in asked.prompts[0].text.replace(" ", "") and "telephone" in asked.prompts[0].speech
    kept = await rehearsal.hear("1")
    assert isinstance(kept, HandOver) and (kept.callback, kept.call, kept.call_at) == (True, None, None)


async def test_another_number_is_read_back_until_it_is_right_and_called_at_the_time_they_named() -> None:
    rehearsal = Rehearsal(parse(CALLS), StageWorld(), CALLER)
    await rehearsal.start()
    for said in ("2", "2", "13911112223", "2"):
        await rehearsal.hear(said)
    asked = await rehearsal.hear("13911112222")
    assert "13911112222" in asked.prompts[0].text.replace(" ", "")
    kept = await rehearsal.hear("1")
    assert isinstance(kept, HandOver) and kept.callback and kept.call == Address("tel", "13911112222")
    assert kept.call_at is not None and kept.call_at.astimezone(ZoneInfo("Asia/Shanghai")).strftime("%H:%M") == "16:30"
    assert kept.call_at > datetime.now(UTC)


async def test_a_script_knows_which_number_was_called() -> None:
    box = """\
flow: box
languages: [en]
start: whose
nodes:
  whose: { do: remember, attributes: { voicemail_for: "{called.name}" }, next: bye }
  bye: { do: end }
"""
    reached = replace(CALLER, called=Address("tel", "+861058881234", "Ann Lee"))
    over = await Rehearsal(parse(box), StageWorld(), reached).start()
    assert over == End(attributes={"voicemail_for": "Ann Lee"})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("16:30", "2026-03-02T08:30:00+00:00"),
        ("0930", "2026-03-03T01:30:00+00:00"),  # it is later than that there: tomorrow
        ("2026-03-05T10:00", "2026-03-05T02:00:00+00:00"),
        ("2026-03-05T10:00+00:00", "2026-03-05T10:00:00+00:00"),
        ("25:00", None),
        ("soon", None),
        ("", None),
    ],
)
def test_a_time_is_by_the_scripts_zone(text: str, expected: str | None) -> None:
    now = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)  # noon in Shanghai
    found = moment(text, ZoneInfo("Asia/Shanghai"), now)
    assert (found and found.astimezone(UTC).isoformat()) == expected


def test_a_number_of_nothing_is_a_mistake_with_its_place() -> None:
    with pytest.raises(ScriptError) as error:
        parse(CALLS.replace('number: "{number}"', 'number: "{nobody}"'), "f.yaml")
    assert any("Nothing is called `nobody`." in str(each) for each in error.value.complaints)
