"""The fax machine itself."""
