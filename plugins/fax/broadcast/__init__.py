"""One document to many numbers: each a contact of its own, with its own veto, attempts and result."""
