"""Resolve the dependencies into requirements/*.txt: for every platform and Python, with hashes, naming no host."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from tempfile import TemporaryDirectory

from tools import build_ui

ROOT = Path(__file__).resolve().parent.parent
RUN, DEV = ROOT / "requirements/run.txt", ROOT / "requirements/dev.txt"
# A lock installs from whichever index the reader uses: none may stand in it, nor a path of the machine that wrote it.
FOREIGN = re.compile(r"https?://|file:|--(extra-)?index-url|--find-links|(?<![\w-])/\w+/")


def main() -> None:
    """Write both locks; `--upgrade` moves every pin to its newest release."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    needed = [*project["project"]["dependencies"], *project["build-system"]["requires"]]
    resolve(RUN, needed)
    extras = project["project"]["optional-dependencies"]
    tested = [*extras["dev"], *extras["sms"], *extras["barcodes"]]
    resolve(DEV, [*needed, *tested], "--constraint", "requirements/run.txt")
    for ui in build_ui.folders(ROOT):
        resolve_npm(ui)


def resolve(lock: Path, requirements: list[str], *options: str) -> None:
    """Pin `requirements` in `lock`, keeping the pins it already has unless asked to upgrade."""
    command = [
        sys.executable, "-m", "uv", "pip", "compile", "-", "--output-file", str(lock.relative_to(ROOT)),
        "--universal", "--python-version", "3.11", "--generate-hashes", "--no-config", "--no-annotate",
        "--no-emit-index-url", "--no-emit-find-links", "--custom-compile-command", "make lock", "--quiet",
    ]  # fmt: skip
    subprocess.run([*command, *options, *sys.argv[1:]], cwd=ROOT, check=True, text=True, input="\n".join(requirements))
    foreign = FOREIGN.findall(lock.read_text())
    if foreign:
        sys.exit(f"{lock.name} names a place that other machines do not have: {foreign[0]}")
    print(f"{lock.relative_to(ROOT)}: {len(re.findall(r'^[a-z]', lock.read_text(), re.MULTILINE))} packages")


def resolve_npm(ui: Path) -> None:
    """Pin the packages of a web page, in a folder without node_modules: beside one, npm forgets other platforms."""
    with TemporaryDirectory() as folder:
        shutil.copy(ui / "package.json", folder)
        if "--upgrade" not in sys.argv:
            shutil.copy(ui / "package-lock.json", folder)
        npm(folder, "install", "--package-lock-only", "--omit-lockfile-registry-resolved")
        npm(folder, "ci", "--dry-run")  # refuses a lock that misses what some platform needs
        shutil.copy(Path(folder, "package-lock.json"), ui)
    print(f"{(ui / 'package-lock.json').relative_to(ROOT)}: done")


def npm(folder: str, *arguments: str) -> None:
    command = [*build_ui.npm_command(), *arguments, "--ignore-scripts"]
    done = subprocess.run(command, cwd=folder, env=build_ui.environment(), text=True, capture_output=True)
    if done.returncode:
        sys.exit(f"npm {' '.join(arguments)} failed; `make lock ARGS=--upgrade` pins everything anew:\n{done.stderr}")


if __name__ == "__main__":
    main()
