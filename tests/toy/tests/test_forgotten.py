"""What is stored is read, though whoever stored it never heard so: a commit may outlive the connection that asked."""

from __future__ import annotations

import pytest

from hub.store import raws
from hub.store.raws import NewRaw
from hub.store.tables import accounts, messages
from tests.farside.toy_lines import encode, proof
from tests.toy.tests.house import House


def said(account: int, ident: str, text: str) -> NewRaw:
    line = {"id": ident, "kind": "say", "session": "s1", "to": "desk", "from": "bear", "text": text}
    return NewRaw("toy", account, None, encode({**line, "proof": proof("squeak", ident)}), {})


@pytest.mark.slow
async def test_inputs_whose_commit_nobody_heard_of_are_read_in_their_order(house: House) -> None:
    [account] = await house.rows(accounts)
    words = {"one": "My ear", "two": "is", "three": "loose"}
    new = [said(account["id"], ident, text) for ident, text in words.items()]
    await house.store.write(lambda tx: raws.add_all(tx, new, house.store.node))
    await house.heard(len(new))
    assert [message["text"] for message in await house.rows(messages)] == list(words.values())
