"""What the core is told when a plugin failed in a way its contract does not allow."""

from hub.api import HubError, OutcomeUnknown, SendError, Unreachable


class PluginFailed(HubError):
    """A plugin raised something that is none of the contract's errors. Trying again may help."""

    code = "PLUGIN_FAILED"
    retryable = True
    line = "A plugin failed on this input; it is kept and can be replayed."


class PluginTimedOut(PluginFailed):
    """A plugin did not come back within its deadline."""

    code = "PLUGIN_TIMED_OUT"
    line = "A plugin took too long over this input; it is kept and can be replayed."


class ChannelFailed(SendError):
    """A channel failed while sending, and sending again is safe on it."""

    code = "CHANNEL_FAILED"
    retryable = True
    line = "The channel failed while sending; it will be tried again."


class BreakerOpen(Unreachable):
    """Nothing was tried: the connection keeps failing and rests until `retry_after` seconds have passed."""

    code = "BREAKER_OPEN"
    line = "The connection keeps failing; it will be tried again shortly."


def unsent(detail: str, resend_is_safe: bool) -> SendError:
    """The error for a send that ended in a way the contract does not know: it may or may not have gone."""
    return ChannelFailed(detail) if resend_is_safe else OutcomeUnknown(detail)
