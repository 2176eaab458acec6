"""The command line, one file a command group; heavy parts are imported by the command in need."""

from linkwatch.cli.root import main

__all__ = ["main"]
