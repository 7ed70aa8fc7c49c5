"""A GSM modem with a SIM, on a serial line, spoken to by AT commands (3GPP TS 27.005)."""
