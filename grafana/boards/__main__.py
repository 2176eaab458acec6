"""Writes grafana/dashboards anew."""

import sys

from grafana.boards.catalogue import DASHBOARDS, texts


def main() -> int:
    """One file a board."""
    DASHBOARDS.mkdir(exist_ok=True)
    for name, text in texts().items():
        (DASHBOARDS / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
