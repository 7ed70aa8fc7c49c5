"""Resolve the dependencies into requirements/*.txt: for every platform and Python, with hashes, naming no host."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RUN, DEV = ROOT / "requirements/run.txt", ROOT / "requirements/dev.txt"
# A lock installs from whichever index the reader uses: none may stand in it, nor a path of the machine that wrote it.
FOREIGN = re.compile(r"https?://|file:|--(extra-)?index-url|--find-links|(?<![\w-])/\w+/")


def main() -> None:
    """Write both locks; `--upgrade` moves every pin to its newest release."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    needed = [*project["project"]["dependencies"], *project["build-system"]["requires"]]
    resolve(RUN, needed)
    development = project["project"]["optional-dependencies"]["dev"]
    resolve(DEV, [*needed, *development], "--constraint", "requirements/run.txt")


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


if __name__ == "__main__":
    main()
