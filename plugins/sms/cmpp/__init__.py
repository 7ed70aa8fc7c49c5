"""China Mobile Peer to Peer, versions 2.0 and 3.0: the protocol by which the Chinese carriers' gateways (ISMG) are
reached."""
