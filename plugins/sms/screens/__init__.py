"""What people see of text messages in the inbox: the counter beside the composer, parts below a message, consents."""
