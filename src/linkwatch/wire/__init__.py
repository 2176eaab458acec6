"""Bytes <-> values."""
