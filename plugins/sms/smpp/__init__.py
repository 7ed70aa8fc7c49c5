"""SMPP 3.4: sessions with a carrier's SMSC."""
