"""What a person who rehearses sees of a step: what is said, what is expected, and what the hub would do then."""

from __future__ import annotations

from collections.abc import Mapping

from hub.api import Ask, End, Entry, EntryKind, FlowStep, HandOver
from plugins.self_service.texts import as_text

WORDS: Mapping[str, tuple[str, str]] = {
    "sends": ("sends to {to}: {text}", "发送至 {to}：{text}"),
    "connects": ("connects to {to}", "接通 {to}"),
    "ends": ("ends", "结束"),
    "queue": ("goes to the queue {queue}", "转入队列 {queue}"),
    "own_queue": ("goes to the queue of the account", "转入账号的队列"),
    "keeps_place": (", keeps the place for a call-back", "，保留位置等待回电"),
    "opens_ticket": (", opens a ticket: {subject}", "，新建工单：{subject}"),
    "with": (" with {found}", "，附 {found}"),
    "meanwhile": ("while they wait:", "等候期间："),
    "agent_done": ("anything: the agent is done", "任意输入：客服已完成服务"),
    "recording": ("a message of at most {seconds:g} s", "最长 {seconds:g} 秒的留言"),
    "digits": ("{many} digits", "{many} 位数字"),
    "span": ("{least} to {most}", "{least} 至 {most}"),
    "text": ("text", "文字"),
}


def lines(step: FlowStep, language: str = "en") -> list[str]:
    """In the words of whoever rehearses; what is said to the customer is in the dialogue's own."""
    said = _Words(language)
    seen: list[str] = []
    for prompt in step.prompts:
        seen += prompt.text.splitlines() or [""]
        seen += [f"  [{choice.key}] {choice.label}" for choice in prompt.choices]
        if prompt.entry:
            seen.append(f"  ({_expected(prompt.entry, said)})")
    for each in step.sends:
        seen.append("-> " + said("sends", to=f"{each.to.scheme}:{each.to.value}", text=each.content.text))
    return seen + _end(step, said)


class _Words:
    def __init__(self, language: str) -> None:
        self._place = int(language == "zh")

    def __call__(self, name: str, **values: object) -> str:
        return WORDS[name][self._place].format(**values)


def _expected(entry: Entry, said: _Words) -> str:
    if entry.kind == EntryKind.RECORDING:
        return said("recording", seconds=entry.seconds)
    if entry.kind != EntryKind.DIGITS:
        return said("text")
    several = said("span", least=entry.shortest, most=entry.longest)
    return said("digits", many=entry.shortest if entry.longest == entry.shortest else several)


def _end(step: FlowStep, said: _Words) -> list[str]:
    if isinstance(step, Ask):
        return []
    found = ", ".join(f"{name}={as_text(value)}" for name, value in step.attributes.items())
    end = ["-> " + _where(step, said) + (said("with", found=found) if found else "")]
    if not isinstance(step, HandOver):
        return end
    if step.meanwhile:
        end += [f"  {said('meanwhile')}", *(f"  [{choice.key}] {choice.label}" for choice in step.meanwhile)]
    return [*end, f"  ({said('agent_done')})"] if step.meanwhile or step.after is not None else end


def _where(step: End | HandOver, said: _Words) -> str:
    if isinstance(step, End):
        to = step.transfer
        return said("connects", to=f"{to.scheme}:{to.value}") if to else said("ends")
    where = said("queue", queue=step.queue) if step.queue else said("own_queue")
    where += said("keeps_place") if step.callback else ""
    return where + (said("opens_ticket", subject=step.ticket) if step.ticket else "")
