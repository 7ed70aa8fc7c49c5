"""The customers' telephone: a browser's voice by WebRTC on one side, a carrier's call by SIP and RTP on the other.

A call is the life of one websocket. `desk` speaks with the page, `call` joins the two sides, `browser` is WebRTC,
`caller` and `dialog` are SIP (RFC 3261), `sdp` is what they agree on (RFC 8866), `rtp` the voice (RFC 3550).
"""
