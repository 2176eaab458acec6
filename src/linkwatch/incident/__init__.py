"""Findings -> incidents: priority and life. Pure: time comes in as an argument."""
