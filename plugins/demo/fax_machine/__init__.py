"""A dealer's fax machine on the customers' desk: a process of its own (`hub fax machine`), and its page."""
