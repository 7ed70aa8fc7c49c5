"""Makes the fixtures of tests/support known to the tests of the plugins, too."""

pytest_plugins = ["tests.support.fixtures"]
