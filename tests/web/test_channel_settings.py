"""Settings with a part that holds a secret: the part is seen and changed, the secret stays as long as the part does."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.fernet import Fernet
from pydantic import BaseModel, SecretStr

from hub.model.errors import Invalid
from hub.store.vault import Vault
from hub.web.channel_settings import columns

VAULT = Vault(Fernet.generate_key())


class Carrier(BaseModel):
    """One kind's own."""

    host: str
    password: SecretStr


class Settings(BaseModel):
    """Of a connection that is of one kind or the other."""

    smpp: Carrier | None = None
    cmpp: Carrier | None = None
    token: SecretStr = SecretStr("")


def stored(settings: dict[str, Any], kept: bytes | None = None) -> tuple[dict[str, Any], dict[str, Any], bytes]:
    """What is plain, what is secret, and the latter as it is kept."""
    found = columns(Settings, VAULT, settings, kept)
    return found["settings"], VAULT.decrypt(found["secrets"]), found["secrets"]


def test_a_secret_within_a_part_stays_while_the_rest_of_the_part_is_changed() -> None:
    plain, secret, kept = stored({"smpp": {"host": "a", "password": "one"}, "token": "two"})
    assert plain == {"smpp": {"host": "a"}}
    assert secret == {"smpp": {"password": "one"}, "token": "two"}
    plain, secret, kept = stored({"smpp": {"host": "b"}}, kept)
    assert (plain, secret) == ({"smpp": {"host": "b"}}, {"smpp": {"password": "one"}, "token": "two"})
    assert stored({"smpp": {"host": "b", "password": "three"}}, kept)[1]["smpp"] == {"password": "three"}


def test_a_part_that_is_given_up_takes_its_secrets_with_it() -> None:
    kept = stored({"smpp": {"host": "a", "password": "one"}})[2]
    plain, secret, _ = stored({"cmpp": {"host": "c", "password": "four"}, "smpp": None}, kept)
    assert (plain, secret) == ({"cmpp": {"host": "c"}}, {"cmpp": {"password": "four"}})
    with pytest.raises(Invalid):
        stored({"cmpp": {"host": "c"}}, kept)
