"""A gateway as the site file describes it: what to ask, how to sign, what answers and callbacks mean.

Every template and every path is read when the settings are: what is wrong with one is said then, by `hub doctor` and by
the admin screen.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from enum import StrEnum
from ipaddress import ip_network
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, Field, JsonValue, SecretStr, model_validator

from plugins.sms.http import approved, template
from plugins.sms.http.reading import Format

ABOUT: Final = ("to", "from", "text", "id", "coding", "callback")
MOMENT: Final = ("timestamp", "timestamp_ms", "time", "iso", "nonce")
MADE: Final = ("sorted", "sorted_url", "body", "signature")
"""Names a request's templates may use; besides, those under `values` and `secrets`."""


def _readable(text: str) -> str:
    template.read(text)
    return text


Templated = Annotated[str, AfterValidator(_readable)]
Secret = Annotated[SecretStr, Field(min_length=1)]
Charset = Literal["utf-8", "gbk", "gb18030"]


class Algorithm(StrEnum):
    """How a signature is made of a text."""

    NONE = "none"
    MD5 = "md5"
    SHA1 = "sha1"
    SHA256 = "sha256"
    HMAC_MD5 = "hmac-md5"
    HMAC_SHA1 = "hmac-sha1"
    HMAC_SHA256 = "hmac-sha256"
    HMAC_SHA512 = "hmac-sha512"


class Encoding(StrEnum):
    """How a signature is written: hex, HEX in capitals, base64."""

    HEX = "hex"
    HEX_UPPER = "HEX"
    BASE64 = "base64"


class Signing(BaseModel):
    """What is signed: `template`, with `key` where the algorithm has one."""

    template: Templated = Field(description="The text to sign, “{user}{timestamp}{secret}”")
    algorithm: Algorithm = Field(default=Algorithm.HMAC_SHA256, description="none, md5, sha1, sha256, hmac-…")
    key: Templated = Field(default="", description="The key of an HMAC, “{secret}”")
    encoding: Encoding = Field(default=Encoding.HEX, description="hex, HEX or base64")


class Codings(BaseModel):
    """The gateway's words for the two ways a text is written: {coding}."""

    gsm: str = Field(default="0", description="When every character is of the GSM alphabet")
    unicode: str = Field(default="8", description="When one is not")


class Asking(BaseModel):
    """The request that sends a text. At most one of `form`, `document` and `content` is its body."""

    method: Literal["GET", "POST", "PUT"] = Field(default="POST", description="GET, POST or PUT")
    url: Templated = Field(description="Values are escaped as a URL wants it")
    query: dict[str, Templated] = Field(default_factory=dict, description="Fields behind the address")
    headers: dict[str, Templated] = Field(default_factory=dict, description="Header lines")
    form: dict[str, Templated] = Field(default_factory=dict, description="Body: a form")
    document: dict[str, JsonValue] = Field(default_factory=dict, description="Body: JSON; its strings are templates")
    content: Templated = Field(default="", description="Body: XML or text; values are escaped for XML where it is XML")
    content_type: str = Field(
        default="text/xml", pattern="^[a-z]+/[a-z0-9.+-]+$", description="Media type of `content`"
    )
    charset: Charset = Field(default="utf-8", description="utf-8, gbk or gb18030")
    codings: Codings = Field(default_factory=Codings, description="Words for {coding}")
    sign: Signing | None = Field(default=None, description="Makes {signature}")
    answer_seconds: float = Field(default=20, gt=0, le=50, description="Wait so long for the answer")
    once: bool = Field(default=False, description="The gateway takes one {id} only once: it may be sent again")
    templates_only: bool = Field(
        default=False, description="Refuse texts that were not made from a template the carrier approved"
    )


class Answering(BaseModel):
    """What the answer to it means. Paths are like “data.0.id”; without `code` every 2xx is a success."""

    format: Format = Field(default=Format.JSON, description="json, xml, form or text")
    pattern: Templated = Field(default="", description="How a text is read: “{code}: {detail}”")
    code: str = Field(default="", description="Path of the code that says whether it is taken")
    ok: list[str] = Field(default_factory=lambda: ["0"], description="Codes that mean it is taken")
    id: str = Field(default="", description="Where its id stands; empty: our own {id}")
    parts: str = Field(default="", description="Path of the number of short messages it counts")
    price: str = Field(default="", description="Path of the price")
    detail: str = Field(default="", description="Path of words for the agent")
    throttled: list[str] = Field(default_factory=list, description="Codes after which it is tried again, later")
    unreachable: list[str] = Field(default_factory=list, description="Codes of the gateway's own troubles")
    misconfigured: list[str] = Field(default_factory=list, description="Codes an administrator must look at")
    too_large: list[str] = Field(default_factory=list, description="Codes that say the text is too long")
    opted_out: list[str] = Field(default_factory=list, description="Codes that say the recipient wants no texts")


class Proof(BaseModel):
    """How a callback proves who it is from: `where` ("header:x-sign", "query:token", "field:sign") stands what signing
    gives."""

    where: str = Field(
        pattern="^(header|query|field):[A-Za-z0-9_.-]{1,60}$", description="Where it stands: “header:x-sign”"
    )
    sign: Signing = Field(description="What must stand there; “none” signs nothing: a shared word")


class Calling(BaseModel):
    """A callback of the gateway: how it is written, how it proves itself, what it wants to read."""

    format: Format = Field(default=Format.FORM, description="form, json, xml, or query (always so for a GET)")
    each: str = Field(default="", description="Path of a list, where one callback tells of several")
    charset: Charset = Field(default="utf-8", description="utf-8, gbk or gb18030")
    proof: Proof | None = Field(default=None, description="What only the gateway can write")
    networks: list[str] = Field(default_factory=list, description="Only from these addresses: “203.0.113.0/24”")
    answer: str = Field(default="OK", max_length=2000, description="What it wants to read when it is stored")
    answer_type: str = Field(
        default="text/plain", pattern="^[a-z]+/[a-z0-9.+-]+$", description="Media type of the answer"
    )

    @model_validator(mode="after")
    def _is_guarded(self) -> Calling:
        for network in self.networks:
            ip_network(network)
        if self.proof is None and not self.networks:
            raise ValueError("a callback needs a proof or networks: else anybody could write to agents")
        return self


class Hearing(Calling):
    """A text from a handset, at /c/sms/{account}/message."""

    sender: str = Field(description="Path of the handset's number")
    text: str = Field(description="Path of what it says")
    text_hex: bool = Field(default=False, description="It is UTF-16 in hexadecimal")
    unicode_where: str = Field(
        default="",
        pattern="^([A-Za-z0-9_.-]+=[A-Za-z0-9_.-]*)?$",
        description="A field that says that the text's octets are UTF-16: “coding=2”",
    )
    recipient: str = Field(default="", description="Path of our number")
    id: str = Field(default="", description="Path of the gateway's id of it")


class Reporting(Calling):
    """What became of a text of ours, at /c/sms/{account}/status."""

    id: str = Field(description="Path of the id")
    state: str = Field(description="Path of the word for its state")
    code: str = Field(default="", description="Path of the code of a failure; empty: the word itself")
    detail: str = Field(default="", description="Path of words for the agent")
    delivered: list[str] = Field(description="Words that mean it has arrived")
    sent: list[str] = Field(default_factory=list, description="Words that mean it is on its way")
    ignored: list[str] = Field(default_factory=list, description="Words that mean nothing has happened; others: failed")


class HttpSettings(BaseModel):
    """One gateway that is spoken to by HTTP."""

    ask: Asking = Field(description="The request that sends a text")
    answer: Answering = Field(default_factory=Answering, description="What its answer means")
    heard: Hearing | None = Field(default=None, description="Texts from handsets")
    reports: Reporting | None = Field(default=None, description="Reports on texts of ours")
    values: dict[str, str] = Field(default_factory=dict, description="Further names for templates")
    secrets: dict[str, Secret] = Field(default_factory=dict, description="The same, kept secret")
    public_url: str = Field(default="", description="How the gateway reaches this site; empty: the site's own address")

    @model_validator(mode="after")
    def _templates_know_their_names(self) -> HttpSettings:
        known = {*ABOUT, *approved.NAMES, *MOMENT, *MADE, *self.values, *self.secrets}
        for text in _templates(self.ask):
            template.read(text, known)
        if self.answer.pattern and self.answer.format is not Format.TEXT:
            raise ValueError("a pattern is for answers of the format text")
        if sum(map(bool, (self.ask.form, self.ask.document, self.ask.content))) > 1:
            raise ValueError("a request has one body: form, document or content")
        return self

    @model_validator(mode="after")
    def _approved_templates_are_named(self) -> HttpSettings:
        if taken := {*self.values, *self.secrets}.intersection(approved.NAMES):
            raise ValueError(f"{min(taken)} is a name of the hub's own: call the value something else")
        if self.ask.templates_only and not self.names_templates:
            raise ValueError(f"with templates_only the request must say {{{approved.ID}}}")
        return self

    @model_validator(mode="after")
    def _proofs_hold_a_secret(self) -> HttpSettings:
        for calling in (self.heard, self.reports):
            if calling and calling.proof:
                _check_secrecy(calling.proof.sign, self.named, self.secrets)
        return self

    @property
    def names_templates(self) -> bool:
        """Whether the request says which template a text was made from."""
        return any(approved.ID in template.read(text).names for text in _templates(self.ask))

    @property
    def named(self) -> dict[str, str]:
        """Values and secrets, by the names templates know them by."""
        return {**self.values, **{name: secret.get_secret_value() for name, secret in self.secrets.items()}}


def strings_in(value: JsonValue) -> Iterator[str]:
    """Every string of a document; its keys are what they are."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for each in value.values() if isinstance(value, dict) else value:
            yield from strings_in(each)


def _check_secrecy(sign: Signing, named: Mapping[str, str], secrets: Collection[str]) -> None:
    """Raises ValueError for a proof that anybody could make. A callback's own fields may stand in what is signed, so a
    name that is mistyped there is no error: but then none of our secrets is in it."""
    key = template.read(sign.key, named)
    if sign.algorithm.value.startswith("hmac-"):
        if not key.filled(named):
            raise ValueError("the key of a callback's proof is empty: anybody could make it")
        return
    text = template.read(sign.template)
    if text.names.isdisjoint(secrets) and (text.names or not sign.template):
        raise ValueError("a callback's proof has none of the `secrets` in it: anybody could make it")


def _templates(ask: Asking) -> Iterator[str]:
    yield from (ask.url, ask.content, *ask.query.values(), *ask.headers.values(), *ask.form.values())
    yield from strings_in(dict(ask.document))
    if ask.sign:
        yield from (ask.sign.template, ask.sign.key)
