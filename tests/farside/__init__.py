"""Far sides the hub speaks with in tests; each keeps its own ledger, none looks into the hub."""
