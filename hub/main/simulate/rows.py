"""A table in a CSV file, row by row; every mistake is one sentence with the file and the line."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from hub.main.sentence import Sentence

WHOLE = re.compile(r"[+-]?[0-9]{1,9}")
NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?")
LEVEL = re.compile(r"[0-9]{1,4}")
YEARS = range(1971, 2200)


@dataclass(frozen=True, slots=True)
class Calendar:
    """What a time in the file means: `09:00` is of the `day`, and without an offset of the `zone`."""

    zone: ZoneInfo
    day: date | None


@dataclass(frozen=True, slots=True)
class Row:
    """One line; fields that are not there are empty."""

    path: Path
    line: int
    fields: Mapping[str, str]

    def wrong(self, said: str) -> Sentence:
        return Sentence(f"{self.path} line {self.line}: {said}")

    def text(self, name: str) -> str:
        return self.fields.get(name, "")

    def required(self, name: str) -> str:
        if not (value := self.text(name)):
            raise self.wrong(f"{name} is empty.")
        return value

    def number(self, name: str, most: float, least: float = 0.0) -> float:
        value = self.required(name)
        try:
            found = float(value)
        except ValueError:
            raise self.wrong(f"{name} is a number, not {value!r}.") from None
        if not least <= found <= most:
            raise self.wrong(f"{name} is from {least:g} to {most:g}, not {value}.")
        return found

    def known(self, names: Sequence[str], free: tuple[str, ...]) -> dict[str, str | float]:
        """What stands in these columns and in those that begin as one of `free`: a number where it is one."""
        found = {name: text for name, text in self.fields.items() if text and (name in names or name.startswith(free))}
        return {name: float(text) if NUMBER.fullmatch(text) else text for name, text in found.items()}

    def whole(self, name: str, most: int) -> int:
        """0 if it is empty."""
        value = self.text(name) or "0"
        if not WHOLE.fullmatch(value) or abs(int(value)) > most:
            raise self.wrong(f"{name} is a whole number from {-most} to {most}, not {value!r}.")
        return int(value)

    def time(self, name: str, calendar: Calendar) -> datetime:
        value = self.required(name)
        try:
            found = datetime.fromisoformat(value) if "-" in value else self._clock(name, value, calendar)
        except ValueError:
            raise self.wrong(f"{name} is a time like 2026-11-23 09:00 or 09:00, not {value!r}.") from None
        if found.year not in YEARS:
            raise self.wrong(f"{name} is of a year from {YEARS[0]} to {YEARS[-1]}, not {value}.")
        return found if found.tzinfo else found.replace(tzinfo=calendar.zone)

    def _clock(self, name: str, value: str, calendar: Calendar) -> datetime:
        clock = time.fromisoformat(value.zfill(5))
        if calendar.day is None:
            raise self.wrong(f"{name} {value} is of no day: write 2026-11-23 {value}, or say --date 2026-11-23.")
        return datetime.combine(calendar.day, clock)

    def skills(self, name: str) -> dict[str, int]:
        """`english:2 中文`: names with levels, 1 where none is said."""
        found: dict[str, int] = {}
        for word in self.text(name).replace(";", " ").split():
            skill, _, level = word.partition(":")
            if not skill or not LEVEL.fullmatch(level or "1"):
                raise self.wrong(f"{name} are written english:2 french, not {word!r}.")
            found[skill] = int(level or 1)
        return found


def read(
    path: Path, required: Sequence[Sequence[str]], optional: Sequence[str], free: tuple[str, ...] = ()
) -> Iterator[Row]:
    """The rows below the header, which has all columns of one of the `required` sets; columns that begin as one of
    `free` may have any name. Raises Sentence."""
    text = _text(path)
    reader = csv.reader(io.StringIO(text), strict=True)
    try:
        lines = [(reader.line_num, [field.strip() for field in fields]) for fields in reader if any(fields)]
    except csv.Error as error:
        raise Sentence(f"{path} line {reader.line_num}: not a table of fields between commas: {error}.") from error
    if not lines:
        raise Sentence(f"{path} is empty: its first line names the columns.")
    header = _header(path, lines[0], required, optional, free)
    for line, fields in lines[1:]:
        row = Row(path, line, dict(zip(header, fields, strict=False)))
        if len(fields) > len(header):
            raise row.wrong(f"{len(fields)} fields, but only {len(header)} columns.")
        yield row


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise Sentence(f"there is no file {path}.") from None
    except UnicodeDecodeError:
        raise Sentence(f"{path} is not UTF-8 text: save it as CSV in UTF-8.") from None
    except OSError as error:
        raise Sentence(f"{path} cannot be read: {error.strerror}.") from error


def _header(
    path: Path,
    first: tuple[int, list[str]],
    required: Sequence[Sequence[str]],
    optional: Sequence[str],
    free: tuple[str, ...],
) -> list[str]:
    line, header = first
    nearest = max(required, key=lambda names: len(set(names) & set(header)))
    if missing := [name for name in nearest if name not in header]:
        raise Sentence(f"{path} line {line}: there is no column {', '.join(missing)}.")
    if unknown := [name for name in header if name not in {*nearest, *optional} and not name.startswith(free)]:
        raise Sentence(f"{path} line {line}: no such column: {', '.join(unknown)}.")
    if len(set(header)) < len(header):
        raise Sentence(f"{path} line {line}: a column stands there twice.")
    return header
