"""Who is on duty and who is told. Pure: time comes in as an argument."""
