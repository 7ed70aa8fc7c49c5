"""The language of routing rules."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.api.conditions import Condition, ConditionError, Fault
from hub.api.conditions.tokens import KEYWORDS
from hub.api.conditions.tree import And, Comparison, Listing, Literal, Name, Node, Not, Operator, Or

CALL: dict[str, Any] = {
    "grade": 3,
    "channel": "chat",
    "amount": 0.1,
    "tags": ("new", "VIP"),
    "customer": {"vip": True, "name": "张三丰", "credit grade": {"letter": "A"}},
    "subject": "Rückfrage zur STRASSE",
    "when": datetime(2026, 11, 22, tzinfo=UTC),
}


@pytest.mark.parametrize(
    "text",
    [
        'grade >= 3 and channel in ["mail", "chat"] and not customer.blocked',
        "customer.vip",
        "customer.vip == true",
        "customer.name starts with '张'",
        'customer.name contains "三丰"',
        "grade == 3.0 and 3 == grade",
        "amount == 0.1 and amount < 0.2",
        'tags contains "VIP" and "new" in tags',
        "subject contains 'straße'",
        'channel not in ["mail"] and not channel in ["mail"]',
        "nobody.at.home == none",
        "not nobody.at.home",
        "grade != 'three'",
        "not (grade < 3 or grade > 3)",
        'channel < "mail"',
        "tags == ['new', 'VIP']",
        r'"say \"hi\" \\ \'" == ' + "'say \"hi\" \\\\ \\''",
        'customer["vip"] and customer["credit grade"].letter == "A"',
        "true or nonsense and nonsense",
    ],
)
def test_holds(text: str) -> None:
    assert Condition.parse(text).holds(CALL)


@pytest.mark.parametrize(
    "text",
    [
        "grade == '3'",
        "grade < 'three' or grade >= 'three'",
        "customer.vip == 1 or customer.vip > 0",
        "nobody < 1 or nobody >= 1",
        "grade.of.what == 3",
        "tags contains 'vip'",
        "tags contains ['new']",
        "grade contains 3",
        "grade in 3",
        "when or when != none",
        "customer == customer",
        "channel starts with none",
        "false or none or 0 or 0.0 or '' or []",
    ],
)
def test_does_not_hold(text: str) -> None:
    assert not Condition.parse(text).holds(CALL)


@pytest.mark.parametrize(
    ("text", "position", "code"),
    [
        ("", 0, Fault.VALUE_EXPECTED),
        ("a and", 5, Fault.VALUE_EXPECTED),
        ("a == and", 5, Fault.VALUE_EXPECTED),
        ("a = 1", 2, Fault.SINGLE_EQUALS),
        ("a == “vip”", 5, Fault.UNKNOWN_CHARACTER),
        ("a == 'vip", 5, Fault.UNCLOSED_TEXT),
        (r"a == 'v\n'", 7, Fault.UNKNOWN_ESCAPE),
        ("a.", 2, Fault.NAME_EXPECTED),
        ("a[1]", 2, Fault.NAME_EXPECTED),
        ("a['b'", 5, Fault.NAME_EXPECTED),
        ("a in [b]", 6, Fault.LITERAL_EXPECTED),
        ("a in [1 2]", 8, Fault.LIST_NOT_CLOSED),
        ("a in [1,", 8, Fault.LITERAL_EXPECTED),
        ("(a or b", 7, Fault.GROUP_NOT_CLOSED),
        ("a starts 'b'", 9, Fault.WITH_EXPECTED),
        ("a not 'b'", 6, Fault.IN_EXPECTED),
        ("1 < a < 3", 6, Fault.JOINT_EXPECTED),
        ("(a) == b", 4, Fault.JOINT_EXPECTED),
        ("a) or b", 1, Fault.JOINT_EXPECTED),
        ("__import__('os')", 10, Fault.JOINT_EXPECTED),
        ("(" * 33 + "a" + ")" * 33, 33, Fault.TOO_DEEP),
        ("not " * 33 + "a", 132, Fault.TOO_DEEP),
        ("a" * 2001, 2000, Fault.TOO_LONG),
        ("a<b or " * 250 + "a<b", 1753, Fault.TOO_LONG),
    ],
)
def test_a_mistake_is_told_with_its_place(text: str, position: int, code: Fault) -> None:
    with pytest.raises(ConditionError) as caught:
        Condition.parse(text)
    assert (caught.value.position, caught.value.code) == (position, code)
    assert caught.value.message.endswith(".")


def test_the_deepest_and_the_longest_are_read() -> None:
    assert Condition.parse("(" * 32 + "a" + ")" * 32) == Condition.parse("a")
    assert Condition.parse("a" * 2000).names() == {"a" * 2000}


def test_equal_is_what_means_the_same() -> None:
    assert Condition.parse("a['b'] == 1") == Condition.parse("a.b == 1")
    assert Condition.parse("a == 1") != Condition.parse("a == true")


def test_a_set_is_a_list_in_order() -> None:
    assert Condition.parse("seen == ['a', 'b', 'c', 'd']").holds({"seen": frozenset("dbca")})


def test_it_tells_what_it_refers_to() -> None:
    rule = Condition.parse("grade > 2 and not (attributes.vip or 客户.等级 in ['A']) and subject == subject")
    assert rule.names() == {"grade", "attributes.vip", "客户.等级", "subject"}


def test_it_tells_why() -> None:
    clauses = Condition.parse("grade > 3 or not customer.blocked").explain(CALL)
    assert [(each.depth, each.text, each.holds, dict(each.found)) for each in clauses] == [
        (0, "grade > 3 or not customer.blocked", True, {}),
        (1, "grade > 3", False, {"grade": 3}),
        (1, "not customer.blocked", True, {}),
        (2, "customer.blocked", False, {"customer.blocked": None}),
    ]


WORDS = st.from_regex(r"[a-z_张三][a-z0-9_等级]{0,5}", fullmatch=True)
NAMES = st.builds(
    lambda first, rest: Name((first, *rest)),
    WORDS.filter(lambda word: word not in KEYWORDS),
    st.lists(WORDS, max_size=2),
)
DECIMALS = st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9)
SCALARS = st.none() | st.booleans() | st.integers() | DECIMALS | st.text(max_size=8)
LITERALS = st.builds(Literal, SCALARS)
VALUES = LITERALS | NAMES | st.builds(Listing, st.lists(LITERALS, max_size=3).map(tuple))
LEAVES = VALUES | st.builds(Comparison, VALUES, st.sampled_from(Operator), VALUES)


def within(nodes: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    several = st.lists(nodes, min_size=2, max_size=3).map(tuple)
    return st.builds(Not, nodes) | st.builds(And, several) | st.builds(Or, several)


TREES = st.recursive(LEAVES, within, max_leaves=8)
ANYTHING = st.recursive(
    SCALARS | st.floats() | st.decimals() | st.datetimes() | st.binary(max_size=3) | st.frozensets(st.integers()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)


@given(TREES)
def test_what_is_written_out_means_the_same(root: Node) -> None:
    written = str(Condition(root))
    if len(written) <= 2000:
        assert Condition.parse(written) == Condition(root)
        assert str(Condition.parse(written)) == written


@given(TREES, ANYTHING, st.dictionaries(WORDS, ANYTHING, max_size=3))
def test_whatever_the_values_are_it_answers(root: Node, value: object, others: dict[str, object]) -> None:
    rule = Condition(root)
    values = others | {re.split(r"[.\[]", name)[0]: value for name in rule.names()}
    clauses = rule.explain(values)
    assert clauses[0].holds is rule.holds(values)
    assert all(isinstance(clause.holds, bool) for clause in clauses)


@given(ANYTHING, ANYTHING)
def test_the_laws(left: object, right: object) -> None:
    def holds(text: str) -> bool:
        return Condition.parse(text).holds({"a": left, "b": right})

    assert holds("a != b") is not holds("a == b")
    assert holds("a == b") is holds("b == a")
    assert holds("a in b") is holds("b contains a")
    assert holds("a <= b") is (holds("a < b") or (holds("a == b") and holds("a >= b")))
    assert holds("a > b") is holds("b < a")


def attempt(text: str) -> Condition | ConditionError:
    try:
        return Condition.parse(text)
    except ConditionError as error:
        return error


@given(st.text(alphabet="ab.() []\"'\\=<>!,not andorintrue1-", max_size=60) | st.text(max_size=40))
def test_any_text_is_a_condition_or_a_mistake_within_it(text: str) -> None:
    read = attempt(text)
    if isinstance(read, ConditionError):
        assert 0 <= read.position <= len(text)
    else:
        assert Condition.parse(str(read)) == read


@given(st.integers(), st.floats(allow_nan=False, allow_infinity=False), DECIMALS)
def test_numbers_are_what_they_are_written_as(whole: int, floating: float, exact: Decimal) -> None:
    written = f"a == {whole} and b == {Decimal(repr(floating)):f} and c == {exact}"
    assert Condition.parse(written).holds({"a": whole, "b": floating, "c": exact})


def test_every_mistake_stands_in_the_documentation() -> None:
    page = (Path(__file__).parents[2] / "docs" / "routing.md").read_text("utf-8")
    assert [fault for fault in Fault if f"`{fault}`" not in page] == []
    assert [operator for operator in Operator if f'"{operator}"' not in page] == []
