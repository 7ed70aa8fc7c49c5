"""Received pages to what a person reads. Runs in the child process only."""
