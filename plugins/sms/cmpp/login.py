"""How an enterprise and a gateway prove to each other that they know the shared secret (CMPP 2.0 §7.4.1)."""

from __future__ import annotations

from hashlib import md5

from plugins.sms.cmpp.pdu import Version


def authenticator(source: str, secret: str, timestamp: int) -> bytes:
    """MD5(Source_Addr + nine zeros + shared secret + timestamp as ten digits) (CMPP 2.0 §7.4.1.1)."""
    octets = source.encode() + bytes(9) + secret.encode() + f"{timestamp:010d}".encode()
    return md5(octets, usedforsecurity=False).digest()  # the protocol's own choice


def gateway_authenticator(status: int, ours: bytes, secret: str, version: Version) -> bytes:
    """MD5(Status + AuthenticatorSource + shared secret): the gateway knows the secret, too."""
    octets = status.to_bytes(4 if version is Version.V3_0 else 1, "big") + ours + secret.encode()
    return md5(octets, usedforsecurity=False).digest()
