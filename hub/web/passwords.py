"""Argon2id off the event loop, a few at a time: hashing is slow on purpose and hungry for memory."""

from __future__ import annotations

import asyncio
from functools import cache

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

AT_ONCE = 2
# OWASP's minimum for Argon2id: 19 MiB, two passes, one lane
_hasher = PasswordHash((Argon2Hasher(time_cost=2, memory_cost=19_456, parallelism=1),))


class Passwords:
    """Hashes and verifies; one object a node."""

    def __init__(self) -> None:
        self._turn = asyncio.Semaphore(AT_ONCE)

    async def hash(self, password: str) -> str:
        """The text to store."""
        async with self._turn:
            return await asyncio.to_thread(_hasher.hash, password)

    async def verify(self, password: str, hashed: str | None) -> bool:
        """Whether the password is right. Without a hash (nobody by that login) it takes as long, and is False."""
        async with self._turn:
            right = await asyncio.to_thread(_verify, password, hashed)
        return right and hashed is not None


def _verify(password: str, hashed: str | None) -> bool:
    return _hasher.verify(password, hashed or _nobodys())


@cache
def _nobodys() -> str:
    """Made when first needed: a start need not wait for it."""
    return _hasher.hash("the password of nobody")


def hash_password(password: str) -> str:
    """The text to store, for set-up before an event loop runs."""
    return _hasher.hash(password)
