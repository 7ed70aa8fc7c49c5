"""What can be wrong with the text of a condition, and where."""

from __future__ import annotations

from enum import StrEnum


class Fault(StrEnum):
    """The code by which a screen translates the sentence."""

    TOO_LONG = "TOO_LONG"
    TOO_DEEP = "TOO_DEEP"
    UNKNOWN_CHARACTER = "UNKNOWN_CHARACTER"
    SINGLE_EQUALS = "SINGLE_EQUALS"
    UNCLOSED_TEXT = "UNCLOSED_TEXT"
    UNKNOWN_ESCAPE = "UNKNOWN_ESCAPE"
    VALUE_EXPECTED = "VALUE_EXPECTED"
    NAME_EXPECTED = "NAME_EXPECTED"
    LITERAL_EXPECTED = "LITERAL_EXPECTED"
    LIST_NOT_CLOSED = "LIST_NOT_CLOSED"
    GROUP_NOT_CLOSED = "GROUP_NOT_CLOSED"
    WITH_EXPECTED = "WITH_EXPECTED"
    IN_EXPECTED = "IN_EXPECTED"
    JOINT_EXPECTED = "JOINT_EXPECTED"


_SENTENCES = {
    Fault.TOO_LONG: "A condition has at most 2,000 characters, written out with single spaces.",
    Fault.TOO_DEEP: "Parentheses and `not` go at most 32 deep.",
    Fault.UNKNOWN_CHARACTER: "This character means nothing here; texts stand in straight quotes.",
    Fault.SINGLE_EQUALS: "Write == to compare.",
    Fault.UNCLOSED_TEXT: "The text that begins here has no closing quote.",
    Fault.UNKNOWN_ESCAPE: "After a backslash comes a quote or another backslash.",
    Fault.VALUE_EXPECTED: "A name, a text, a number, a list or a parenthesis is expected here.",
    Fault.NAME_EXPECTED: 'After a dot comes a name, and one in brackets is quoted: attributes["credit grade"].',
    Fault.LITERAL_EXPECTED: "A list holds texts, numbers, true, false and none.",
    Fault.LIST_NOT_CLOSED: "A comma or ] is expected here.",
    Fault.GROUP_NOT_CLOSED: "`and`, `or` or ) is expected here.",
    Fault.WITH_EXPECTED: "`starts` is followed by `with`.",
    Fault.IN_EXPECTED: "`not` after a value is followed by `in`.",
    Fault.JOINT_EXPECTED: "`and`, `or` or the end is expected here.",
}


class ConditionError(ValueError):
    """`position` counts characters from 0; `message` is an English sentence for a person, `code` its key."""

    def __init__(self, position: int, code: Fault) -> None:
        self.position = position
        self.code = code
        self.message = _SENTENCES[code]
        super().__init__(f"at character {position + 1}: {self.message}")
