"""What is indexed and what is looked for: the same on SQLite (FTS5) and PostgreSQL (tsvector).

Text becomes one token per CJK character and one per other word, so that any two neighbouring
characters are found (a trigram index misses two-character words) and no segmenter can disagree
with the writer. A part of a query is a phrase: its tokens must stand side by side.

Neither database gets to split, fold or drop a token: FTS5 must use `tokenize = 'ascii'`, to which
everything beyond ASCII is a letter, and PostgreSQL is given lexemes with their places. Two tokens no
text can contain, since words end where digits begin, serve us: `0r<digits>`, a number from its end, so
that its last digits find it, and `0b`, a break that no phrase reaches across.

On PostgreSQL a pair of CJK characters is a lexeme too: a GIN index has no positions, and a phrase of
two common characters would have to look into every row that has both.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

CJK = r"\u2e80-\ua4cf\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff"
MAX_TOKENS = 16_000  # of one text: PostgreSQL counts positions up to 16,383 and a tsvector up to 1 MB
MAX_TEXT_CHARACTERS = 200_000
MAX_QUERY_CHARACTERS = 200
MAX_QUERY_TOKENS = 32

_BREAK = "0b"
_MAX_TOKEN_BYTES = 48
_TOKEN = re.compile(rf"[{CJK}]|[0-9]+|[^\W_0-9{CJK}]+")
_NUMBER = re.compile(r"\+?[0-9]+(?:[ .()\-]{1,2}[0-9]+)*")
_NUMBER_DIGITS = range(5, 21)  # digits of a number that is found by its end
_SUFFIX_DIGITS = 4  # at least so many are typed
_WHOLE_DIGITS = 9  # so many may be a whole number, with the prefix of trunk calls
_CHINA = re.compile(r"^(?:00)?86(?=1[3-9][0-9]{9}$)")


@dataclass(frozen=True, slots=True)
class Phrase:
    """Tokens that stand side by side; the last may go on (`wang` finds `wangwei`).

    `ending` are the digits that the number looked for may end with, or empty.
    """

    tokens: tuple[str, ...]
    open_ended: bool
    ending: str = ""


def index_tokens(*texts: str) -> list[str]:
    """Every token of the texts in order; no phrase reaches from one text into the next."""
    tokens: list[str] = []
    for text in texts:
        folded = _fold(text[:MAX_TEXT_CHARACTERS])
        tokens += [*_words(folded), *_number_endings(folded), _BREAK]
    return tokens[:-1][:MAX_TOKENS]


def query_phrases(query: str) -> list[Phrase]:
    """What a query asks for, all of it together; a number may be written with gaps. Never raises."""
    folded = _fold(query[:MAX_QUERY_CHARACTERS]).strip()
    parts = [folded] if _NUMBER.fullmatch(folded) else folded.split()
    phrases: list[Phrase] = []
    left = MAX_QUERY_TOKENS
    for part in parts:
        if tokens := _words(part)[:left]:
            phrases.append(Phrase(tuple(tokens), _may_go_on(tokens[-1]), _ending(part)))
            left -= len(tokens)
    return phrases


def fts5_document(*texts: str) -> str:
    """The text to insert into an FTS5 column with `tokenize = 'ascii'`."""
    return " ".join(index_tokens(*texts))


def fts5_match(query: str) -> str:
    """The right side of an FTS5 MATCH; where there is nothing to look for it finds nothing."""
    return " AND ".join(f"({' OR '.join(_fts5_choices(phrase))})" for phrase in query_phrases(query)) or '""'


def tsvector(*texts: str) -> str:
    """The literal to cast to a PostgreSQL tsvector."""
    places: dict[str, list[int]] = {}
    for lexeme, place in _lexemes(index_tokens(*texts)):
        places.setdefault(lexeme, []).append(place)
    return " ".join(f"'{lexeme}':{','.join(map(str, at))}" for lexeme, at in places.items())


def tsquery(query: str) -> str:
    """The literal to cast to a PostgreSQL tsquery; where there is nothing to look for it finds nothing."""
    return " & ".join(f"({' | '.join(_tsquery_choices(phrase))})" for phrase in query_phrases(query))


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def _words(folded: str) -> list[str]:
    return [_clip(token) for token in _TOKEN.findall(folded) if token.isalnum()]


def _clip(token: str) -> str:
    return token.encode()[:_MAX_TOKEN_BYTES].decode(errors="ignore")


def _is_cjk(token: str) -> bool:
    return len(token) == 1 and ord(token) >= 0x2E80


def _number_endings(folded: str) -> Iterator[str]:
    for match in _NUMBER.finditer(folded):
        digits = re.sub(r"[^0-9]", "", match[0])
        if len(digits) in _NUMBER_DIGITS:
            yield f"0r{digits[::-1]}"


def _ending(part: str) -> str:
    """The digits without what differs between two spellings of one telephone number."""
    if not _NUMBER.fullmatch(part):
        return ""
    digits = _CHINA.sub("", re.sub(r"[^0-9]", "", part))
    if len(digits) >= _WHOLE_DIGITS:  # from there on a zero in front is a prefix, before that a digit like any other
        digits = digits.lstrip("0")
    return digits if _SUFFIX_DIGITS <= len(digits) < _NUMBER_DIGITS.stop else ""


def _may_go_on(token: str) -> bool:
    return len(token) >= (_SUFFIX_DIGITS if token.isdecimal() else 2)


def _fts5_choices(phrase: Phrase) -> Iterator[str]:
    yield f'"{" ".join(phrase.tokens)}"{" *" if phrase.open_ended else ""}'
    if phrase.ending:
        yield f'"0r{phrase.ending[::-1]}" *'


def _tsquery_choices(phrase: Phrase) -> Iterator[str]:
    yield _adjacent(phrase.tokens) + (":*" if phrase.open_ended else "")
    if phrase.ending:
        yield f"'0r{phrase.ending[::-1]}':*"


def _lexemes(tokens: Sequence[str]) -> Iterator[tuple[str, int]]:
    """Each token with its place, counted from one, and each pair of CJK characters where it begins."""
    cjk = [_is_cjk(token) for token in tokens]
    for place, token in enumerate(tokens, start=1):
        yield token, place
        if cjk[place - 1] and place < len(tokens) and cjk[place]:
            yield token + tokens[place], place


def _adjacent(tokens: Iterable[str]) -> str:
    """Tokens side by side, runs of CJK characters as overlapping pairs."""
    rendered: list[str] = []
    for is_cjk, group in groupby(tokens, _is_cjk):
        run = list(group)
        pairs = ["".join(two) for two in pairwise(run)] if is_cjk else []
        steps = " <-> ".join(f"'{lexeme}'" for lexeme in pairs or run)
        rendered.append(f"{steps} <2> " if pairs else f"{steps} <-> ")
    return re.sub(r" <.> $", "", "".join(rendered))
