"""Mails that no one here wrote: real bounces, MIME torture, Chinese mailers, naughty strings. Nothing raises, nothing
is lost.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from hub.api import Raw
from plugins.email import headers
from plugins.email.automatic import Machine, machine
from plugins.email.bodies import letter
from plugins.email.bounce import Kind, report
from plugins.email.parse import parse
from plugins.email.tests.site import Site, account
from plugins.email.tests.test_compose import HEAD, PLAIN, sent

CORPUS = Path(__file__).parents[3].parent / "shared" / "corpus"
pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="the shared corpora (../shared/corpus) are not here")
# mime4j ends the text at lines that only resemble the boundary, and reads a header line without a colon as body.
OTHER_READINGS = (
    "very-long-boundary",
    "very-very-long-boundary",
    "weird-boundary",
    "malformedHeaderStartsBody-nocrlfcrlf",
)


@cache
def told(name: str) -> Any:
    return json.loads((CORPUS / name).read_text(encoding="utf-8"))


def mails() -> list[Path]:
    return sorted(path for path in CORPUS.glob("email-*/**/*") if path.suffix in (".eml", ".msg"))


def test_the_corpora_are_whole() -> None:
    assert len(mails()) > 450


@pytest.mark.slow
def test_every_mail_can_be_read_and_shown() -> None:
    site = Site([account()])
    for path in mails():
        mail = parse(path.read_bytes())
        said = letter(mail)
        assert mail.fields or mail.problems, path
        assert said.text or said.html or said.attachments or not path.read_bytes().partition(b"\n\n")[2].strip(), path
        if mail.raw_header("from"):
            assert site.read(Raw(path.read_bytes())), path


@pytest.mark.slow
def test_every_kind_of_report_is_told_as_upstream_tells_it() -> None:
    wrong = [
        (entry["file"], entry["kind"], found.kind)
        for entry in told("email-bounce/expected.json")
        if (found := report(parse((CORPUS / "email-bounce" / entry["file"]).read_bytes()))).kind != entry["kind"]
    ]
    assert wrong == []


@pytest.mark.slow
def test_status_and_action_agree_with_the_fields_of_the_notification() -> None:
    """Two mails enclose another notification, whose groups count upstream: ours must be among the expected ones."""
    for entry in told("email-bounce/expected.json"):
        expected = {
            (_word(group["action"]), _status(group["status"])) for group in entry["delivery_status"] if group["action"]
        }
        if expected:
            found = report(parse((CORPUS / "email-bounce" / entry["file"]).read_bytes())).outcomes
            assert {(outcome.action, outcome.status) for outcome in found} <= expected, entry["file"]
            assert found, entry["file"]


def _word(action: str) -> str:
    return action.lower().split()[0]


def _status(status: str | None) -> str:
    found = re.search(r"\d\.\d+\.\d+", status or "")
    return found.group() if found else ""


@pytest.mark.slow
def test_most_bounces_name_the_mail_they_speak_of() -> None:
    """Of 370 bounces 338 hold a Message-ID of the returned mail; the rest returns no header of it."""
    bounces = [entry for entry in told("email-bounce/expected.json") if entry["kind"] == "bounce"]
    named = [
        entry for entry in bounces if report(parse((CORPUS / "email-bounce" / entry["file"]).read_bytes())).original
    ]
    assert len(named) >= 338


@pytest.mark.slow
def test_every_part_of_the_mime_torture_is_there() -> None:
    lost = [
        expected.name
        for path in sorted((CORPUS / "email-mime4j").glob("*/*.msg"))
        if path.stem not in OTHER_READINGS
        for expected in path.parent.glob(f"{path.stem}_decoded_1*")
        if not any(_squeezed(expected.read_bytes()) in found for found in _contents(path.read_bytes()))
    ]
    assert lost == []


def _contents(raw: bytes, depth: int = 0) -> list[bytes]:
    leaves = parse(raw).leaves()
    inner = [
        part
        for leaf in leaves
        if leaf.media_type.startswith("message/") and depth < 5
        for part in _contents(leaf.content, depth + 1)
    ]
    return [*(_squeezed(leaf.content) for leaf in leaves), *inner]


def _squeezed(content: bytes) -> bytes:
    return re.sub(rb"\s+", b"", content)


def test_chinese_mails_read_as_they_were_written() -> None:
    for name, expected in told("email-zh/expected.json").items():
        mail = parse((CORPUS / "email-zh" / name).read_bytes())
        said = letter(mail)
        assert mail.header("subject") == expected.get("subject", mail.header("subject")), name
        assert expected.get("text", "") in said.text, name
        assert all(words in said.text for words in expected.get("contains", ())), name
        assert not any(words in said.text for words in expected.get("must_not_contain", ())), name
        if "auto_reply" in expected:
            assert (report(mail).kind is Kind.AUTOREPLY) == expected["auto_reply"], name
        if expected.get("bulk"):
            assert machine(mail) is Machine.BULK, name


@pytest.mark.parametrize("index", range(14))
def test_encoded_words_of_chinese_mailers(index: int) -> None:
    entry = told("email-zh/encoded_words.json")[index]
    assert headers.text(entry["raw"]) == entry["text"].strip()
    mail = parse(f"From: a@b.c\r\nSubject: {entry['raw']}\r\n\r\nx".encode())
    if entry.get("auto_reply"):
        assert report(mail).kind is Kind.AUTOREPLY


@pytest.mark.slow
def test_naughty_strings_go_out_and_come_back_equal() -> None:
    """As subject and text, after the documented normalising: control characters in a subject become spaces, ends are
    trimmed.
    """
    for naughty in told("misc-blns/blns.json"):
        expected = "".join(char for char in naughty if char >= " " and char not in "\x7f\x85\u2028\u2029")
        _, mail = sent(replace(PLAIN, text=f"-{naughty}-", subject=f"-{naughty}-"), replace(HEAD, signature=""))
        assert letter(mail).text == f"-{naughty}-".replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
        assert _plain(mail.header("subject")) == _plain(f"-{expected}-")


def _plain(text: str) -> str:
    return re.sub(r"[\s\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]+", "", text)
