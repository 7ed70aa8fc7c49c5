"""What is wrong, as one sentence a person can act on."""


class Sentence(Exception):
    """Ends a command with exit code 2 and this sentence."""
