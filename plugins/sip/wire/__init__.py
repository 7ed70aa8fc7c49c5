"""What stands in a SIP message, read and written: pure, no clock, no sockets."""
