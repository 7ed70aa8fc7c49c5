"""The conformance kit: what every channel must do, as tests that a plugin's author subclasses.

```python
from hub.testing import ChannelSuite, Requirements

class TestTelegram(ChannelSuite):
    requirements = Requirements(plugin=hub_telegram, channel="telegram", account=…, examples=[Raw(b"…")])
```

It needs pytest, pytest-asyncio (mode "auto") and hypothesis.
"""

from hub.testing.context import FakeContext
from hub.testing.requirements import Requirements
from hub.testing.suite import ChannelSuite

__all__ = ["ChannelSuite", "FakeContext", "Requirements"]
