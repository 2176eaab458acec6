"""The kernel settings that we ship."""

from pathlib import Path

_DROP_IN = Path(__file__).parents[2] / "deploy" / "sysctl.d" / "60-linkwatch.conf"


def shipped() -> dict[str, str]:
    """Those of deploy/sysctl.d, by name."""
    lines = [line.strip() for line in _DROP_IN.read_text(encoding="utf-8").splitlines()]
    pairs = (line.split("=", 1) for line in lines if line and not line.startswith("#"))
    return {name.strip().removeprefix("-"): value.strip() for name, value in pairs}
