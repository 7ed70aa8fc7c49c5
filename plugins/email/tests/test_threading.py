"""A mail finds its conversation by what it refers to, never by how its subject reads."""

from __future__ import annotations

import pytest

from plugins.email import threading
from plugins.email.parse import parse


def keys(head: str) -> tuple[str, ...]:
    return threading.keys(parse(f"Message-ID: <own@c>\r\n{head}\r\n\r\nx".encode()))


def test_the_answered_mail_comes_first_then_the_newest_reference() -> None:
    assert keys("References: <old@h> <mid@h> <new@h>\r\nIn-Reply-To: <new@h>") == ("new@h", "mid@h", "old@h")


def test_a_reply_with_another_subject_keeps_its_keys() -> None:
    """Chatwoot #15869, and 0 of 50 in three peers: only References and a new subject."""
    assert keys("Subject: something else\r\nReferences: <ours@h>") == ("ours@h",)


def test_a_strange_in_reply_to_does_not_hide_the_references() -> None:
    """Chatwoot #10028: some mailers answer with an id of their own."""
    assert keys("In-Reply-To: <stranger@x>\r\nReferences: <ours@h>") == ("stranger@x", "ours@h")


def test_the_same_subject_is_no_key() -> None:
    """FreeScout #4958: a new mail was merged into an old thread."""
    assert keys("Subject: Re: Your order") == ()


def test_an_endless_chain_keeps_its_newest_and_its_root() -> None:
    found = keys("References: " + "\r\n ".join(f"<{index}@h>" for index in range(500)))
    assert len(found) == threading.MAX_KEYS
    assert found[0] == "499@h"
    assert found[-1] == "0@h"


def test_a_mail_never_names_itself() -> None:
    assert keys("In-Reply-To: <own@c>\r\nReferences: <a@h> <own@c>") == ("a@h",)


@pytest.mark.parametrize(
    "subject",
    [
        "Re: Order [#4821-9035-6]",
        "答复: 订单【#4821-9035-6】",
        "#482190356",
        "ticket 4821-9035-6 please",
        "[#4821 9035 6]",
    ],
)
def test_a_serial_in_the_subject_is_found_however_it_is_written(subject: str) -> None:
    assert threading.serials(subject) == ("482190356",)


def test_a_marked_serial_in_the_words_counts_a_bare_number_does_not() -> None:
    assert threading.serials("Hi", "it is about #4821-9035-6") == ("482190356",)
    assert threading.serials("Hi", "call 4821-9035-6 or 1384821-9035-66") == ()


@pytest.mark.parametrize(
    ("subject", "bare"),
    [
        ("Re: RE: Aw: x", "x"),
        ("回复：答复: 订单", "订单"),
        ("Re[2]: x [#4821-9035-6]", "x"),
        ("Regarding: x", "Regarding: x"),
    ],
)
def test_reply_prefixes_come_off(subject: str, bare: str) -> None:
    assert threading.bare_subject(subject) == bare
