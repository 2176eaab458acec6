"""The only wiring: a configuration becomes objects, the objects run, and stop."""
