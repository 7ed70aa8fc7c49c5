"""The toy: a live channel that has no subject, no reply-to and no Message-ID, and uses every contract there is.

It proves that nothing in the core needs what only mail or chat have. A plugin like any other; it lives in the tests.
"""

from __future__ import annotations

from collections.abc import Sequence

from hub.api import Channel, Context, Flow, hookimpl
from tests.toy.channel import ToyChannel
from tests.toy.menu import Menu
from tests.toy.phone import ToyPhone


@hookimpl
def hub_channels(context: Context) -> Sequence[Channel]:
    """Toy talk, and toy calls."""
    return [ToyChannel(context), ToyPhone(context)]


@hookimpl
def hub_flows(context: Context) -> Sequence[Flow]:
    """A menu that any channel could render."""
    return [Menu()]
