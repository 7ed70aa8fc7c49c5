"""Documents to pages. Runs in the child process only."""
