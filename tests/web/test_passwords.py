"""What the product spends on a password; tests spend less (tests/support/hashing.py)."""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location

from hub.web import passwords


def test_a_password_costs_what_owasp_asks_at_least() -> None:
    spec = spec_from_file_location("passwords_as_shipped", passwords.__file__)
    assert spec is not None and spec.loader is not None
    shipped = module_from_spec(spec)
    spec.loader.exec_module(shipped)
    assert shipped.hash_password("correct horse battery").startswith("$argon2id$v=19$m=19456,t=2,p=1$")
