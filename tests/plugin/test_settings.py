"""A plugin's settings: the file, then the environment over it, and one clear sentence for a mistake."""

import pytest
from pydantic import BaseModel, Field, SecretStr

from hub.plugin.record import PluginState
from hub.plugin.secret_fields import joined, redact, secret_names, split
from hub.plugin.settings import SettingsError, configure, fill
from tests.plugin.doubles import plugin_object, raising, site


class Mail(BaseModel):
    """What a mail plugin might ask for."""

    port: int = Field(default=2525, json_schema_extra={"env": "HUB_SMTP_PORT"})
    hosts: list[str] = Field(default_factory=list, json_schema_extra={"env": "HUB_SMTP_HOSTS"})
    password: SecretStr = SecretStr("")


def test_file_then_environment() -> None:
    assert fill(Mail, {"port": 25}, {}, "here").port == 25
    assert fill(Mail, {"port": 25}, {"HUB_SMTP_PORT": "26"}, "here").port == 26
    assert fill(Mail, {}, {"HUB_SMTP_PORT": ""}, "here").port == 2525
    assert fill(Mail, {}, {"HUB_SMTP_HOSTS": '["a", "b"]'}, "here").hosts == ["a", "b"]


@pytest.mark.parametrize(
    ("table", "environ", "said"),
    [
        ({"prot": 1}, {}, "here prot: no such setting; there are hosts, password, port"),
        ({"port": "many"}, {}, "here port: Input should be a valid integer"),
        ({}, {"HUB_SMTP_PORT": "x"}, "the environment variable HUB_SMTP_PORT (setting port): Input should be a valid"),
        ({"hosts": ["a", 3]}, {}, "here hosts.1: Input should be a valid string"),
        ({}, {"HUB_SMTP_HOSTS": "[oops"}, "the environment variable HUB_SMTP_HOSTS (setting hosts): "),
    ],
)
def test_a_mistake_is_one_sentence(table: dict[str, object], environ: dict[str, str], said: str) -> None:
    with pytest.raises(SettingsError) as caught:
        fill(Mail, table, environ, "here")
    assert str(caught.value).startswith(said)


def test_a_mistake_never_shows_the_secret() -> None:
    with pytest.raises(SettingsError) as caught:
        fill(Mail, {"password": ["hunter2"]}, {}, "here")
    assert "hunter2" not in str(caught.value)


def test_wrong_settings_fail_their_plugin_and_no_other() -> None:
    plugins = site(
        good=plugin_object(hub_settings=lambda: Mail),
        wrong=plugin_object(hub_settings=lambda: Mail),
        broken=plugin_object(hub_settings=raising(RuntimeError("no"))),
        odd=plugin_object(hub_settings=lambda: 3),
        none=plugin_object(),
        surprised=plugin_object(),
    )
    configure(plugins, {"good": {"port": 1}, "wrong": {"port": "x"}, "surprised": {"a": 1}}, {})
    assert plugins["good"].settings == Mail(port=1)
    assert [p.name for p in plugins if p.state is PluginState.FAILED] == ["wrong", "broken", "odd", "surprised"]
    assert plugins["wrong"].error.startswith("hub.toml: [plugins.wrong] port: ")


class Nested(BaseModel):
    """A secret inside."""

    relay: Mail = Mail()
    tokens: list[SecretStr] | None = None
    name: str = ""


def test_secrets_are_found_wherever_they_are() -> None:
    assert secret_names(Nested) == {"relay", "tokens"}
    assert secret_names(Mail) == {"password"}


def test_secrets_are_blotted_out_of_what_is_shown() -> None:
    settings = Nested(relay=Mail(password=SecretStr("hunter2")), tokens=[SecretStr("hunter2-long")], name="box")
    assert redact("box: login hunter2-long / hunter2 refused", settings) == "box: login ******** / ******** refused"


def test_only_the_secrets_of_a_part_are_parted_off() -> None:
    given = {"relay": {"port": 25, "password": "hunter2"}, "tokens": ["a"], "name": "box"}
    plain, secret = split(Nested, given)
    assert plain == {"relay": {"port": 25}, "name": "box"}
    assert secret == {"relay": {"password": "hunter2"}, "tokens": ["a"]}
    assert joined(plain, secret) == given
    assert split(None, given) == ({}, given)
    assert split(Nested, {"relay": None, "name": ""}) == ({"name": ""}, {})
