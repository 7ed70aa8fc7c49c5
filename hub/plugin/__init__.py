"""How plugins are found, set up, wrapped and watched, so that one plugin's failure stays its own."""
