"""A configuration and the files it includes, read and merged into one tree.

Sections that are mappings are merged by key, those that are lists concatenated, in the order of
the files. `version` may be repeated in every file.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from linkwatch.config.badvalue import quoted
from linkwatch.config.nodes import compose
from linkwatch.config.plain import key_problems, problem_at
from linkwatch.config.problem import Gravity, Problem
from linkwatch.config.source import read_text

MAX_FILES = 2000


@dataclass
class Tree:
    """The merged root (None: nothing usable), the files read and what was wrong with them."""

    root: MappingNode | None = None
    files: list[Path] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Entry:
    """One file to include, and the item of the list that asks for it."""

    file: Path
    node: Node
    label: str

    def problem(self, message: str, hint: str = "") -> Problem:
        return problem_at(self.node, self.label, message, hint)


def read_tree(path: Path) -> Tree:
    """Read a file and all it includes. `problems` holds errors of text, keys and inclusion."""
    tree = Tree()
    text = read_text(path)
    if isinstance(text, Problem):
        tree.problems.append(text)
        return tree
    roots = _read(path, text, tree, (), set())
    if roots:
        tree.root = _merged(roots)
        tree.problems.extend(key_problems(tree.root))
    return tree


def _read(
    path: Path, text: str, tree: Tree, above: tuple[Path, ...], seen: set[Path]
) -> list[MappingNode]:
    """The roots of a file and of all it includes; `above` are the files that include it."""
    here = (*above, _real(path))
    seen.add(_real(path))
    tree.files.append(path)
    node, problems = compose(text, str(path))
    tree.problems.extend(problems)
    if problems:
        return []
    if not isinstance(node, MappingNode):
        tree.problems.append(_no_mapping(path, node))
        return []
    roots = [node]
    for entry in _entries(node, path, tree):
        real = _real(entry.file)
        if real in here:
            tree.problems.append(entry.problem("this file includes itself", "remove it"))
        elif real not in seen and len(seen) >= MAX_FILES:
            tree.problems.append(entry.problem(f"more than {MAX_FILES} files"))
        elif real not in seen:
            found = read_text(entry.file)
            if isinstance(found, str):
                roots += _read(entry.file, found, tree, here, seen)
            else:
                tree.problems.append(_unreadable(found, entry))
    return roots


def _entries(node: MappingNode, path: Path, tree: Tree) -> Iterator[_Entry]:
    value = next((v for k, v in node.value if k.value == "include"), None)
    for number, item in enumerate(value.value if isinstance(value, SequenceNode) else ()):
        if not isinstance(item, ScalarNode) or not item.value:
            continue  # the schema tells what is wrong with it
        label = f"include[{number}]"
        if not set("*?[") & set(item.value):
            yield _Entry(path.parent / item.value, item, label)
            continue
        found = _glob(path.parent, item.value)
        if not found:
            warning = problem_at(item, label, "no file fits this pattern")
            tree.problems.append(replace(warning, gravity=Gravity.WARNING))
        for file in found:
            yield _Entry(file, item, label)


def _glob(folder: Path, pattern: str) -> list[Path]:
    start = Path(pattern)
    if start.is_absolute():
        folder, pattern = Path(start.anchor), str(start.relative_to(start.anchor))
    try:
        return sorted(file for file in folder.glob(pattern) if file.is_file())
    except (ValueError, OSError):
        return []


def _merged(roots: list[MappingNode]) -> MappingNode:
    """One root; a key that one file repeats stays repeated, for `key_problems` to tell."""
    main, *others = roots
    pairs: list[tuple[Node, Node]] = list(main.value)
    for root in others:
        here = {key.value: at for at, (key, _) in enumerate(pairs) if _is_name(key)}
        for key, value in root.value:
            at = here.get(key.value) if _is_name(key) else None
            if key.value == "include" or _same_version(key, value, pairs, at):
                continue
            if at is None or not _can_merge(pairs[at][1], value):
                pairs.append((key, value))
            else:
                pairs[at] = (pairs[at][0], _concatenated(pairs[at][1], value))
    return MappingNode(main.tag, pairs, main.start_mark, main.end_mark)


def _is_name(key: Node) -> bool:
    return isinstance(key, ScalarNode)


def _same_version(key: Node, value: Node, pairs: list[tuple[Node, Node]], at: int | None) -> bool:
    return key.value == "version" and at is not None and pairs[at][1].value == value.value


def _can_merge(first: Node, second: Node) -> bool:
    return type(first) is type(second) and not isinstance(first, ScalarNode)


def _concatenated(first: Node, second: Node) -> Node:
    return type(first)(first.tag, first.value + second.value, first.start_mark, first.end_mark)


def _real(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError, ValueError):
        return path  # a name that cannot be followed; reading it tells why


def _unreadable(problem: Problem, entry: _Entry) -> Problem:
    """A file that is not there is the including line's fault; bad text is the file's own."""
    if problem.line != 1 or problem.column != 1:
        return problem
    return entry.problem(f"{quoted(str(entry.file))}: {problem.message}", problem.hint)


def _no_mapping(path: Path, node: Node | None) -> Problem:
    if node is None:
        return Problem(str(path), 1, 1, "", "the file is empty", "begin with version: 1")
    kind = "a list" if isinstance(node, SequenceNode) else "a single value"
    return problem_at(node, "", f"the file is {kind}, not a mapping", "begin with version: 1")
