"""The build hook: whoever builds or installs the package gets the web pages built with it."""

from __future__ import annotations

import os
import sys
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class UiBuildHook(BuildHookInterface[Any]):
    """Builds every `ui/` folder before files are collected; HUB_SKIP_UI=1 leaves them as they are."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if os.environ.get("HUB_SKIP_UI"):
            return
        sys.path.insert(0, self.root)  # the hook is loaded by path, outside any package
        from tools.build_ui import build_all

        build_all(self.root)
