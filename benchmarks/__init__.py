"""Measurements of linkwatch beside its peers; see README.md."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))  # whose `support` lays out networks
