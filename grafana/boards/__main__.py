"""Writes grafana/dashboards and grafana/layout anew."""

import sys

from grafana.boards.catalogue import files


def main() -> int:
    """A file of JSON and a picture for each board."""
    for path, text in files().items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
