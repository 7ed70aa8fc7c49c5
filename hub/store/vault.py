"""Secrets at rest: one site key, 0600, outside the database; everything else is derived from it."""

import os
from pathlib import Path
from typing import Any

import orjson
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from hub.api import HubError


class WrongKey(HubError):
    """The site key does not open what the database holds."""

    code = "WRONG_KEY"
    line = "The site's key file does not belong to this database."


class Vault:
    """Encrypts the secret settings of connections and accounts (AES-128-CBC with HMAC, Fernet)."""

    def __init__(self, key: bytes) -> None:
        self._fernet = Fernet(key)
        self._key = key

    @classmethod
    def open(cls, path: Path) -> "Vault":
        """Read the key file, or make one on the first start."""
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(Fernet.generate_key())
                file.flush()
                os.fsync(file.fileno())
        return cls(path.read_bytes().strip())

    def encrypt(self, secrets: dict[str, Any]) -> bytes:
        """A token only this site's key opens."""
        return self._fernet.encrypt(orjson.dumps(secrets))

    def decrypt(self, token: bytes | None) -> dict[str, Any]:
        """The secrets again; raises WrongKey."""
        if not token:
            return {}
        try:
            found: dict[str, Any] = orjson.loads(self._fernet.decrypt(token))
        except InvalidToken as error:
            raise WrongKey from error
        return found

    def key(self, purpose: str) -> bytes:
        """32 bytes for one purpose (RFC 5869), the same at every start."""
        return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(self._key)
