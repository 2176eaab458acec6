"""ARCHITECTURE.md's map of src/linkwatch names what is there, and nothing else."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "linkwatch"
ENTRY = re.compile(r"^(?P<indent> *)(?P<name>[\w.-]+/?)  +(?P<purpose>\S.*)$")


def mapped() -> dict[str, str]:
    """Path below src/linkwatch -> purpose, from the indented tree in ARCHITECTURE.md."""
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    tree = text.split("```text\nsrc/linkwatch/\n", 1)[1].split("```", 1)[0]
    purposes: dict[str, str] = {}
    parents: list[str] = []
    for line in tree.splitlines():
        if not line.strip():
            continue
        entry = ENTRY.match(line)
        assert entry, f"not a line of the map: {line!r}"
        depth = len(entry["indent"]) // 2
        parents[depth:] = [entry["name"]]
        path = "".join(parents)
        assert path not in purposes, f"{path} stands in the map twice"
        purposes[path] = entry["purpose"]
    return purposes


def present() -> set[str]:
    """Every package, and every module that is not a package's own `__init__`.

    A folder of migrations is one entry: its revisions are history, not structure.
    """
    found = set()
    for module in SOURCE.rglob("*.py"):
        path = module.relative_to(SOURCE)
        if "migrations" in path.parts:
            path = Path(*path.parts[: path.parts.index("migrations") + 1])
            found.add(f"{path}/")
        elif path.name != "__init__.py":
            found.add(str(path))
        elif path.parent != Path():
            found.add(f"{path.parent}/")
    return found


def test_map_names_every_module_and_no_other() -> None:
    listed = set(mapped())
    there = present()
    assert sorted(there - listed) == [], "in the tree, not in ARCHITECTURE.md"
    assert sorted(listed - there) == [], "in ARCHITECTURE.md, not in the tree"
