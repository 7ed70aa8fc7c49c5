"""Audio of plain calls by rtpengine nodes; everything else by our own processes behind them."""

from plugins.sip.media.relay.engine import RelayEngine

__all__ = ["RelayEngine"]
