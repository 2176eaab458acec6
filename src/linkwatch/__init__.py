"""linkwatch: link monitor for video conferences."""


def __getattr__(name: str) -> str:
    """`__version__`, looked up when it is asked for: most of our processes never say it."""
    if name != "__version__":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib.metadata import version  # noqa: PLC0415  it brings in a parser of e-mail

    return version("linkwatch")
