"""What a site sets: where SIP listens, the trunks, and what one of its numbers does."""

from __future__ import annotations

import ipaddress
from typing import Final, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from plugins.sip.guard import networks
from plugins.sip.transport.flow import EVERYWHERE
from plugins.sip.wire.addresses import host_and_port
from plugins.sip.wire.digest import ALGORITHMS
from plugins.sip.wire.sdes import Encryption

NAME: Final = "sip"
SCHEME: Final = "tel"


class SipSettings(BaseModel):
    """[plugins.sip] of hub.toml: what all connections share."""

    host: str = Field(default="127.0.0.1", description="Address SIP binds, unless the connection says otherwise")
    port: int = Field(
        default=5060,
        ge=0,
        le=65535,
        description="Its port, UDP and TCP; 0 asks the system",
        json_schema_extra={"env": "HUB_SIP_PORT"},
    )
    realm: str = Field(default="hub", description="Realm in which phones log in; changing it voids their passwords")
    digest: list[str] = Field(
        default=["SHA-256", "MD5"],
        description="What phones are asked to log in with, the strongest first; some old ones stumble over SHA-256",
    )
    dns: list[str] = Field(
        default=[], description='Name servers that know the proxies, "192.0.2.53" or with a port; empty: the system\'s'
    )
    queues: dict[str, str] = Field(
        default_factory=dict,
        description='Numbers by which phones pass callers on to queues: { 601 = "support" }, by the queue\'s key',
    )
    media_host: str = Field(default="127.0.0.1", description="Address audio binds")
    media_advertised: str = Field(default="", description="Address audio is announced at, behind NAT; empty: as bound")
    media_first_port: int = Field(default=0, ge=0, le=65535, description="First UDP port for audio; 0 asks the system")
    media_last_port: int = Field(default=0, ge=0, le=65535, description="Last one; each party of a call takes one")
    media_workers: int = Field(default=1, ge=1, le=64, description="Processes that carry audio, a core each")
    rtpengine: list[str] = Field(
        default_factory=list, description="rtpengine nodes that carry plain calls: host:port of their ng protocol (UDP)"
    )
    silence_seconds: float = Field(
        default=30, gt=0, description="Hang up a party from whom nothing at all has come for so long"
    )
    rate: float = Field(default=100, gt=0, description="Messages a second from one unknown source; more are dropped")
    failures: int = Field(default=8, ge=1, description="Failed attempts within a minute that ban a source")
    ban_seconds: float = Field(default=900, gt=0, description="For how long")

    @field_validator("dns")
    @classmethod
    def _are_servers(cls, value: list[str]) -> list[str]:
        for each in value:
            ipaddress.ip_address(host_and_port(each)[0])
        return value

    @model_validator(mode="after")
    def _audio_can_be_found(self) -> Self:
        if self.media_host in EVERYWHERE and not self.media_advertised:
            raise ValueError("media_host must be one address, or media_advertised say which")
        return self

    @field_validator("digest")
    @classmethod
    def _are_algorithms(cls, value: list[str]) -> list[str]:
        if not value or set(value) - set(ALGORITHMS):
            raise ValueError(f"one or more of {', '.join(ALGORITHMS)}")
        return value


class SipConnection(BaseModel):
    """One trunk, gateway or registrar. Calls come in from `peers` only, and go out to `proxies` only."""

    model_config = ConfigDict(extra="forbid")

    listen_host: str = Field(default="", description="Address to bind; empty: the plugin's host")
    listen_port: int | None = Field(
        default=None, ge=0, le=65535, description="Port; empty: the plugin's port; 0 asks the system"
    )
    tls_port: int | None = Field(default=None, ge=0, le=65535, description="Port for SIP over TLS; empty: none")
    ws_port: int | None = Field(default=None, ge=0, le=65535, description="Port for SIP over WebSocket; empty: none")
    wss_port: int | None = Field(default=None, ge=0, le=65535, description="The same, over TLS; empty: none")
    ws_origins: list[str] = Field(
        default_factory=list,
        description='Web pages whose phones may use them: "https://desk.example"; empty: none',
    )
    tls_certificate: str = Field(default="", description="PEM file with certificate and key for tls_port and wss_port")
    tls_authorities: str = Field(
        default="", description="PEM file of those whose word counts for proxies over TLS; empty: the system's"
    )
    advertised_host: str = Field(default="", description="What others reach us at, behind NAT; empty: as bound")
    registrar: bool = Field(default=False, description="Agents' phones may register here")
    peers: list[str] = Field(default_factory=list, description="Addresses and networks calls may come from")
    proxies: list[str] = Field(
        default_factory=list,
        description="Where calls go out to: a domain, host or host:port; the first that is up is used",
    )
    transport: str = Field(
        default="udp",
        pattern="^(udp|tcp|tls|auto)$",
        description="How the proxies are reached; auto: as their domain says (NAPTR), else by UDP or TCP",
    )
    srtp: Encryption = Field(
        default=Encryption.OFF,
        description="Encrypt audio: off, optional (where the far side can) or required; as secret as the signalling",
    )
    username: str = Field(default="", description="Log-in at the proxies")
    password: SecretStr = Field(default=SecretStr(""), description="Password; a secret")
    register_seconds: int = Field(
        default=0, ge=0, le=86_400, description="Register at the proxies as `username`, for so long at a time; 0: not"
    )
    domain: str = Field(default="", description="Domain of our address at the registrar; empty: the proxy's name")
    prefixes: list[str] = Field(
        default_factory=list,
        description='Where calls may go: "+86" allows, "!+8616" forbids, "*" is everywhere; empty: nowhere',
    )
    most_outbound: int = Field(default=10, ge=0, description="Calls to the outside at once")

    @field_validator("peers")
    @classmethod
    def _are_networks(cls, value: list[str]) -> list[str]:
        networks(value)
        return value

    @field_validator("proxies")
    @classmethod
    def _are_places(cls, value: list[str]) -> list[str]:
        for each in value:
            host_and_port(each)
        return value

    @model_validator(mode="after")
    def _can_register(self) -> Self:
        if self.register_seconds and not (self.username and self.proxies):
            raise ValueError("registering needs a username and proxies")
        return self


class SipAccount(BaseModel):
    """One number of the site."""

    model_config = ConfigDict(extra="forbid")

    music: str = Field(default="", description="Wav file for those who wait or are held; empty: ours")
    announce_seconds: float = Field(
        default=30, ge=0, description="Tell place and expected wait this often while one waits; 0: never"
    )
    record: bool = Field(default=False, description="Record calls with agents; say so in the greeting where you must")
    caller_ids: list[str] = Field(default_factory=list, description="Further numbers that may be shown on calls out")
