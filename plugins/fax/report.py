"""How one fax fared, as data for screens and as a page for the file; and the log of a number."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from html import escape
from typing import Any, Final

from plugins.fax.log_book import Call
from plugins.fax.outgoing.jobs import Job
from plugins.fax.remarks import remark
from plugins.fax.states import JobState

_WORDS: Final = {
    "en": {
        "title": "Fax transmission report", "to": "To", "state": "Result", "pages": "Pages", "at": "Time",
        "seconds": "Seconds", "station": "Answering station", "way": "Way", "why": "Remark", "attempt": "Attempt",
        "DELIVERED": "Transmitted", "FAILED": "Failed", "BLOCKED": "Not allowed", "UNKNOWN": "Not known",
        "QUEUED": "Waiting", "DIALING": "Dialling", "SENDING": "Sending",
    },
    "zh": {
        "title": "传真发送报告", "to": "收件号码", "state": "结果", "pages": "页数", "at": "时间", "seconds": "秒数",
        "station": "对方标识", "way": "方式", "why": "备注", "attempt": "次数", "DELIVERED": "已传送", "FAILED": "失败",
        "BLOCKED": "不允许联系", "UNKNOWN": "未知", "QUEUED": "等待", "DIALING": "拨号中", "SENDING": "发送中",
    },
}  # fmt: skip
_STYLE: Final = (
    "body{font:14px/1.5 system-ui,sans-serif;margin:2cm;color:#000;background:#fff}table{border-collapse:collapse;"
    "margin-top:1em}td,th{border:1px solid #999;padding:.3em .7em;text-align:left}h1{font-size:1.3em}"
)
CSP: Final = "default-src 'none'; style-src 'unsafe-inline'"


def as_json(job: Job, made: Sequence[Call], language: str = "en") -> dict[str, Any]:
    """{"state", "to", "page", "of", "code", "text", "attempts": […], "next_at"}."""
    waiting = job.state is JobState.QUEUED and job.attempts > 0
    return {
        "state": job.state.value,
        "to": job.number,
        "page": job.page,
        "of": job.pages,
        "code": job.code,
        "text": remark(job.code, job.text, language),
        "attempts": [call_as_json(call, language) for call in made],
        "next_at": job.due_at.isoformat(timespec="seconds") if waiting else None,
    }


def call_as_json(call: Call, language: str = "en") -> dict[str, Any]:
    """One call."""
    return {
        "at": call.began_at.isoformat(timespec="seconds"), "direction": call.direction, "number": call.number,
        "ok": call.ok, "cause": call.code, "code": call.code, "text": remark(call.code, call.text, language),
        "pages": call.pages, "of": call.pages_expected, "bit_rate": call.bit_rate, "ecm": call.ecm, "t38": call.t38,
        "seconds": call.seconds, "station": call.station, "bad_rows": call.bad_rows,
    }  # fmt: skip


def page(job: Job, made: Sequence[Call], language: str) -> str:
    """To be printed, or put into the file."""
    say = _WORDS["zh" if language.startswith("zh") else "en"]
    heads = ("attempt", "at", "seconds", "pages", "way", "station", "why")
    rows = "".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in _cells(n, c, language))}</tr>"
        for n, c in enumerate(made, 1)
    )
    facts = ((say["to"], job.number), (say["state"], say[job.state]), (say["pages"], f"{job.page} / {job.pages}"))
    return (
        f'<!doctype html><html lang="{language[:2]}"><meta charset="utf-8"><title>{say["title"]}</title>'
        f"<style>{_STYLE}</style><h1>{say['title']}</h1><table>"
        + "".join(f"<tr><th>{name}</th><td>{escape(value)}</td></tr>" for name, value in facts)
        + f"</table><table><tr>{''.join(f'<th>{say[head]}</th>' for head in heads)}</tr>{rows}</table></html>"
    )


def _cells(number: int, call: Call, language: str) -> tuple[str, ...]:
    way = (
        ("T.38" if call.t38 else "G.711")
        + (f" {call.bit_rate}" if call.bit_rate else "")
        + (" ECM" if call.ecm else "")
    )
    pages = f"{call.pages} / {call.pages_expected}"
    return (
        str(number),
        _local(call.began_at),
        f"{call.seconds:.0f}",
        pages,
        way,
        call.station,
        f"{call.code} {remark(call.code, call.text, language)}",
    )


def _local(at: datetime) -> str:
    return at.astimezone().strftime("%Y-%m-%d %H:%M:%S")
