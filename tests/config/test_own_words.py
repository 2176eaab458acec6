"""Templates of the operators' own: read beside the configuration, and changed by a reload of it."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from linkwatch.cli.root import app
from linkwatch.config import load
from linkwatch.config.wording import FILES, read_words
from linkwatch.message.sections import names
from linkwatch.message.wording import BUILT_IN, TEXTS, Wording
from linkwatch.model.finding import Kind
from linkwatch.model.incident import IncidentEvent
from linkwatch.model.words import Form, Language
from support.words import incident, view

BASE = Path(__file__).parent / "mistakes/base/base.yaml"


def province(directory: Path, more: str = "") -> Path:
    path = directory / "sites.yaml"
    path.write_text(f"include: [{BASE}]\ntemplates: words\n{more}", encoding="utf-8")
    return path


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """Our own templates, as the command writes them."""
    result = CliRunner().invoke(app, ["templates", str(tmp_path / "words")])
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [str(tmp_path / "words" / name) for name in FILES]
    return tmp_path / "words"


def test_what_the_command_writes_is_ours_and_faultless(written: Path) -> None:
    own = read_words(written)
    assert own.problems == []
    for language in Language:
        found = {(f, n): t for (spoken, f, n), t in own.sections.items() if spoken is language}
        assert found == BUILT_IN[language]
    assert load(province(written.parent)).problems == ()


def test_the_command_leaves_what_is_there(written: Path) -> None:
    file = written / "long.vi.txt"
    file.write_text("[opened]\n{what}\n", encoding="utf-8")
    (written / "sms.en.txt").unlink()
    result = CliRunner().invoke(app, ["templates", str(written)])
    assert file.read_text(encoding="utf-8") == "[opened]\n{what}\n"
    assert result.stdout == f"{written / 'sms.en.txt'}\n"
    assert f"{file} is there already" in result.stderr


def test_the_command_says_where_it_cannot_write(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    result = CliRunner().invoke(app, ["templates", str(tmp_path / "file")])
    assert result.exit_code == 1
    assert result.stderr == f"linkwatch: {tmp_path / 'file'}: File exists\n"


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("form", list(Form))
def test_every_event_has_words_in_every_form(language: Language, form: Form) -> None:
    sections = {name for each, name in BUILT_IN[language] if each is form}
    assert {event.value for event in IncidentEvent} | {"withdrawn"} <= sections
    assert sections <= set(names(form))


def test_all_forms_and_languages_are_there() -> None:
    assert TEXTS.keys() == {(form, language) for form in Form for language in Language}


def test_own_words_are_used_in_the_language_of_the_alerts(tmp_path: Path) -> None:
    words = tmp_path / "words"
    words.mkdir()
    (words / "long.vi.txt").write_text("[opened.down]\nĐứt kênh {line}\n", encoding="utf-8")
    (words / "long.en.txt").write_text("[opened]\nBroken: {line}\n", encoding="utf-8")
    (words / "README").write_text("notes of ours")
    for language, expected in (("vi", "Đứt kênh"), ("en", "Broken:")):
        path = province(tmp_path, f"language: {language}\n")
        loaded = load(path)
        assert loaded.problems == ()
        assert loaded.config is not None
        assert loaded.config.files[-2:] == (words / "long.en.txt", words / "long.vi.txt")
        inventory = loaded.config.inventory
        wording = Wording(inventory.language, inventory.templates)
        assert wording.incident(view()).text == f"{expected} WAN VNPT GLI-CSE-0001"
        assert wording.incident(view(incident(Kind.LOSS))).text.startswith(
            "Broken:" if language == "en" else "[P1] MẤT GÓI"
        )


def test_a_directory_that_may_not_be_read_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "words").mkdir()

    def denied(_path: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", denied)
    [problem] = load(province(tmp_path)).problems
    assert problem.message == "cannot be read: Permission denied"
