"""The loops: they speak to ports only."""
