"""When to probe: phases, rounds, pacing, deadlines. Time comes in as an argument (monotonic s)."""
