"""The configuration's shape as pydantic models, one concept a module."""
