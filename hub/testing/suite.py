"""The contract of a channel, as tests. Subclass it in the plugin's tests and set `requirements`."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from hub.api import (
    Accepted,
    Acknowledges,
    Address,
    Attachment,
    CallChannel,
    Channel,
    InputError,
    Malformed,
    MessageKind,
    Normalised,
    Outbound,
    Overloaded,
    Raw,
    Request,
    Response,
    SendError,
    Unauthenticated,
    UnknownAccount,
    Varies,
)
from hub.plugin.channels import problems
from hub.plugin.secret_fields import secret_names
from hub.testing.calls import commands
from hub.testing.meaning import complaints
from hub.testing.purity import without_network
from hub.testing.requirements import Requirements
from hub.testing.sources import forbidden, imports_of

SECRET_WORDS = ("password", "secret", "token", "api_key", "private_key")
WEBHOOK = {"channel": "any", "account": "any", "action": "in"}
REQUEST = Request("POST", "/c/any/any/in", WEBHOOK, {}, {}, b"", "127.0.0.1", "http://127.0.0.1/c/any/any/in")

# one test, run for several channels from one base class, is what a conformance kit is
MOST = min(60, settings().max_examples)  # fewer where a run asks for fewer
anything = settings(max_examples=MOST, deadline=None, suppress_health_check=[HealthCheck.differing_executors])


class ChannelSuite:
    """What the core relies on. A channel that passes can be put into any site."""

    requirements: ClassVar[Requirements]

    # --- the plugin -----------------------------------------------------------------------------------------------

    def test_the_plugin_declares_only_hooks_that_exist(self) -> None:
        plugin = self.requirements.load()[self.requirements.name]
        assert plugin.loaded, plugin.error

    def test_of_our_packages_the_plugin_imports_hub_api_alone(self) -> None:
        name = self.requirements.plugin.__name__
        wrong = [
            f"{where} imports {module}"
            for where, module in imports_of(self.requirements.plugin)
            if forbidden(module, name)
        ]
        assert wrong == []

    def test_the_channel_does_not_contradict_itself(self) -> None:
        assert list(problems(self.channel)) == []

    def test_notes_are_never_sent_to_customers(self) -> None:
        assert not {MessageKind.NOTE, MessageKind.SYSTEM} & set(self.channel.capabilities.kinds)

    # --- settings -------------------------------------------------------------------------------------------------

    def test_settings_can_be_shown_as_a_form(self) -> None:
        for model in self.models:
            schema = model.model_json_schema()
            assert schema["type"] == "object"

    def test_secrets_are_marked_as_secrets(self) -> None:
        for model in self.models:
            named = {name for name in model.model_fields if name.endswith(SECRET_WORDS)}
            bare = {name for name in named - secret_names(model) if model.model_fields[name].annotation in (str, bytes)}
            assert not bare, f"{model.__name__}: these must be SecretStr: {', '.join(sorted(bare))}"

    # --- in -------------------------------------------------------------------------------------------------------

    def test_good_input_is_for_the_account_let_in_and_understood(self) -> None:
        account = self.requirements.account
        for raw in self.requirements.examples:
            wanted = (account.address.scheme, account.address.value)
            assert wanted in [(a.scheme, a.value) for a in self.channel.address(raw)]
            self.channel.authenticate(account, raw)
            assert self.normalise(raw), "an example must mean something"

    def test_forged_input_is_refused(self) -> None:
        for raw in self.requirements.forged:
            with pytest.raises(Unauthenticated):
                self.channel.authenticate(self.requirements.account, raw)

    def test_malformed_input_is_quarantined(self) -> None:
        for raw in self.requirements.malformed:
            with pytest.raises(Malformed):
                self.normalise(raw)

    def test_the_same_bytes_mean_the_same_twice(self) -> None:
        for raw in self.requirements.examples:
            first = self.normalise(raw)
            assert first == self.normalise(raw)
            assert first == self.normalise(raw, self.requirements.build()), "what it means may not depend on the past"
            assert self.channel.address(raw) == self.channel.address(raw)

    def test_what_is_understood_can_be_stored(self) -> None:
        for raw in self.requirements.examples:
            assert [c for meaning in self.normalise(raw) for c in complaints(meaning)] == []

    def test_reading_needs_no_network(self) -> None:
        with without_network():
            for raw in self.requirements.examples:
                self.channel.address(raw)
                self.channel.authenticate(self.requirements.account, raw)
                self.normalise(raw)

    @given(data=st.data())
    @anything
    def test_whatever_arrives_only_the_contracts_errors_come_back(self, data: st.DataObject) -> None:
        raw = data.draw(self.garbage())
        account = self.requirements.account
        addresses = _attempt(lambda: self.channel.address(raw), InputError)
        assert all(isinstance(address, Address) for address in addresses or ())
        _attempt(lambda: self.channel.authenticate(account, raw), InputError)
        for meaning in _attempt(lambda: self.normalise(raw), Malformed) or ():
            assert list(complaints(meaning)) == []

    @given(data=st.data())
    @anything
    def test_garbage_too_means_the_same_twice(self, data: st.DataObject) -> None:
        raw = data.draw(self.garbage())
        assert _attempt(lambda: self.normalise(raw), Malformed) == _attempt(lambda: self.normalise(raw), Malformed)

    # --- out ------------------------------------------------------------------------------------------------------

    async def test_a_far_side_that_is_not_there_is_a_send_error(self) -> None:
        if self.requirements.connection is not None:
            await self._refused(self.outbound)

    async def test_what_the_channel_cannot_carry_is_a_send_error(self) -> None:
        can, account = self.channel.capabilities, self.requirements.account
        if isinstance(self.channel, Varies):
            can = self.channel.capabilities_of(account)
        if self.requirements.connection is None:
            return
        if not can.attachments:
            await self._refused(replace(self.outbound, attachments=(Attachment("a.txt", "text/plain", b"a"),)))
        await self._refused(replace(self.outbound, text="x" * (can.max_text + 1)))

    async def test_commands_about_a_call_nobody_knows_do_nothing_or_say_so_in_the_contracts_words(self) -> None:
        channel = self.channel
        if not isinstance(channel, CallChannel):
            return
        for name, command in commands(channel, self.requirements.account):
            with suppress(SendError):
                assert await command is None, f"{name} gives nothing"

    def test_a_webhooks_far_side_always_gets_an_answer(self) -> None:
        if not isinstance(self.channel, Acknowledges):
            return
        assert self.channel.acknowledge(REQUEST, Accepted(1), None).status < 300
        for error in (Unauthenticated(), UnknownAccount(), Malformed(), Overloaded(), KeyError("x")):
            answer = self.channel.acknowledge(REQUEST, None, error)
            assert isinstance(answer, Response)
            assert answer.status >= 400, f"{error!r} must not be told as success"

    # --- what the tests above stand on ----------------------------------------------------------------------------

    @property
    def channel(self) -> Channel:
        """The channel under test, built once for each class."""
        cls = type(self)
        if "_channel" not in cls.__dict__:
            cls._channel = self.requirements.build()  # type: ignore[attr-defined]  # kept on the subclass
        kept: Channel = cls.__dict__["_channel"]
        return kept

    @property
    def models(self) -> tuple[type[BaseModel], type[BaseModel]]:
        """The settings models."""
        return self.channel.connection, self.channel.account

    @property
    def outbound(self) -> Outbound:
        """A message it could carry."""
        return self.requirements.outbound or Outbound(1, 2, 3, self.requirements.account.address, "Hello 你好")

    def normalise(self, raw: Raw, channel: Channel | None = None) -> list[Normalised]:
        """What it means to this channel."""
        return list((channel or self.channel).normalise(self.requirements.account, raw))

    def garbage(self) -> st.SearchStrategy[Raw]:
        """Anything at all, and good input with some bytes changed, under the examples' own meta."""
        metas = st.sampled_from([dict(raw.meta) for raw in self.requirements.examples] or [{}])
        bodies = st.binary(max_size=400) | st.text(max_size=200).map(str.encode)
        if self.requirements.examples:
            bodies |= st.builds(_spoilt, st.sampled_from(self.requirements.examples), st.integers(0), st.binary())
        return st.builds(Raw, bodies, metas)

    async def _refused(self, message: Outbound) -> None:
        connection = self.requirements.connection
        with pytest.raises(SendError):
            await self.channel.send(connection, self.requirements.account, message)


def _spoilt(raw: Raw, where: int, what: bytes) -> bytes:
    at = where % (len(raw.body) + 1)
    return raw.body[:at] + what + raw.body[at + len(what) :]


def _attempt(work: Callable[[], Any], *allowed: type[Exception]) -> Any:
    """What it gives, or None when it raised one of the allowed errors; anything else is the failure we look for."""
    try:
        return work()
    except allowed:
        return None
