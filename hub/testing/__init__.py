"""The conformance kit: what every channel must do, as tests that a plugin's author subclasses.

```python
from hub.testing import ChannelSuite, Requirements

class TestTelegram(ChannelSuite):
    requirements = Requirements(plugin=hub_telegram, channel="telegram", account=…, examples=[Raw(b"…")])
```

It needs pytest, pytest-asyncio (mode "auto") and hypothesis.
"""

import pytest

pytest.register_assert_rewrite("hub.testing.suite")

from hub.testing.context import FakeContext  # noqa: E402 - asserts are rewritten before the suite is imported
from hub.testing.requirements import Requirements  # noqa: E402 - asserts are rewritten before the suite is imported
from hub.testing.suite import ChannelSuite  # noqa: E402 - asserts are rewritten before the suite is imported

__all__ = ["ChannelSuite", "FakeContext", "Requirements"]
