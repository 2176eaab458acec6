"""The whole daemon as a process: what it costs, and how long it takes to start."""
