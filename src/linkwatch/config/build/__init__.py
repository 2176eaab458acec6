"""A valid document -> `Config`: defaults filled in, inheritance resolved."""
