"""A fax machine of its own, for trying things out: it makes and takes calls by SIP, keeps what it is sent, and is told
what to do over HTTP on loopback. The customers' desk has one; so have the tests."""
