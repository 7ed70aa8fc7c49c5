"""What a text is made of: the GSM alphabet, segments, user data headers. Pure."""
