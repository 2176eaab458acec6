"""Measurements of linkwatch beside its peers; see README.md."""
