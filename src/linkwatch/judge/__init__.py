"""Measurements -> findings. Pure: time comes in as an argument."""
