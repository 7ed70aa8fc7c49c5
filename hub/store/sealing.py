"""Files and raw inputs encrypted at rest, in pieces, so that a part of one can be read without the rest.

A sealed content is 16 bytes of salt, then each CHUNK of the plain bytes under AES-256-GCM with its tag of 16 bytes. The
key is the site's and the salt's (RFC 5869), so a nonce, the number of the piece, is used once; the whole's length is
authenticated with each piece, so none can be left out. What was stored in clear stays readable: a raw input's row says
which it is, a file's name does.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Connection

from hub.store.vault import Vault, WrongKey

CHUNK: Final = 64 * 1024
SALT: Final = 16
_TAG: Final = 16
_PIECE: Final = CHUNK + _TAG
OPTION: Final = "hub_seal"
_NAMED: Final = "sealed:"


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes `start` to `stop` of a sealed content, which hold the plain bytes from `first` pieces on."""

    first: int
    start: int
    stop: int


class Seal:
    """One site's. `wanted`: whether what is stored from now on is sealed."""

    def __init__(self, vault: Vault, *, wanted: bool) -> None:
        self.wanted = wanted
        self._key = vault.key("files")
        self._names = vault.key("names of files")

    def close(self, content: bytes) -> bytes:
        """The content sealed."""
        salt, pieces = os.urandom(SALT), range(max(1, -(-len(content) // CHUNK)))
        cipher, size = self._cipher(salt), _bytes(len(content))
        sealed = (cipher.encrypt(_nonce(n), content[n * CHUNK : (n + 1) * CHUNK], size) for n in pieces)
        return b"".join((salt, *sealed))

    def open(self, sealed: bytes) -> bytes:
        """The content again. Raises WrongKey."""
        return self.open_span(sealed[:SALT], sealed[SALT:], 0, plain_size(len(sealed)))

    def open_span(self, salt: bytes, pieces: bytes, first: int, size: int) -> bytes:
        """The plain bytes of whole pieces, of which the first is number `first`, of a content of `size`. Raises
        WrongKey."""
        cipher, whole = self._cipher(salt), _bytes(size)
        count = -(-len(pieces) // _PIECE)
        try:
            opened = [
                cipher.decrypt(_nonce(first + n), pieces[n * _PIECE : (n + 1) * _PIECE], whole) for n in range(count)
            ]
        except (InvalidTag, ValueError) as error:
            raise WrongKey from error
        return b"".join(opened)

    def name(self, content: bytes) -> str:
        """For equal contents the same; it tells a reader of the database no more than that they are sealed."""
        digest = hmac.new(self._names, content, hashlib.sha256).digest()
        return _NAMED + base64.urlsafe_b64encode(digest).decode().rstrip("=")

    def _cipher(self, salt: bytes) -> AESGCM:
        return AESGCM(HKDF(SHA256(), length=32, salt=salt, info=b"a file").derive(self._key))


def of(conn: Connection) -> Seal:
    """The site's, which every connection of its store knows."""
    seal: Seal = conn.get_execution_options()[OPTION]
    return seal


def names_sealed(name: str) -> bool:
    """Whether the file of this name is sealed. SQLite would read through the whole to come to a column behind it."""
    return name.startswith(_NAMED)


def opened(conn: Connection, content: bytes, *, sealed: bool) -> bytes:
    """What a row holds, in clear. Raises WrongKey."""
    return of(conn).open(content) if sealed else bytes(content)


def span(start: int, stop: int) -> Span:
    """Where in a sealed content the plain bytes from `start` up to `stop` are."""
    first, last = start // CHUNK, -(-stop // CHUNK)
    return Span(first, SALT + first * _PIECE, SALT + last * _PIECE)


def plain_size(sealed_size: int) -> int:
    """How long the content is that takes this much sealed."""
    pieces = sealed_size - SALT
    return pieces - _TAG * -(-pieces // _PIECE)


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "big")


def _bytes(size: int) -> bytes:
    return size.to_bytes(8, "big")
