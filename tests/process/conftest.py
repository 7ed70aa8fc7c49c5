"""Here the process itself is what is looked at: every hub is a new interpreter."""

from __future__ import annotations

import pytest

from tests.support.starting import Start, execute


@pytest.fixture
def begin_hub() -> Start:
    return execute
