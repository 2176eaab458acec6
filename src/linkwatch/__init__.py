"""linkwatch: link monitor for video conferences."""

from importlib.metadata import version

__version__ = version("linkwatch")
