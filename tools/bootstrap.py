"""What `make` calls: find a Python that is new enough, then hand over to `tools.commands`.

This one file must be understood by an old Python, so that it can say a clear sentence instead of a syntax error.
"""

import os
import shutil
import sys

NEEDED = (3, 11)
NEWER = ("python3.14", "python3.13", "python3.12", "python3.11")


def main() -> None:
    if sys.version_info < NEEDED:
        restart_with_newer_python()
    from tools.commands import run

    run(sys.argv[1], sys.argv[2:])


def restart_with_newer_python() -> None:
    """A machine often has a newer Python beside its `python3`; without one, say so and stop."""
    for name in NEWER:
        found = shutil.which(name)
        if found:
            os.execv(found, [found, "-m", "tools.bootstrap"] + sys.argv[1:])
    sys.exit(
        "Python 3.11 or newer is needed, and this is %d.%d: install one, or name it: make %s PYTHON=/path/to/python3.11"
        % (sys.version_info[0], sys.version_info[1], sys.argv[1])
    )


if __name__ == "__main__":
    main()
