"""Whether the key file is this database's: found out at the start, not when somebody wants to hear a recording."""

from __future__ import annotations

from base64 import b64decode, b64encode

from sqlalchemy import select

from hub.store.site_values import set_site_value
from hub.store.tables import site
from hub.store.unit import Tx
from hub.store.vault import Vault

KEY = "key"


def vouch(tx: Tx, vault: Vault) -> None:
    """The first key a database meets leaves a token in it, which only that one opens. Raises WrongKey."""
    kept = tx.conn.execute(select(site.c.value).where(site.c.key == KEY)).scalar()
    if kept is None:
        set_site_value(tx, KEY, {"token": b64encode(vault.encrypt({"of": "site"})).decode()})
    else:
        vault.decrypt(b64decode(kept["token"]))
