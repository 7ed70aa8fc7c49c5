"""The site file: what it gives, and the sentence a person reads for each mistake."""

from pathlib import Path

import pytest

from hub.api import Address
from hub.plugin.site_file import SiteFileError, load
from hub.plugin.toml_lines import lines, nearest

GOOD = """
[site]
name = "维修中心"
plugins = ["email"]

[plugins.email]
smtp_port = 2525
password = { env = "MAIL_PASSWORD" }

[[departments]]
name = "Service"

[[queues]]
key = "support"
name = "Support"
department = "Service"

[[connections]]
name = "Mailbox"
channel = "email"
[connections.settings]
password = { file = "secret.txt" }

[[accounts]]
name = "Support"
channel = "email"
address = "mailto:support@demo.test"
connection = "Mailbox"
queue = "support"

[[users]]
login = "agent1"
name = "Ann"
queues = ["support"]
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "hub.toml"


def refusal(path: Path, text: str, environ: dict[str, str] | None = None) -> str:
    """What is said about this file, without the folder it lies in."""
    path.write_text(text)
    with pytest.raises(SiteFileError) as caught:
        load(path, environ or {})
    return str(caught.value).replace(f"{path.parent}/", "")


def test_everything_a_site_needs_is_read(path: Path) -> None:
    path.write_text(GOOD)
    (path.parent / "secret.txt").write_text("from a file\n")
    site = load(path, {"MAIL_PASSWORD": "from the environment"})
    assert site.site.name == "维修中心"
    assert site.plugins["email"] == {"smtp_port": 2525, "password": "from the environment"}
    assert site.connections[0].settings == {"password": "from a file"}
    assert site.accounts[0].address == Address("mailto", "support@demo.test")
    assert site.database == f"sqlite:///{path.parent.resolve()}/var/hub.db"
    assert site.key_file == path.parent.resolve() / "var/site.key"


def test_the_environment_goes_over_the_file(path: Path) -> None:
    path.write_text("[site]\nport = 1\n")
    site = load(path, {"HUB_PORT": "9090", "HUB_DATA": "/srv/hub", "HUB_DATABASE": "postgresql://h/d"})
    assert (site.site.port, site.data, site.database) == (9090, Path("/srv/hub"), "postgresql://h/d")


def test_an_empty_file_is_a_site_without_plugins(path: Path) -> None:
    path.write_text("")
    assert load(path, {}).site.plugins == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            ('queue = "support"', 'queue = "suport"'),
            "hub.toml line 29: accounts: there is no queue 'suport' in this file",
        ),
        (('name = "Ann"', 'nmae = "Ann"'), "hub.toml line 31: users 1 name: Field required"),
        (('key = "support"', 'key = "Support!"'), "hub.toml line 14: queues 1 key: String should match pattern"),
        (('queues = ["support"]', 'queues = ["fax"]'), "hub.toml line 34: user agent1: there is no queue 'fax'"),
        (('"mailto:support', '"support'), "hub.toml line 27: accounts 1 address: an address is written"),
        (('plugins = ["email"]', "plugin = []"), "hub.toml line 4: site plugin: no such setting"),
        (('"secret.txt"', '"gone.txt"'), "hub.toml line 22: connections 1 settings password: the secret"),
    ],
)
def test_a_mistake_is_one_sentence_with_its_line(path: Path, change: tuple[str, str], said: str) -> None:
    (path.parent / "secret.txt").write_text("x")
    assert said in refusal(path, GOOD.replace(*change, 1), {"MAIL_PASSWORD": "x"})


def test_a_file_that_is_not_there_or_not_toml_says_so(path: Path) -> None:
    with pytest.raises(SiteFileError, match="no such file; `hub init` writes one"):
        load(path, {})
    assert "not TOML: " in refusal(path, "[site\n")
    assert "line 1" in refusal(path, "[site\n")


def test_names_given_twice_are_refused(path: Path) -> None:
    twice = '[[queues]]\nkey = "a"\nname = "A"\n[[queues]]\nkey = "a"\nname = "B"\n'
    assert refusal(path, twice) == "hub.toml line 5: there are two queues with the key 'a'"


def test_an_environment_mistake_does_not_show_the_value(path: Path) -> None:
    said = refusal(path, '[[users]]\nlogin = "a"\nname = "A"\npassword = { env = "P" }\nroles = "s3cret"\n', {"P": "x"})
    assert "users 1 roles" in said and "s3cret" not in said


def test_lines_are_found_in_nested_arrays() -> None:
    known = lines("a = 1\n[[b]]\n[[b.c]]\nd = 1\n[[b]]\n[b.e]\n'f' = 2\n")
    assert known[("b", 0, "c", 0, "d")] == 4
    assert known[("b", 1, "e", "f")] == 7
    assert nearest(known, ("b", 1, "e", "g", "h")) == 6
    assert nearest(known, ("nowhere",)) is None
