"""Files that are no configuration at all, or are made to exhaust the reader."""

from pathlib import Path

import pytest

from linkwatch.config import load, source

LAUGHS = "\n".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}' if n else 'ha'] * 9)}]" for n in range(40)
)


def told(path: Path) -> list[str]:
    loaded = load(path)
    assert loaded.config is None
    return [str(problem).removeprefix(f"{path}:") for problem in loaded.problems]


def write(folder: Path, content: str | bytes) -> Path:
    path = folder / "x.yaml"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_a_billion_laughs_are_refused_unexpanded(tmp_path: Path) -> None:
    messages = told(write(tmp_path, LAUGHS))
    assert len(messages) == 40 + 39 * 9
    assert messages[0].startswith("1:5: anchors (&name) are not read")
    assert messages[1].startswith("2:5: anchors")
    assert messages[2].startswith("2:10: aliases (*name) are not read")


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
def test_deep_nesting_is_refused(tmp_path: Path, opening: str) -> None:
    messages = told(write(tmp_path, opening * 200_000))
    assert len(messages) == 1
    assert "is nested too deeply (is a closing bracket missing?)" in messages[0]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"version: 1\norganisation: S\xf4 TT", "2:16: the file is not UTF-8 text here"),
        ("version: 1\nsites: \x00", "2:8: a control character (U+0000) stands here (remove it)"),
        ("version: 1\n\x1b[31m: 1", "2:1: a control character (U+001B) stands here (remove it)"),
        ("only words", "1:1: the file is a single value, not a mapping (begin with version: 1)"),
        ("", "1:1: the file is empty (begin with version: 1)"),
        ("? [a, b]\n: c\n", "1:3: a list or mapping cannot be a key"),
    ],
)
def test_what_is_no_configuration_is_said_to_be_none(
    tmp_path: Path, content: str | bytes, message: str
) -> None:
    assert any(line.startswith(message) for line in told(write(tmp_path, content)))


def test_a_byte_order_mark_is_no_character(tmp_path: Path) -> None:
    messages = told(write(tmp_path, b"\xef\xbb\xbfversion: 2\n"))
    assert "1:10: version: '2' is not a version this program reads (write version: 1)" in messages


def test_a_missing_file_and_a_directory(tmp_path: Path) -> None:
    assert told(tmp_path / "none.yaml") == ["1:1: the file does not exist"]
    assert told(tmp_path) == ["1:1: is a directory, not a file"]


def test_a_file_beyond_all_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "MAX_BYTES", 1024 * 1024)
    messages = told(write(tmp_path, b"#" * (1024 * 1024 + 1)))
    assert messages == ["1:1: the file is larger than 1 MiB"]


def test_long_and_strange_values_are_escaped_and_cut(tmp_path: Path) -> None:
    content = f'version: "\\e[31m{"x" * 5000}"\n"\\e[0mkey": 1\n'
    lines = told(write(tmp_path, content))
    assert all(line.isprintable() and len(line) < 300 for line in lines)
    assert any("\\x1b[0mkey: unknown key" in line for line in lines)


@pytest.mark.parametrize("name", ["\\0", "x" * 5000, "loop.yaml", "."])
def test_an_include_that_no_file_can_be(tmp_path: Path, name: str) -> None:
    (tmp_path / "loop.yaml").symlink_to(tmp_path / "loop.yaml")
    lines = told(write(tmp_path, f'version: 1\ninclude: ["{name}"]\n'))
    assert any(line.startswith("2:11: include[0]: ") for line in lines)
