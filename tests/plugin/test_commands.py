"""`hub init` and `hub doctor`, as they are typed."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


def hub(folder: Path, *words: str, answers: str = "") -> subprocess.CompletedProcess[str]:
    environment = {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "HUB_PORT": "0"}
    command = [sys.executable, "-m", "hub.main", *words]
    return subprocess.run(command, cwd=folder, env=environment, input=answers, capture_output=True, text=True)


def test_a_site_is_begun_by_answering_and_found_fit(tmp_path: Path) -> None:
    made = hub(tmp_path, "init", answers="维修中心\n\n\n\n\nzh\n")
    assert made.returncode == 0, made.stderr
    looked = hub(tmp_path, "doctor")
    assert looked.returncode == 0, looked.stdout + looked.stderr
    assert "OK       plugin email: version " in looked.stdout
    assert "OK       database (SQLite): can be opened" in looked.stdout
    assert looked.stdout.endswith("This site is fit to be served.\n")


def test_a_site_that_is_there_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "hub.toml").write_text("# mine\n")
    again = hub(tmp_path, "init")
    assert (again.returncode, again.stderr) == (2, "hub: hub.toml is already there.\n")
    assert (tmp_path / "hub.toml").read_text() == "# mine\n"


def test_the_doctor_says_what_is_wrong_and_where(tmp_path: Path) -> None:
    (tmp_path / "hub.toml").write_text(
        '[site]\nplugins = ["email", "pigeons"]\n[[connections]]\nname = "Box"\nchannel = "email"\n'
        'settings = { imap_port = 0 }\n[[connections]]\nname = "Dead"\nchannel = "email"\n'
        'settings = { relay_host = "127.0.0.1", relay_port = 9, relay_security = "none" }\n'
    )
    looked = hub(tmp_path, "doctor")
    assert looked.returncode == 1
    assert "PROBLEM  plugin pigeons: no installed package declares a plugin named 'pigeons'" in looked.stdout
    assert "PROBLEM  connection Box: settings imap_port: Input should be greater than or equal to 1" in looked.stdout
    assert "PROBLEM  connection Dead: The far side could not be reached" in looked.stdout


def test_a_mistake_in_the_file_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "hub.toml").write_text("[site]\nprot = 1\n")
    looked = hub(tmp_path, "doctor")
    assert (looked.returncode, looked.stderr) == (2, "hub: hub.toml line 2: site prot: no such setting\n")
