"""What is written for people names what there is, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic_core import PydanticUndefined
from typer.main import get_command

from docs.commands import PLACE, manual, table
from inspection_watch.cli import app
from inspection_watch.settings import Settings

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


def settings_table() -> list[str]:
    """The rows of the README's table of settings, as the program would write them."""
    rows = []
    for name, field in Settings.model_fields.items():
        default = field.default
        if default in (None, "", PydanticUndefined):
            shown = "`~/.local/state/inspection-watch`" if name.endswith("STATE_DIR") else "–"
        else:
            shown = f"`{','.join(default) if isinstance(default, tuple) else default}`"
        rows.append(f"| `{name}` | {shown} | {field.description} |")
    return rows


def test_the_readme_lists_every_setting_with_its_default() -> None:
    assert re.findall(r"^\| `[A-Z_]+` .*$", README, re.MULTILINE) == settings_table()


def test_the_readme_lists_every_command_of_the_program_and_no_other() -> None:
    there = get_command(app).commands  # type: ignore[attr-defined]
    assert sorted(set(re.findall(r"^\| `inspection-watch (\w+)", README, re.MULTILINE))) == sorted(there)


def test_the_readme_lists_every_slash_command_and_no_other() -> None:
    documented = re.findall(r"^\| `/judgements .*$", README, re.MULTILINE)
    assert documented == table().splitlines()


def test_the_manual_of_commands_is_as_the_code_makes_it() -> None:
    assert PLACE.read_text() == manual(), "make commands"


@pytest.mark.parametrize("target", re.findall(r"\]\(([^)#:]+)\)", README))
def test_every_file_the_readme_points_to_is_there(target: str) -> None:
    assert (ROOT / target).exists()


def test_every_make_target_that_is_documented_exists() -> None:
    makefile = (ROOT / "Makefile").read_text()
    for target in re.findall(r"make ([a-z-]+)", README):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_no_comment_of_ours_names_a_registry() -> None:
    hosts = ("py" + "pi.org", "npm" + "js.org", "python" + "hosted.org", "deb" + "ian.org")
    files = [path for path in ROOT.rglob("*") if path.suffix in {".py", ".md", ".toml", ".yaml", ".json"}]
    ours = [path for path in files if not any(part.startswith(".") for part in path.relative_to(ROOT).parts)]
    assert [path for path in ours if any(host in path.read_text() for host in hosts)] == []


def test_every_test_the_threat_model_counts_on_is_there() -> None:
    named = set(re.findall(r"`(test_\w+)`", (ROOT / "docs" / "threat-model.md").read_text()))
    there = set(re.findall(r"def (test_\w+)", "".join(path.read_text() for path in (ROOT / "tests").rglob("*.py"))))
    assert len(named) > 20
    assert named - there == set()


def test_the_page_for_operators_names_log_lines_that_there_are() -> None:
    page = (ROOT / "docs" / "operations.md").read_text()
    rows = re.findall(r"^\| (`[^|]+) \|", page, re.MULTILINE)
    named = {event for row in rows for event in re.findall(r"`([^`]+)`", row)}
    rooms = [
        path.read_text() for room in ("bot", "watchers", "inspection_watch") for path in (ROOT / room).rglob("*.py")
    ]
    logged = set(re.findall(r"log\.\w+\(\s*\"([^\"]+)\"", "".join(rooms)))
    assert len(named) > 10
    assert named - logged == set()
