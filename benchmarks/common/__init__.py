"""What the commands here have in common."""
