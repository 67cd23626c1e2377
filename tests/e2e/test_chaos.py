"""A short, seeded run of `make chaos` on each database; docs/reliability.md has the long ones."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_nothing_is_lost_and_nothing_said_twice_whoever_is_killed(database: str, tmp_path: Path) -> None:
    short = [
        "--minutes",
        "0.12",
        "--seed",
        "7",
        "--database",
        database,
        "--speed",
        "20",
        "--patience",
        "60",
        "--channels",
        "4",
    ]
    command = [sys.executable, "-m", "tests.chaos", *short, "--kill-every", "1", "--log", str(tmp_path / "log")]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr + (tmp_path / "log").read_text()[-3000:]
    header, row = (line.strip("| ").split(" | ") for line in ended.stdout.splitlines()[:2])
    counts = dict(zip(header, row, strict=True))
    assert int(counts["kills"]) >= 2
    assert int(counts["reports"]) >= 2
    assert int(counts["messages"]) >= 8
    assert (counts["duplicates"], counts["missing"], counts["out of order"]) == ("0", "0", "0")
