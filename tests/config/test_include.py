"""One configuration in several files."""

from pathlib import Path

from linkwatch.config import load

MAIN = """\
version: 1
include: [people.yaml, sites/*.yaml]
operators: {roster: room}
department: {leader: ann}
carriers: {}
channels: {log: {type: log}}
contacts: {ann: {channels: [log]}}
rosters: {room: {standing: bob}}
sites:
  - {id: first, name: First, level: province}
"""
PEOPLE = "version: 1\ncontacts: {bob: {channels: [log]}}\n"


def lay(folder: Path, **files: str) -> Path:
    (folder / "sites").mkdir(exist_ok=True)
    for name, text in {"main": MAIN, "people": PEOPLE, **files}.items():
        (folder / f"{name.replace('__', '/')}.yaml").write_text(text, encoding="utf-8")
    return folder / "main.yaml"


def test_mappings_merge_and_lists_follow_each_other(tmp_path: Path) -> None:
    path = lay(
        tmp_path,
        sites__a="sites:\n  - {id: second, name: Second, level: district}\n",
        sites__b="sites:\n  - {id: third, name: Third, level: district}\n",
    )
    loaded = load(path)
    assert loaded.problems == ()
    assert loaded.config is not None
    assert list(loaded.config.inventory.contacts) == ["ann", "bob"]
    assert list(loaded.config.inventory.sites) == ["first", "second", "third"]
    names = [str(file.relative_to(tmp_path)) for file in loaded.config.files]
    assert names == ["main.yaml", "people.yaml", "sites/a.yaml", "sites/b.yaml"]


def test_an_id_given_in_two_files_names_both(tmp_path: Path) -> None:
    path = lay(tmp_path, sites__a="sites:\n  - {id: first, name: Again, level: district}\n")
    (problem,) = load(path).problems
    assert str(problem) == (
        f"{tmp_path}/sites/a.yaml:2:10: sites[1].id: a second site with the id 'first' "
        f"(the first is at {path}:10:10)"
    )


def test_a_setting_given_in_two_files_names_both(tmp_path: Path) -> None:
    path = lay(tmp_path, sites__a="operators: {roster: room}\n")
    (problem,) = load(path).problems
    assert str(problem) == (
        f"{tmp_path}/sites/a.yaml:1:13: operators.roster: this key is given twice "
        f"(it stands at {path}:3:13 already)"
    )


def test_a_circle_of_files_is_told_once_at_its_end(tmp_path: Path) -> None:
    path = lay(tmp_path, sites__a="include: [../main.yaml]\n")
    (problem,) = load(path).problems
    assert str(problem).endswith(
        "sites/a.yaml:1:11: include[0]: this file includes itself (remove it)"
    )


def test_a_file_reached_by_two_ways_is_read_once(tmp_path: Path) -> None:
    path = lay(tmp_path, sites__a="include: [../people.yaml]\n")
    loaded = load(path)
    assert loaded.problems == ()
    assert loaded.config is not None
    assert len(loaded.config.files) == 3


def test_faults_of_an_included_file_are_told_in_it(tmp_path: Path) -> None:
    path = lay(tmp_path, sites__a="hold: {P1: 5}\nsites: [\n")
    messages = [str(problem) for problem in load(path).problems]
    assert f"{tmp_path}/sites/a.yaml:3:1: a value is missing here" in "".join(messages)
