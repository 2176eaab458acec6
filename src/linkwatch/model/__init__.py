"""The nouns of the field, and the values the stages hand to each other.

Frozen dataclasses and enums only; nothing here decides, reads a clock or does I/O.
"""
