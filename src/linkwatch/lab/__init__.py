"""A province that is not there: simulated routers for the example configuration and for tests."""
