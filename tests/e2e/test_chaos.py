"""A short, seeded run of `make chaos` on each database; docs/reliability.md has the long ones."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize(
    ("database", "each", "speed"),
    [
        pytest.param("sqlite", 1, 20, id="sqlite"),
        pytest.param("postgresql", 1, 20, id="postgresql", marks=pytest.mark.postgres),
        pytest.param("postgresql", 3, 10, id="clocks a minute apart", marks=pytest.mark.postgres),
    ],
)
def test_nothing_is_lost_and_nothing_said_twice(database: str, each: int, speed: int, tmp_path: Path) -> None:
    what = f"--minutes 0.12 --seed 7 --kill-every 1 --channels 4 --patience 60 --speed {speed} --each {each}".split()
    command = [sys.executable, "-m", "tests.chaos", *what, "--database", database, "--log", str(tmp_path / "log")]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=400, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr + (tmp_path / "log").read_text()[-3000:]
    header, row = (line.strip("| ").split(" | ") for line in ended.stdout.splitlines()[:2])
    counts = dict(zip(header, row, strict=True))
    assert int(counts["kills"]) >= 2
    assert int(counts["reports"]) >= 2
    assert int(counts["messages"]) >= 8
    assert (counts["duplicates"], counts["missing"], counts["out of order"]) == ("0", "0", "0")
