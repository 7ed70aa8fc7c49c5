"""Text messages as a channel of the hub: SMPP, CMPP, modems, Twilio and other gateways."""
