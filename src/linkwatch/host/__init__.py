"""The machine we run on: clock, service manager, alarm clock, log, files and secrets."""
