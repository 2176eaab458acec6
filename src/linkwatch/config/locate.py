"""Where a value stands: from its path in the configuration to file, line and column."""

from dataclasses import dataclass
from itertools import pairwise

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

Step = str | int
Path = tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a file, and the path as it is printed."""

    file: str
    line: int
    column: int
    label: str


KEY = "[key]"
"""pydantic's last step where the fault is the key itself."""


def file_path(loc: Path) -> Path:
    """pydantic's path without the tag it puts in where `type` chose a channel's model."""
    if loc[:1] == ("channels",) and len(loc) > 2 and loc[2] != KEY:
        return (*loc[:2], *loc[3:])
    return loc


class Locator:
    """Finds places in a tree, also after some of it was taken out."""

    def __init__(self, root: MappingNode) -> None:
        self._root = root
        self._gone: dict[int, list[int]] = {}
        self._spoilt: set[int] = set()

    def spot(self, path: Path, *, key: bool = False) -> Spot:
        """The value at `path`, or its key. What is not there is at the mapping that lacks it."""
        trace = self.trace(path)
        node = trace[-1][1]
        label = ""
        for (_, holder), (step, _) in pairwise(trace):
            label = join(label, self._number(holder, step))
        if isinstance(node, MappingNode):
            for step in path[len(trace) - 1 :]:
                label = join(label, step) if step != KEY else label
        if key and len(trace) > 1:
            node = _child(trace[-2][1], trace[-1][0])[0] or node
        mark = node.start_mark
        return Spot(mark.name, mark.line + 1, mark.column + 1, label)

    def has(self, path: Path) -> bool:
        """Whether the file gives a value (even an empty one) at `path`."""
        return len(self.trace(path)) == len(path) + 1

    def trace(self, path: Path) -> list[tuple[Step, Node]]:
        """The nodes on the way, from the root on, as far as the file has them."""
        trace: list[tuple[Step, Node]] = [("", self._root)]
        for step in path:
            found = _child(trace[-1][1], step)[1]
            if found is None:
                break
            trace.append((step, found))
        return trace

    def forget_item(self, holder: SequenceNode, index: int) -> None:
        """Take an item out of a list; later ones keep the number they have in the file."""
        self._gone.setdefault(id(holder), []).append(int(self._number(holder, index)))
        del holder.value[index]

    def spoil(self, node: Node) -> None:
        """Note that something was taken out of `node`: what it lacks now proves nothing."""
        self._spoilt.add(id(node))

    def whole(self, path: Path) -> bool:
        """Whether the mapping or list at `path` is as the file has it."""
        return not self._spoilt or id(self.trace(path)[-1][1]) not in self._spoilt

    def _number(self, holder: Node, step: Step) -> Step:
        if isinstance(step, int):
            for gone in sorted(self._gone.get(id(holder), ())):
                step += gone <= step
        return step


def _child(node: Node, step: Step) -> tuple[Node | None, Node | None]:
    if isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node.value):
        return None, node.value[step]
    if isinstance(node, MappingNode):
        for key, value in node.value:
            if isinstance(key, ScalarNode) and key.value == step:
                return key, value
    return None, None


def join(label: str, step: Step) -> str:
    """A printed path, one step longer."""
    if isinstance(step, int):
        return f"{label}[{step}]"
    name = step if step.isprintable() else repr(step)[1:-1]
    return f"{label}.{name}" if label else name
