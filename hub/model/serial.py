"""The number of a ticket that a customer can quote on any channel: `4821-9035-6`.

Digits alone are the same in every language and on every keypad. Eight of them are the ticket's
counter, scrambled so that neighbours look unlike each other and nobody reads our volume from them;
the ninth is a Damm check digit, which catches every single wrong digit and every swap of neighbours.
"""

from __future__ import annotations

import re
import unicodedata
from hashlib import blake2b

_SMALLEST = 10**7  # no leading zero: spreadsheets and people drop it
_HALF = 10**4
CAPACITY = _HALF * _HALF - _SMALLEST
_ROUNDS = range(4)

# Damm, H. M.: Total anti-symmetrische Quasigruppen (2004), the order-10 table
_DAMM = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)

_GAP = r"[ \-.\u2010-\u2015\u2212]?"
# looked for at every digit, so that a number standing before a serial cannot hide it
_CANDIDATE = re.compile(
    rf"(?P<mark>\[?#\s?)?(?<![0-9])(?=(?P<digits>[0-9]{{4}}{_GAP}[0-9]{{4}}{_GAP}[0-9]"
    rf"|[0-9]{{3}}{_GAP}[0-9]{{3}}{_GAP}[0-9]{{3}})(?![0-9]))"
)


def serial(counter: int, key: bytes = b"") -> str:
    """The nine digits of the `counter`-th ticket, 0 ≤ counter < CAPACITY; `key` is the site's own.

    Different counters under one key give different serials. Raises ValueError outside the range.
    """
    if not 0 <= counter < CAPACITY:
        raise ValueError(f"a ticket counter is between 0 and {CAPACITY - 1}, not {counter}")
    number = _scramble(counter + _SMALLEST, key)
    while number < _SMALLEST:  # cycle walking keeps it one to one
        number = _scramble(number, key)
    digits = f"{number:08d}"
    return f"{digits}{_damm(digits)}"


def format_serial(serial: str) -> str:
    """As a person reads it: `482190356` → `4821-9035-6`."""
    return f"{serial[:4]}-{serial[4:8]}-{serial[8:]}"


def subject_mark(serial: str) -> str:
    """What a mail's subject carries, so that the answer finds its ticket."""
    return f"[#{format_serial(serial)}]"


def parse_serial(text: str) -> str | None:
    """The serial in a field meant for one, however it was grouped; None if it is not one."""
    folded = unicodedata.normalize("NFKC", text).strip().removeprefix("[").removeprefix("#").removesuffix("]")
    digits = _digits(folded)
    letters = any(character.isalpha() for character in folded)
    return digits if not letters and _is_serial(digits) else None


def find_serials(text: str) -> list[str]:
    """Every valid serial in a subject or body; the ones marked with `#` first, then as they stand."""
    found = [
        (match["mark"] is None, _digits(match["digits"]))
        for match in _CANDIDATE.finditer(unicodedata.normalize("NFKC", text))
    ]
    ordered = sorted(found, key=lambda pair: pair[0])
    return list(dict.fromkeys(digits for _, digits in ordered if _is_serial(digits)))


def _digits(text: str) -> str:
    return "".join(character for character in text if character in "0123456789")


def _is_serial(digits: str) -> bool:
    return len(digits) == 9 and digits[0] != "0" and _damm(digits) == 0


def _damm(digits: str) -> int:
    """The check digit to append, or 0 for digits that already carry theirs."""
    interim = 0
    for digit in digits:
        interim = _DAMM[interim][int(digit)]
    return interim


def _scramble(number: int, key: bytes) -> int:
    """A small Feistel network over two halves of four digits: one to one whatever the key."""
    left, right = divmod(number, _HALF)
    for turn in _ROUNDS:
        left, right = right, (left + _mix(right, turn, key)) % _HALF
    return left * _HALF + right


def _mix(half: int, turn: int, key: bytes) -> int:
    return int.from_bytes(blake2b(b"%d:%d" % (turn, half), key=key[:64], digest_size=8).digest())
