"""What stood in a template's places is told from the text it became."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.model.filled import LONGEST, values_of

CODE = "您的验证码是{code}，{minutes}分钟内有效。"
WORDS = st.text(st.characters(exclude_characters="{}#", exclude_categories=["Cs"]), max_size=20).map(str.strip)


@pytest.mark.parametrize(
    ("template", "text", "values"),
    [
        (CODE, "您的验证码是4711，5分钟内有效。", {"code": "4711", "minutes": "5"}),
        ("Dear {customer.name}, done.", "Dear Li Wei, done.", {"customer.name": "Li Wei"}),
        ("{{ serial }} is closed", "  0147 is closed\n", {"serial": "0147"}),
        ("No places", "No places", {}),
        ("{a}{b}", "xy", {"a": "", "b": "xy"}),
        ("Hi {name}, {name}!", "Hi Bo, Bo!", {"name": "Bo"}),
    ],
)
def test_values_are_told_in_the_order_of_their_places(template: str, text: str, values: dict[str, str]) -> None:
    found = values_of(template, text)
    assert found == values and list(found or ()) == list(values)


@pytest.mark.parametrize(
    ("template", "text"),
    [
        (CODE, "您的验证码是4711，5分钟内有效！"),
        (CODE, "Hello. 您的验证码是4711，5分钟内有效。"),
        ("Hi {name}, {name}!", "Hi Bo, Al!"),
        ("{note}", "x" * (LONGEST + 1)),
        ("ab{x}ba", "aba"),
        ("No places", "No places at all"),
    ],
)
def test_another_text_was_not_made_from_it(template: str, text: str) -> None:
    assert values_of(template, text) is None


@given(st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=4), WORDS)
def test_whatever_is_filled_in_is_found_to_be_made_from_it(pairs: list[tuple[str, str]], end: str) -> None:
    template = "".join(f"{words}#{{p{place}}}#" for place, (words, _) in enumerate(pairs)) + end
    text = "".join(f"{words}#{value}#" for words, value in pairs) + end
    assert values_of(template, text) == {f"p{place}": value for place, (_, value) in enumerate(pairs)}


@given(st.text(max_size=60), st.text(max_size=60))
def test_it_is_total(template: str, text: str) -> None:
    values_of(template, text)
    assert values_of(text.replace("{", "("), text.replace("{", "(")) == {}
