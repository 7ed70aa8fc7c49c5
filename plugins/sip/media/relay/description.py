"""What the node is told of an end, and what it answers, as SDP: it knows calls by nothing else. Pure."""

from __future__ import annotations

from plugins.sip.media.engine import Codec, Endpoint, MediaError
from plugins.sip.wire import sdp


def described(remote: tuple[str, int], codec: Codec, telephone_event: int | None, rtcp: int = 0) -> bytes:
    """An end that listens there, to reports at `rtcp` (0: the next port)."""
    kinds, attributes = [codec.payload_type], [("rtpmap", f"{codec.payload_type} {codec}/8000")]
    if telephone_event is not None:
        kinds.append(telephone_event)
        attributes.append(("rtpmap", f"{telephone_event} telephone-event/8000"))
    if rtcp:
        attributes.append(("rtcp", str(rtcp)))
    host, port = remote
    formats = tuple(map(str, kinds))
    media = sdp.Media("audio", port, "RTP/AVP", formats, attributes=(*attributes, ("ptime", "20"), ("sendrecv", "")))
    return sdp.write(sdp.Session((media,)), host, 1, 1)


def endpoint(description: bytes) -> Endpoint:
    """Where the node listens. Raises MediaError."""
    try:
        media = sdp.parse(description).media[0]
    except (sdp.BadSdp, IndexError) as error:
        raise MediaError("rtpengine answered without a description") from error
    return Endpoint(media.host, media.port)
