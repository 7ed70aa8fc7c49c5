"""What a customer meets: one script, on a chat, by mail and on the telephone, in both languages."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hub.api import Address, Answered, Ask, Dialogue, End, EntryKind, FlowStep, HandOver, Resumed, Started
from plugins.self_service.memory import Memory
from plugins.self_service.outcome import lines
from plugins.self_service.rehearsal import OPEN, SILENCE, Rehearsal, StageWorld, dialogue
from plugins.self_service.script import load, parse
from plugins.self_service.steps import step
from plugins.self_service.walk import Walk

FRONT_DESK = load(Path(__file__).parents[2] / "demo" / "flows" / "front_desk.yaml")


def at_the_desk(medium: str = "LIVE_TEXT", language: str = "en", **world: Any) -> Rehearsal:
    return Rehearsal(FRONT_DESK, StageWorld(**world), dialogue(language, medium))


def script(nodes: str, start: str = "ask") -> Any:
    return parse(f"flow: f\nlanguages: [en]\nstart: {start}\nnodes:\n{nodes}")


def said(step: FlowStep) -> str:
    return " ".join(prompt.text for prompt in step.prompts)


async def through(rehearsal: Rehearsal, *answers: str) -> FlowStep:
    """Start, and answer each question."""
    step = await rehearsal.start()
    for answer in answers:
        assert not rehearsal.over, f"it ended before {answer!r}"
        step = await rehearsal.hear(answer)
    return step


async def test_a_ticket_is_found_by_its_number_and_the_proof() -> None:
    step = await through(at_the_desk(), "1", "4821-9035-6", "1234")
    assert "Ticket 4821-9035-6, Rehearsal: it is being worked on. Last changed on 4 March 2026 at 22:05." in said(step)


async def test_in_chinese_it_is_the_same_in_chinese() -> None:
    step = await through(at_the_desk(language="zh"), "查询工单进度", "482190356", "1234")
    assert "工单 4821-9035-6，Rehearsal：处理中。最近更新：2026年3月4日 22:05。" in said(step)
    assert all(prompt.language == "zh" for prompt in step.prompts)


async def test_the_language_is_changed_by_a_key_and_stays_changed() -> None:
    desk = at_the_desk()
    step = await through(desk, "5", "2")
    assert "请问有什么可以帮您？" in said(step)
    assert "请输入九位工单号。" in said(await desk.hear("1"))


async def test_who_begins_with_words_that_answer_the_menu_is_not_asked_again() -> None:
    desk = at_the_desk()
    assert "nine digits" in said(await desk.start("Hello, I need the ticket status please"))


@pytest.mark.parametrize(
    ("text", "asked"),
    [("Hello!", True), ("你好，在吗？", True), ("", True), ("My fridge hums all night", False), ("冰箱很吵", False)],
)
async def test_who_begins_with_a_question_gets_a_person_and_who_says_hello_the_menu(text: str, asked: bool) -> None:
    step = await at_the_desk().start(text)
    assert isinstance(step, Ask) == asked
    assert isinstance(step, HandOver) != asked


@pytest.mark.parametrize("words", ["I want an agent!", "找人工"])
async def test_from_every_question_these_words_lead_to_a_person(words: str) -> None:
    step = await through(at_the_desk(), "1", words)
    assert isinstance(step, HandOver)
    assert step.attributes == {"topic": "1"}


async def test_a_number_that_is_none_is_asked_for_again_and_then_a_person_helps() -> None:
    desk = at_the_desk()
    step = await through(desk, "1", "123")
    assert said(step).startswith("Sorry, I did not understand that. What is the number")
    assert isinstance(await desk.hear("12345678901"), Ask)
    assert isinstance(await desk.hear("none"), HandOver)


async def test_silence_is_asked_about_and_then_ends_it() -> None:
    desk = at_the_desk()
    assert "Are you still there?" in said(await through(desk, SILENCE))
    await desk.hear(SILENCE)
    assert said(await desk.hear(SILENCE)) == "Goodbye."
    assert isinstance(desk.step, End)


async def test_by_mail_nobody_is_asked_whether_they_are_still_there() -> None:
    step = await through(at_the_desk("DEFERRED"), SILENCE)
    assert isinstance(step, End)
    assert said(step) == "Goodbye."


async def test_a_letter_may_go_on_after_the_answer() -> None:
    step = await through(at_the_desk("DEFERRED"), "1", "4821-9035-6\n\nKind regards,\nLucas")
    assert "last four digits" in said(step)


async def test_an_answer_in_between_starts_the_count_anew() -> None:
    desk = at_the_desk()
    await through(desk, "1", "x", "x", "482190356", "x", "x")
    assert not desk.over


async def test_a_message_opens_a_ticket_and_keeps_the_place() -> None:
    step = await through(at_the_desk(), "4", "My W9 leaks")
    assert isinstance(step, HandOver)
    assert (step.ticket, step.callback) == ("Message 留言", True)
    assert "{serial}" in said(step), "the hub fills the number in"


async def test_a_recording_is_a_message_without_words() -> None:
    desk = at_the_desk("VOICE")
    await through(desk, "4")
    assert isinstance(desk.step, Ask)
    [prompt] = desk.step.prompts
    assert prompt.entry is not None
    assert (prompt.entry.kind, prompt.entry.seconds) == (EntryKind.RECORDING, 120)
    walk = Walk(FRONT_DESK, dialogue(medium="VOICE"), StageWorld(), Memory.of(desk.state))
    assert isinstance(await step(walk, Answered("", kind="VOICEMAIL")), HandOver)


async def test_outside_the_hours_nobody_is_promised_a_person() -> None:
    closed = {**OPEN, "open": False, "opens_at": "2026-03-09T01:00:00+00:00"}
    desk = at_the_desk(queues={"rehearsal": closed})
    assert "open again on 9 March 2026 at 09:00" in said(await through(desk, "3"))
    assert "Please leave your message" in said(await desk.hear("0"))


async def test_a_rating_joins_what_is_known_of_the_interaction() -> None:
    step = await through(at_the_desk(), "2", "1", "2", "5")
    assert isinstance(step, End)
    assert step.attributes == {"rating": 5}


async def test_on_the_telephone_the_keys_are_said_in_the_language_they_are_for() -> None:
    step = await through(at_the_desk("VOICE"))
    assert isinstance(step, Ask)
    speech = step.prompts[-1].speech
    assert speech.startswith(
        '<speak xml:lang="en">Welcome to Lanhe. What can we do for you?<break time="350ms"/>For Status of a ticket, p'
    )
    tongue = await through(at_the_desk("VOICE"), "5")
    assert '<lang xml:lang="zh">中文请按2。</lang>' in tongue.prompts[-1].speech


async def test_on_the_telephone_the_time_for_an_answer_begins_when_the_question_has_been_heard() -> None:
    heard, seen = [await through(at_the_desk(medium)) for medium in ("VOICE", "LIVE_TEXT")]
    assert isinstance(heard, Ask)
    assert isinstance(seen, Ask)
    assert 15 < heard.timeout < 60
    assert seen.timeout == 300


async def test_what_a_customer_says_is_never_an_element_of_what_is_spoken() -> None:
    nodes = (
        "  ask: { do: collect, say: 'Name?', into: name, next: bye, otherwise: bye }\n"
        '  bye: { do: end, say: "Bye {name}", speak: "<break/>Bye {name}" }\n'
    )
    rehearsal = Rehearsal(script(nodes), StageWorld(), dialogue(medium="VOICE"))
    step = await through(rehearsal, '<break time="10s"/>&')
    assert step.prompts[0].speech == ('<speak xml:lang="en"><break/>Bye &lt;break time="10s"/&gt;&amp;</speak>')


async def test_another_system_is_asked_and_its_answer_used_and_its_address_cannot_be_bent() -> None:
    nodes = (
        "  ask: { do: collect, say: 'Order?', into: order, next: get, otherwise: bye }\n"
        '  get: { do: fetch, url: "https://erp.test/o/{order}", into: found_order, found: say, missing: bye }\n'
        '  say: { do: say, say: "It is {found_order.place}.", next: bye }\n'
        "  bye: { do: end }\n"
    )
    world = StageWorld(answers={"https://erp.test/o/..%2Fadmin%3Fx": {"place": "on its way"}})
    assert said(await through(Rehearsal(script(nodes), world, dialogue()), "../admin?x")) == "It is on its way."


async def test_a_document_goes_to_where_the_customer_says() -> None:
    nodes = (
        "  ask: { do: collect, say: 'Mail?', into: mail, pattern: '[^@ ]+@[^@ ]+', next: post, otherwise: bye }\n"
        '  post: { do: send, to: "mailto:{mail}", sender: "mailto:us@demo.test", subject: Manual, text: "Here.",'
        " files: [front_desk.yaml, ../site.toml], next: bye }\n"
        "  bye: { do: end }\n"
    )
    sound = replace(script(nodes), folder=FRONT_DESK.folder)
    step = await through(Rehearsal(sound, StageWorld(), dialogue()), "bo@customers.test")
    [sending] = step.sends
    assert sending.to == Address("mailto", "bo@customers.test")
    assert sending.sender == Address("mailto", "us@demo.test")
    assert sending.content.fields == {"subject": "Manual"}
    assert [file.name for file in sending.content.attachments] == ["front_desk.yaml"], "and nothing from elsewhere"


async def test_pages_go_on_the_very_call_that_is_passed_on_for_them() -> None:
    nodes = (
        '  ask: { do: send, to: "tel:{sender.value}", sender: "tel:+861058880001", text: "", on_call: true,'
        " files: [front_desk.yaml], next: start }\n"
        '  start: { do: transfer, to: "tel:+861058880001", to_be_sent: true, say: "Press start." }\n'
    )
    caller = replace(dialogue("en", "VOICE"), sender=Address("tel", "+8613800138000"))
    step = await Rehearsal(replace(script(nodes), folder=FRONT_DESK.folder), StageWorld(), caller).start()
    assert isinstance(step, End) and step.transfer == Address("tel", "+861058880001", "send")
    [sending] = step.sends
    assert (sending.to, sending.content.fields) == (Address("tel", "+8613800138000"), {"on_call": True})
    assert [file.name for file in sending.content.attachments] == ["front_desk.yaml"]


async def test_a_text_message_has_an_address_where_a_mail_has_the_file() -> None:
    nodes = (
        '  ask: { do: send, to: "tel:{sender.value}", text: "Prices:", files: [front_desk.yaml], link_hours: 24,'
        " next: bye }\n"
        "  bye: { do: end }\n"
    )
    caller = replace(dialogue("en", "VOICE"), sender=Address("tel", "+8613800138000"))
    step = await Rehearsal(replace(script(nodes), folder=FRONT_DESK.folder), StageWorld(), caller).start()
    [sending] = step.sends
    assert sending.content.attachments == ()
    assert sending.content.text == "Prices:\nhttps://rehearsal.invalid/front_desk.yaml"


async def test_staff_switch_a_flow_off_by_their_pin() -> None:
    nodes = (
        "  ask: { do: staff, say: 'PIN?', pin: night, retries: 1, next: off, otherwise: bye }\n"
        "  off: { do: switch, flow: front_desk, on: false, next: bye }\n"
        "  bye: { do: end }\n"
    )
    world = StageWorld(pins={"night": "4711"})
    assert "That is not right." in said(await through(Rehearsal(script(nodes), world, dialogue()), "1234"))
    await through(Rehearsal(script(nodes), world, dialogue()), "4711#")
    assert world.off == {"front_desk"}
    step = await Rehearsal(FRONT_DESK, world, dialogue()).start("Hello")
    assert isinstance(step, HandOver), "switched off, a person takes over"


async def test_it_branches_on_whom_it_speaks_with_and_how_busy_it_is() -> None:
    nodes = (
        "  ask: { do: branch, when: [{ if: 'customer.attributes.vip', go: vip },"
        " { if: 'queue.waiting > 9 or queues.night.open', go: busy }], otherwise: usual }\n"
        "  vip: { do: queue, queue: vip, priority: 5 }\n"
        "  busy: { do: queue, callback: true }\n"
        "  usual: { do: transfer, say: One moment, to: 'tel:+861065521234' }\n"
    )
    somebody = dialogue()
    vip = Dialogue(0, 0, 1, "en", queue="q", customer={"attributes": {"vip": True}})
    calm, rush = StageWorld(queues={"night": {**OPEN, "open": False}}), StageWorld()
    rush.queues = {"rehearsal": {**OPEN, "waiting": 10}}
    first = await Rehearsal(script(nodes), calm, vip).start()
    assert isinstance(first, HandOver)
    assert (first.queue, first.priority) == ("vip", 5)
    second = await Rehearsal(script(nodes), rush, somebody).start()
    assert isinstance(second, HandOver)
    assert second.callback
    third = await Rehearsal(script(nodes), calm, somebody).start()
    assert isinstance(third, End)
    assert third.transfer == Address("tel", "+861065521234")


async def test_a_dialogue_whose_node_is_gone_goes_to_a_person() -> None:
    desk = at_the_desk()
    desk.state = {"at": "node_of_yesterday", "tries": 0, "language": "en", "values": {}, "attributes": {}}
    assert isinstance(await desk.hear("1"), HandOver)


async def test_the_customers_own_language_goes_first_where_the_script_says_so() -> None:
    sound = parse("flow: f\nlanguage: customer\nstart: bye\nnodes:\n  bye: { do: end, say: { en: Bye, zh: 再见 } }\n")
    mei = Dialogue(0, 0, 1, "en", customer={"language": "zh"})
    assert said(await step(Walk(sound, mei, StageWorld(), Memory()), Started())) == "再见"


async def test_after_the_agent_the_customer_is_asked_what_the_script_asks() -> None:
    flow = script(
        "  ask: { do: collect, say: 'Which?', into: which, next: person, otherwise: person }\n"
        "  person: { do: queue, say: One moment., after: how }\n"
        "  how: { do: rate, say: 'How was {which}?', retries: 0, next: bye, otherwise: bye }\n"
        "  bye: { do: end, say: Goodbye. }\n"
    )
    rehearsal = Rehearsal(flow, StageWorld(), dialogue("en", "VOICE"))
    handed = await through(rehearsal, "the car")
    assert isinstance(handed, HandOver) and handed.after is not None
    assert lines(handed)[-2:] == ["-> goes to the queue of the account", "  (anything: the agent is done)"]
    assert lines(handed, "zh")[-2:] == ["-> 转入账号的队列", "  (任意输入：客服已完成服务)"]
    asked = await rehearsal.hear("")
    assert said(asked) == "How was the car?" and [choice.key for choice in asked.prompts[0].choices] == list("12345")
    ended = await rehearsal.hear("4")
    assert isinstance(ended, End) and ended.attributes["rating"] == 4


async def test_a_script_that_has_changed_meanwhile_lets_who_was_served_go() -> None:
    flow = script("  ask: { do: queue, after: bye }\n  bye: { do: end }\n")
    handed = await Rehearsal(flow, StageWorld(), dialogue()).start()
    assert isinstance(handed, HandOver)
    changed = script("  ask: { do: queue }\n")
    assert await step(Walk(changed, dialogue(), StageWorld(), Memory.of(handed.after)), Resumed()) == End()
