"""What an audit of the libraries comes to, and under which licences they are."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from deploy.audit import verdict

ROOT = Path(__file__).parents[2]
WELL = {"name": "httpx", "version": "0.28.1", "vulns": []}
HOLE = {"name": "lxml", "version": "1.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["1.1"]}, {"id": "PYSEC-2"}]}
SKIPPED = {"name": "pypdfium2", "skip_reason": "not found"}


def test_libraries_without_a_known_hole_are_counted() -> None:
    assert verdict({"dependencies": [WELL]}) == (0, ("1 libraries checked, 0 known holes.",))


def test_a_known_hole_is_a_failure_and_says_what_mends_it() -> None:
    status, lines = verdict({"dependencies": [WELL, HOLE]})
    assert status == 1
    assert lines == (
        "lxml 1.0: PYSEC-1, mended in 1.1",
        "lxml 1.0: PYSEC-2, mended in no version yet",
        "2 libraries checked, 2 known holes.",
    )


def test_what_was_not_checked_is_said_and_is_no_failure() -> None:
    for audit in (None, {"dependencies": [SKIPPED]}):
        status, (line,) = verdict(audit)
        assert status == 0
        assert line.startswith("NOT CHECKED")
    assert verdict({"dependencies": [WELL, SKIPPED]})[1][-1] == "NOT CHECKED: pypdfium2."


def test_an_audit_that_wrote_nothing_or_half_of_it_or_something_else_is_not_checked(tmp_path: Path) -> None:
    (tmp_path / "half.json").write_text(json.dumps({"dependencies": [HOLE]})[:-5])
    (tmp_path / "other.json").write_text('{"error": "no way out"}')
    (tmp_path / "list.json").write_text("[]")
    for name in ("nothing.json", "half.json", "other.json", "list.json"):
        command = [sys.executable, "-m", "deploy.audit", str(tmp_path / name)]
        ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
        assert (ran.returncode, ran.stdout.split(":")[0]) == (0, "NOT CHECKED")


def needed(name: str, found: dict[str, str] | None = None) -> dict[str, str]:
    """A library and all it needs to run, each with what it says of its licence."""
    found = {} if found is None else found
    if canonicalize_name(name) not in found:
        library = distribution(name)
        told = [library.metadata.get("License-Expression"), library.metadata.get("License")]
        classifiers = [one for one in library.metadata.get_all("Classifier", []) if one.startswith("License ::")]
        found[canonicalize_name(name)] = next((one for one in [*told, *classifiers] if one), "")
        for requirement in map(Requirement, library.requires or ()):
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                needed(requirement.name, found)
    return found


def test_nothing_we_bring_along_has_a_licence_that_binds_those_who_run_it() -> None:
    """LGPL is well for a library that is used as it is (psycopg); GPL and AGPL are not."""
    licences = needed("inspection-watch")
    assert len(licences) > 30
    assert [name for name, licence in licences.items() if not licence] == []
    assert [name for name, one in licences.items() if "GPL" in one.replace("LGPL", "")] == []
