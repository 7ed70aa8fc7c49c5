"""Tests sign in thousands of times, and slow hashing is for what somebody could steal: here it costs next to nothing.
What the product spends on a password is shown by tests/web/test_passwords.py."""

from __future__ import annotations

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from hub.web import passwords

LEAST = Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1)  # RFC 9106 §3.1


def cheapen() -> None:
    """From now on, in this process."""
    passwords._hasher = PasswordHash((LEAST,))
