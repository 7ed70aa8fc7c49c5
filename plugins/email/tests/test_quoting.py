"""What was said is told apart from what is repeated, in the manner of each mail program."""

from __future__ import annotations

import pytest

from plugins.email.quoting import fold

OLD = "Dear customer,\nyour order is on its way."
MARKED = "> Dear customer,\n> your order is on its way."

# fmt: off
GMAIL_WRAPPED = "On Tue, 3 Mar 2026 at 10:02, A rather long name of somebody\n<support@demo.test> wrote:"
OUTLOOK = "From: Support <support@demo.test>\nSent: Tuesday, March 3, 2026 10:02 AM\nTo: Bob\nSubject: Order"
QQ = '---- 原始邮件 ----\n发件人: "Support" <support@demo.test>;\n发送时间: 2026年3月3日(星期二)'
HABITS = {
    "gmail en": f"On Tue, 3 Mar 2026 at 10:02, Support <support@demo.test> wrote:\n\n{MARKED}",
    "gmail en wrapped": f"{GMAIL_WRAPPED}\n\n{MARKED}",
    "gmail zh": f"Support <support@demo.test> 于2026年3月3日周二 10:02写道：\n\n{MARKED}",
    "gmail zh older": f"在 2026年3月3日 上午10:02，Support <support@demo.test>写道：\n\n{MARKED}",
    "outlook en": f"{OUTLOOK}\n\n{OLD}",
    "outlook en ruled": f"________________________________\n{OUTLOOK}\n\n{OLD}",
    "outlook old": f"-----Original Message-----\nFrom: Support\nSent: Tuesday\n\n{OLD}",
    "outlook zh": f"发件人: Support <s@demo.test>\n发送时间: 2026年3月3日 10:02\n收件人: Bob\n主题: 订单\n\n{OLD}",
    "qq": f"------------------{QQ.removeprefix('----')}\n\n{OLD}",
    "qq en": f"------------------ Original ------------------\nFrom:  Support\nDate:  Tue\nTo:  x\n\n{OLD}",
    "163": f'在 2026-03-03 10:02:11，"Support" <support@demo.test> 写道：\n\n{MARKED}',
    "163 plain": f'At 2026-03-03 10:02:11, "Support" <support@demo.test> wrote:\n{MARKED}',
    "163 new": f"---- 回复的原邮件 ----\n发件人 Support<support@demo.test>\n\n{OLD}",
    "foxmail": f"发件人： support@demo.test\n发送时间： 2026-03-03 10:02\n收件人： bob\n主题： 订单\n{OLD}",
    "apple en": f"On 3 Mar 2026, at 10:02, Support <support@demo.test> wrote:\n\n{MARKED}",
    "apple zh": f"在 2026年3月3日，上午10:02，Support <support@demo.test> 写道：\n\n{MARKED}",
    "apple forward": f"Begin forwarded message:\n\nFrom: Support\n\n{OLD}",
    "thunderbird": f"On 3/3/26 10:02, Support wrote:\n{MARKED}",
    "thunderbird zh": f"在 2026/3/3 10:02, Support 写道:\n{MARKED}",
    "no introduction": MARKED,
}
# fmt: on


@pytest.mark.parametrize("habit", HABITS)
def test_the_reply_stands_above_what_it_repeats(habit: str) -> None:
    folded = fold(f"That is fine, thanks.\n第二行。\n\n{HABITS[habit]}\n")
    assert folded.said == "That is fine, thanks.\n第二行。"
    assert "your order is on its way." in folded.quoted


@pytest.mark.parametrize("habit", HABITS)
def test_nothing_is_lost_by_folding(habit: str) -> None:
    text = f"Thanks.\n\n-- \nBob\n\n{HABITS[habit]}"
    folded = fold(text)
    assert [line for line in text.split("\n") if line.strip()] == [
        line for part in (folded.said, folded.signature, folded.quoted) for line in part.split("\n") if line.strip()
    ]


def test_answers_below_the_quotation_are_not_hidden() -> None:
    text = f"On Tue, Support <support@demo.test> wrote:\n{MARKED}\n\nNo, it is not."
    assert fold(text).said == text


def test_answers_between_quoted_lines_are_not_hidden() -> None:
    text = "Hi,\nOn Tue, Support <s@demo.test> wrote:\n> one\nanswer one\nmore\nmore\n> two\n> three"
    assert fold(text).said == text


def test_a_mail_that_only_forwards_shows_what_it_forwards() -> None:
    text = f"---------- Forwarded message ---------\nFrom: Somebody\n\n{OLD}"
    assert fold(text).said == text


def test_a_signature_below_a_bottom_quotation_does_not_count_as_an_answer() -> None:
    folded = fold(f"Fine.\n\nOn Tue, Support <s@demo.test> wrote:\n{MARKED}\n\n-- \nBob")
    assert folded.said == "Fine."


@pytest.mark.parametrize(
    "signature",
    ["-- \nBob Smith\n+86 10 1234", "Sent from my iPhone", "发自我的iPhone", "发自我的华为手机", "Get Outlook for iOS"],
)
def test_signatures_are_set_apart(signature: str) -> None:
    folded = fold(f"It does not work.\n\n{signature}")
    assert (folded.said, folded.signature) == ("It does not work.", signature)


@pytest.mark.parametrize(
    "text",
    [
        "From: the beginning I liked it.\nBut now: no.",
        "He wrote: this and that\nand I say no",
        "Steps:\n- one\n-- two\n--- three",
        "主题: 退款\n我想退款。",
        "On Monday I wrote:\n\nplease call me",
        "5 > 3\nand 3 < 5",
        "",
    ],
)
def test_ordinary_text_stays_whole(text: str) -> None:
    assert fold(text).said == text
