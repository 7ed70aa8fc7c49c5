"""Pictures that agents send: what may go, and the addresses at which a provider fetches them."""
