"""Customers in a sheet: CSV as people's spreadsheets write it, row by row, and back without running a formula.

Columns: name, kind, tel, mailto, language, organisation, notes, free attributes as `attr:<name>` and what the customer
owns as `asset:<type>:<field>`. Several addresses in one cell are separated by ";".
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count

from hub.model.customers import PROFILE_SCHEMES, CustomerKind
from hub.model.identity import normalise_identity

COLUMNS = ("name", "kind", "tel", "mailto", "language", "organisation", "notes")
ATTRIBUTE, ASSET = "attr:", "asset:"
# https://owasp.org/www-community/attacks/CSV_Injection: cells a spreadsheet would run
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_SEPARATOR = re.compile(r"[;；\n|]")
_KINDS = {"": CustomerKind.PERSON, "个人": CustomerKind.PERSON, "组织": CustomerKind.ORGANISATION}


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong with a row: its number as a spreadsheet counts (the header is 1), column, code and a sentence."""

    row: int
    column: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One customer as the sheet has them; what a cell left empty is missing. `assets` are raw values by type."""

    number: int
    name: str = ""
    kind: CustomerKind = CustomerKind.PERSON
    language: str = ""
    organisation: str = ""
    notes: str = ""
    addresses: tuple[tuple[str, str], ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)
    assets: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A decoded sheet: its header, and its other rows to come by number, None for one that cannot be read.

    With `errors` in its header nothing can be imported.
    """

    header: tuple[str, ...]
    rows: Iterator[tuple[int, Sequence[str] | None]]
    errors: tuple[RowError, ...] = ()


def decode(body: bytes) -> str:
    """UTF-8, with or without its mark, else GB18030 (which holds GBK and GB2312). Raises ValueError for neither."""
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("gb18030")


def read_sheet(body: bytes) -> Sheet:
    """The sheet; it is read as its rows are asked for."""
    try:
        text = decode(body)
    except ValueError:
        return _unreadable(RowError(1, "", "ENCODING", "the file is neither UTF-8 nor GB18030"))
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    header = tuple(_unquoted(cell).strip() for cell in next(lines, []))
    known = tuple(name.lower() if name.lower() in COLUMNS else name for name in header)
    return Sheet(known, _numbered(lines), tuple(_header_errors(known)))


def parse_row(header: Sequence[str], number: int, cells: Sequence[str] | None) -> ImportRow | list[RowError]:
    """The row's customer, or everything that can be seen to be wrong with it."""
    if cells is None:
        return [RowError(number, "", "UNREADABLE", "a cell is too long; is a quotation mark missing?")]
    values = {name: value for name, cell in zip(header, cells, strict=False) if (value := _unquoted(cell).strip())}
    errors = [RowError(number, "", "TOO_MANY_CELLS", "more cells than the header has")] if cells[len(header) :] else []
    addresses, wrong = _addresses(number, values)
    kind = _kind(values.get("kind", ""))
    errors += wrong
    if kind is None:
        errors.append(RowError(number, "kind", "KIND", "PERSON or ORGANISATION"))
    if not values.get("name") and not addresses and not errors:
        errors.append(RowError(number, "name", "EMPTY", "a name, a number or a mail address is needed"))
    if errors or kind is None:
        return errors
    plain = {name: values.get(name, "") for name in ("name", "language", "organisation", "notes")}
    return ImportRow(
        number, kind=kind, addresses=addresses, attributes=_attributes(values), assets=_assets(values), **plain
    )


def safe_cell(value: object) -> str:
    """The cell as it may stand in a file that a spreadsheet opens: what it would run gets an apostrophe before it."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _unquoted(cell: str) -> str:
    """What `safe_cell` guarded comes back as it was."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell


def _unreadable(error: RowError) -> Sheet:
    return Sheet((), iter(()), (error,))


def _numbered(lines: Iterator[list[str]]) -> Iterator[tuple[int, Sequence[str] | None]]:
    for number in count(2):
        try:
            cells = next(lines)
        except StopIteration:
            return
        except csv.Error:  # a cell of more than 128 KB: most likely a quotation mark that nobody closed
            yield number, None
            continue
        if any(cell.strip() for cell in cells):
            yield number, cells


def _header_errors(header: Sequence[str]) -> Iterator[RowError]:
    if not header:
        yield RowError(1, "", "EMPTY", "the file is empty")
    for place, name in enumerate(header):
        if not _is_column(name):
            yield RowError(
                1, name, "UNKNOWN_COLUMN", f"not a column; known are {', '.join(COLUMNS)}, attr:…, asset:…:…"
            )
        elif name in header[:place]:
            yield RowError(1, name, "TWICE", "this column stands twice")


def _is_column(name: str) -> bool:
    asset = name.startswith(ASSET) and len([part for part in name.split(":") if part]) == 3
    return name in COLUMNS or asset or (name.startswith(ATTRIBUTE) and len(name) > len(ATTRIBUTE))


def _kind(written: str) -> CustomerKind | None:
    found = _KINDS.get(written)
    return found or (CustomerKind(written.upper()) if written.upper() in set(CustomerKind) else None)


def _addresses(number: int, values: Mapping[str, str]) -> tuple[tuple[tuple[str, str], ...], list[RowError]]:
    found: dict[tuple[str, str], None] = {}
    wrong: list[RowError] = []
    for scheme in PROFILE_SCHEMES:
        for written in filter(None, map(str.strip, _SEPARATOR.split(values.get(scheme, "")))):
            value = normalise_identity(scheme, written)
            if value is None or (scheme == "tel" and not re.fullmatch(r"\+?[0-9*#]+", value)):
                wrong.append(RowError(number, scheme, "ADDRESS", f"not a valid address: {written[:80]}"))
            else:
                found[scheme, value] = None
    return tuple(found), wrong


def _attributes(values: Mapping[str, str]) -> dict[str, str]:
    return {name.removeprefix(ATTRIBUTE): value for name, value in values.items() if name.startswith(ATTRIBUTE)}


def _assets(values: Mapping[str, str]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for name, value in values.items():
        if name.startswith(ASSET):
            _, kind, key = name.split(":", 2)
            found.setdefault(kind, {})[key] = value
    return found
