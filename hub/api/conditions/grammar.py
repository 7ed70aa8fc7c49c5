"""From text to tree, by recursive descent; the grammar stands in docs/routing.md."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from hub.api.conditions.faults import ConditionError, Fault
from hub.api.conditions.tokens import KEYWORDS, Kind, Token, tokens
from hub.api.conditions.tree import And, Comparison, Listing, Literal, Name, Node, Not, Operator, Or, Value

MAX_DEPTH = 32
_WORDS = {"true": True, "false": False, "none": None}
_OPERATORS = {operator.value: operator for operator in Operator}


def parse(text: str) -> Node:
    """The tree of a condition. Raises ConditionError."""
    return _Parser(text).whole()


class _Parser:
    """Reads ahead by one token; `depth` counts the open parentheses and `not`s."""

    def __init__(self, text: str) -> None:
        self.tokens = list(tokens(text))
        self.next = 0
        self.depth = 0

    def whole(self) -> Node:
        found = self.either()
        self.expect(self.token.kind is Kind.END, Fault.JOINT_EXPECTED)
        return found

    def either(self) -> Node:
        found = self.joined("or", self.both)
        return Or(found) if len(found) > 1 else found[0]

    def both(self) -> Node:
        found = self.joined("and", self.negated)
        return And(found) if len(found) > 1 else found[0]

    def joined(self, word: str, part: Callable[[], Node]) -> tuple[Node, ...]:
        found = [part()]
        while self.takes_keyword(word):
            found.append(part())
        return tuple(found)

    def negated(self) -> Node:
        if self.takes_keyword("not"):
            return Not(self.deeper(self.negated))
        return self.primary()

    def primary(self) -> Node:
        if self.takes_symbol("("):
            found = self.deeper(self.either)
            self.expect(self.takes_symbol(")"), Fault.GROUP_NOT_CLOSED)
            return found
        return self.comparison()

    def comparison(self) -> Node:
        left = self.value()
        if self.takes_keyword("not"):
            self.expect(self.takes_keyword("in"), Fault.IN_EXPECTED)
            return Not(Comparison(left, Operator.IN, self.value()))
        operator = self.operator()
        return Comparison(left, operator, self.value()) if operator else left

    def operator(self) -> Operator | None:
        if self.takes_keyword("starts"):
            self.expect(self.takes_keyword("with"), Fault.WITH_EXPECTED)
            return Operator.STARTS_WITH
        found = _OPERATORS.get(self.token.text) if self.token.kind in (Kind.WORD, Kind.SYMBOL) else None
        self.next += found is not None
        return found

    def value(self) -> Value:
        if self.takes_symbol("["):
            return self.listing()
        return self.literal() or self.name()

    def listing(self) -> Listing:
        items: list[Literal] = []
        while not self.takes_symbol("]"):
            literal = self.literal()
            if literal is None:
                raise ConditionError(self.token.position, Fault.LITERAL_EXPECTED)
            items.append(literal)
            self.expect(self.takes_symbol(",") or self.token.is_symbol("]"), Fault.LIST_NOT_CLOSED)
        return Listing(tuple(items))

    def literal(self) -> Literal | None:
        if self.token.kind is Kind.TEXT:
            return Literal(self.take().text)
        if self.token.kind is Kind.NUMBER:
            written = self.take().text
            return Literal(Decimal(written) if "." in written else int(written))
        if self.token.kind is Kind.WORD and self.token.text in _WORDS:
            return Literal(_WORDS[self.take().text])
        return None

    def name(self) -> Name:
        self.expect(self.token.kind is Kind.WORD and self.token.text not in KEYWORDS, Fault.VALUE_EXPECTED)
        found = [self.take().text]
        while self.takes_symbol(".") or self.token.is_symbol("["):
            found.append(self.part())
        return Name(tuple(found))

    def part(self) -> str:
        """What follows a dot, or `["any text"]`."""
        is_text = self.takes_symbol("[")
        self.expect(self.token.kind is (Kind.TEXT if is_text else Kind.WORD), Fault.NAME_EXPECTED)
        found = self.take().text
        self.expect(not is_text or self.takes_symbol("]"), Fault.NAME_EXPECTED)
        return found

    def deeper(self, part: Callable[[], Node]) -> Node:
        self.depth += 1
        self.expect(self.depth <= MAX_DEPTH, Fault.TOO_DEEP)
        found = part()
        self.depth -= 1
        return found

    @property
    def token(self) -> Token:
        return self.tokens[self.next]

    def take(self) -> Token:
        self.next += 1
        return self.tokens[self.next - 1]

    def takes_keyword(self, word: str) -> bool:
        found = self.token.is_keyword(word)
        self.next += found
        return found

    def takes_symbol(self, symbol: str) -> bool:
        found = self.token.is_symbol(symbol)
        self.next += found
        return found

    def expect(self, holds: bool, otherwise: Fault) -> None:
        if not holds:
            raise ConditionError(self.token.position, otherwise)
