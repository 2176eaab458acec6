"""The calendar of conferences. Pure: time comes in as an argument."""
