"""Makes the fixtures of tests/support known to the tests of the plugins, too."""

from hypothesis import settings

pytest_plugins = ["tests.support.fixtures"]

# Seeded, and no verdict by the clock of a busy machine; `--hypothesis-profile=default` searches at random.
settings.register_profile("seeded", derandomize=True, deadline=None)
settings.register_profile("quick", settings.get_profile("seeded"), max_examples=20)  # `make check`
settings.load_profile("seeded")
