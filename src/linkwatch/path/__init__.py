"""Traces -> the last good hop, a segment and its confidence. Pure: time comes in as an argument."""
