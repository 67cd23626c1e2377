"""A short, seeded run of `make chaos` on each database; docs/reliability.md has the long ones."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.chaos.harness import FAULTS

ROOT = Path(__file__).parent.parent.parent

pytestmark = pytest.mark.e2e

SECONDS = "--channels 6 --patience 60 --seed 7"


def chaos(what: str, log: Path) -> dict[str, str]:
    """The counts of a run in which all went well in the end."""
    command = [sys.executable, "-m", "tests.chaos", *f"{SECONDS} {what} --log {log}".split()]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=400, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr + log.read_text()[-3000:]
    header, row = (line.strip("| ").split(" | ") for line in ended.stdout.splitlines()[:2])
    counts = dict(zip(header, row, strict=True))
    assert {counts[one] for one in ("duplicates", "missing", "out of order", "wrong")} == {"0"}
    assert int(counts["messages"]) >= 20
    return counts


@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_nothing_is_lost_and_nothing_said_twice_whatever_goes_wrong(database: str, tmp_path: Path) -> None:
    counts = chaos(
        f"--database {database} --minutes 0.12 --speed 20 --kill-every 1 --publish-every 1.5", tmp_path / "log"
    )
    assert int(counts["Slack's faults"]) >= len(FAULTS), "each at least once"
    assert int(counts["kills"]) >= 2
    assert int(counts["halts"]) >= 1
    assert int(counts["database restarts"]) >= (database == "postgresql")
    assert int(counts["reports"]) >= 4
    assert int(counts["corrections"]) >= 2
    assert int(counts["edits"]) >= 4


@pytest.mark.postgres
def test_who_sleeps_through_his_lease_says_nothing_for_good_and_is_replaced_within_a_minute(tmp_path: Path) -> None:
    """Three of each process, whose clocks are up to a minute apart."""
    counts = chaos(
        "--database postgresql --each 3 --minutes 0.05 --speed 30 --kill-every 0 --publish-every 4", tmp_path / "log"
    )
    assert int(counts["halts"]) >= 3, (
        "who is about to speak, who is about to record, and a watcher; others may be missed"
    )
    assert (tmp_path / "log").read_text().count('"taken back"') in (1, 2), (
        "what was about to leave and, at most, what was halted just there by chance; the others look at the clock again"
    )
    assert counts["slowest takeover, s"] != "–"
