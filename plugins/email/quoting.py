"""What a reply says and what it only repeats: quoted mail and signatures folded away, by the habits of the mail
programs.

Known: Gmail (en, zh), Outlook desktop and web (en, zh), Apple Mail, Thunderbird, QQ Mail, 163/126, Foxmail, Yahoo and
phones' sign-offs. Rules are tried line by line; the first line that begins a quotation ends the reply, unless an
answer stands below it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Folded:
    """`said` + `signature` + `quoted` are the whole text, up to blank lines between them."""

    said: str
    quoted: str = ""
    signature: str = ""


_DASHED: Final = re.compile(
    r"^[>\s]*[-_—*=]{2,}\s*(?:original message|original|forwarded message|forwarded by .{1,80}"
    r"|原始邮件|原始信息|原邮件|原始郵件"
    r"|回复的原邮件|转发邮件信息|轉寄的郵件|转发的邮件|邮件原件|reply message)\s*[-_—*=]{2,}\s*$",
    re.IGNORECASE,
)
_BEGIN_FORWARD: Final = re.compile(
    r"^(?:begin forwarded message|开始转发的邮件|以下是转发的邮件)\s*[:\uff1a]?\s*$", re.IGNORECASE
)
_WROTE: Final = re.compile(
    r"^(?:>\s*)?(?:on\b.{4,200}\bwrote|.{0,200}<[^<>\s]+@[^<>\s]+>.{0,60}(?:wrote|写道|寫道|编写|於.{4,40}寫道)"
    r"|在\s*.{4,200}(?:写道|寫道|编写|的邮件中写道)|于?\s*20\d\d.{4,200}(?:写道|寫道)|at 20\d\d.{4,120}(?:wrote|写道)"
    r"|.{0,120}\s20\d\d[年/-].{4,120}(?:写道|寫道|wrote))\s*[:\uff1a]\s*$",
    re.IGNORECASE,
)
_WROTE_END: Final = re.compile(r"(?:wrote|写道|寫道)\s*[:\uff1a]\s*$", re.IGNORECASE)
_WROTE_BEGIN: Final = re.compile(r"^(?:on\b.{4,}|在\s*.{4,}|.{0,60}20\d\d年.{2,})", re.IGNORECASE)
_FIELD: Final = re.compile(
    r"^[>\s]*\*?(?P<field>from|sent|to|cc|subject|date|发件人|發件人|发送时间|发送日期|發送時間|日期|时间|收件人|抄送|副本|主题|主題|主旨|寄件者"
    r"|寄件日期|傳送時間|From|寄件人|送信者)\s*\*?\s*[:\uff1a]\s*\*?",
    re.IGNORECASE,
)
# Nearly every line of a letter is told apart by this one look.
_CANDIDATE: Final = re.compile(r"[:\uff1a]|^[>\s]*[-_—*=]{2}|^on\b|^在|20\d\d年", re.IGNORECASE)
_FROM_FIELDS: Final = frozenset(("from", "发件人", "發件人", "寄件者", "寄件人", "送信者"))
_RULER: Final = re.compile(r"^\s*_{10,}\s*$|^\s*-{20,}\s*$")
_SIGN_OFF: Final = re.compile(
    r"^(?:sent from (?:my|outlook|mail|yahoo|proton|the all).{0,60}|get outlook for .{1,40}"
    r"|发自我的.{1,30}|從我的.{1,20}傳送|发自\s?.{1,20}手机"
    r"|发自网易邮箱.{0,20}|发自.{0,12}(?:邮箱|客户端)|来自我的.{1,30}|獲取 outlook.{0,40}|获取 outlook.{0,40}"
    r"|sent via .{1,40}|envoyé de mon .{1,30})\s*$",
    re.IGNORECASE,
)
_SIGNATURE_LINES: Final = 12


def fold(text: str) -> Folded:
    """Part `text` (lines separated by \\n). A mail that is nothing but a quotation, a forwarded one say, stays
    unfolded.
    """
    lines = text.split("\n")
    begin = _quotation(lines)
    reply, quoted = lines[:begin], lines[begin:]
    if quoted and not _speaks(reply):
        return Folded(text.strip("\n"))
    cut = _signature(reply)
    return Folded(_block(reply[:cut]), _block(quoted), _block(reply[cut:]))


def _quotation(lines: list[str]) -> int:
    """The index of the first line of the quotation that ends the mail; len(lines) when there is none."""
    for index, line in enumerate(lines):
        if _begins(lines, index):
            rest = lines[index + 1 :]
            return index if not _answers_between(rest, line) else len(lines)
    return _trailing_marks(lines)


def _begins(lines: list[str], index: int) -> bool:
    line = lines[index].rstrip()
    if len(line) > 400 or not _CANDIDATE.search(line):
        return False
    if _DASHED.match(line) or _BEGIN_FORWARD.match(line) or (line[-1] in ":\uff1a" and _WROTE.match(line)):
        return True
    return _wrote_over_lines(lines, index) or _field_block(lines, index) or _ruled_block(lines, index)


def _wrote_over_lines(lines: list[str], index: int) -> bool:
    """ "On Tue, 3 Mar 2026 at 10:00 Somebody with a long name" / "<a@b.c> wrote:": Gmail wraps its line at 78."""
    if not _WROTE_BEGIN.match(lines[index]) or _WROTE_END.search(lines[index]):
        return False
    following = [line for line in lines[index + 1 : index + 3] if line.strip()]
    joined = lines[index]
    for line in following:
        joined = f"{joined} {line.strip()}"
        if _WROTE_END.search(line):
            return bool(_WROTE.match(joined))
    return False


def _field_block(lines: list[str], index: int) -> bool:
    """Outlook and 163 repeat the header: From first, and two more of its fields in the next five lines."""
    first = _FIELD.match(lines[index])
    if first is None or first["field"].lower() not in _FROM_FIELDS:
        return False
    fields = {match["field"].lower() for line in lines[index + 1 : index + 7] if (match := _FIELD.match(line))}
    return len(fields) >= 2


def _ruled_block(lines: list[str], index: int) -> bool:
    following = next((at for at in range(index + 1, min(index + 4, len(lines))) if lines[at].strip()), None)
    return bool(_RULER.match(lines[index])) and following is not None and _field_block(lines, following)


def _answers_between(rest: list[str], begun_by: str) -> bool:
    """Somebody who answers below or between quoted lines has marked them ">", so unmarked lines after them are said."""
    if not any(line.startswith(">") for line in rest) or _DASHED.match(begun_by) or _FIELD.match(begun_by):
        return False
    last = max(index for index, line in enumerate(rest) if line.startswith(">"))
    tail = [line for line in rest[last + 1 :] if line.strip()]
    between = [line for line in rest[:last] if line.strip() and not line.startswith(">")]
    spoken = [line for line in tail[: _SIGNATURE_LINES + 1] if not _SIGN_OFF.match(line)]
    return (bool(spoken) and not spoken[0].startswith("--")) or len(between) > 2


def _trailing_marks(lines: list[str]) -> int:
    """No word of introduction: lines marked ">" at the very end are a quotation all the same."""
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    begin = end
    while begin and (lines[begin - 1].startswith(">") or not lines[begin - 1].strip()):
        begin -= 1
    return begin if begin < end and any(line.startswith(">") for line in lines[begin:end]) else len(lines)


def _signature(lines: list[str]) -> int:
    """After "-- " (RFC 3676 §4.3), or a phone's sign-off, when not more follows than a signature has lines."""
    for index in range(len(lines) - 1, max(-1, len(lines) - 40), -1):
        below = sum(bool(line.strip()) for line in lines[index + 1 :])
        if below > _SIGNATURE_LINES:
            break
        if lines[index].rstrip("\r") in ("-- ", "--", "—") and _speaks(lines[:index]):
            return index
        if _SIGN_OFF.match(lines[index].strip()) and below <= 1 and _speaks(lines[:index]):
            return index
    return len(lines)


def _speaks(lines: list[str]) -> bool:
    return any(line.strip() for line in lines)


def _block(lines: list[str]) -> str:
    return "\n".join(lines).strip("\n").rstrip()
