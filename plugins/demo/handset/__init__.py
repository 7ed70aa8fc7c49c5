"""The customers' text messages: an SMSC of their own, as a carrier has one, and the handset on the desk.

`smsc` starts the SMSC and speaks with it, `desk` is what the handset's page asks for.
"""
