"""What is said around an agent's words: the company's signature, as the carrier approved it."""

from __future__ import annotations

from plugins.sms.settings import SignatureAt, SmsAccount


def worded(account: SmsAccount, text: str) -> str:
    """The text as it goes out, signed once."""
    sign = account.signature
    if not sign or sign in text:
        return text
    return text + sign if account.signature_at is SignatureAt.END else sign + text
