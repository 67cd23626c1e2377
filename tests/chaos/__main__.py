"""`make chaos MINUTES=30 SEED=1 DATABASE=postgresql`: see `harness`. Exit status 1 unless all went well."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.chaos.disk import in_mounts_of_our_own
from tests.chaos.harness import Counts, Plan, chaos

COLUMNS = (
    "database | processes | minutes | seed | kills | halts | database restarts | full disks | Slack's faults | "
    "reports | corrections | messages | edits | duplicates | missing | out of order | wrong | slowest takeover, s"
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="postgresql")
    parser.add_argument("--each", type=int, default=1, help="processes of each part, on PostgreSQL")
    parser.add_argument("--speed", type=float, default=8, help="how much faster the program's time runs than ours")
    parser.add_argument("--channels", type=int, default=8)
    parser.add_argument("--kill-every", type=float, default=2, help="seconds, on average; 0: only the plays")
    parser.add_argument("--publish-every", type=float, default=4, help="seconds")
    parser.add_argument("--patience", type=float, default=120, help="seconds without any progress before the end")
    parser.add_argument("--log", type=Path, default=Path(tempfile.gettempdir()) / "inspection-watch-chaos.log")
    parser.add_argument("--record", type=Path, help="the page whose table gets a row of this run")
    asked = parser.parse_args()
    in_mounts_of_our_own("tests.chaos", sys.argv[1:])
    plan = Plan(
        seconds=asked.minutes * 60,
        seed=asked.seed,
        database=asked.database,
        each=asked.each,
        speed=asked.speed,
        channels=asked.channels,
        kill_every=asked.kill_every,
        publish_every=asked.publish_every,
        patience=asked.patience,
    )
    asked.log.unlink(missing_ok=True)
    counts = chaos(plan, asked.log)
    say(counts, asked.log)
    if asked.record:
        record(asked.record, counts)
    return 0 if counts.is_well else 1


def say(counts: Counts, log: Path) -> None:
    faults = ", ".join(f"{name} {number}" for name, number in sorted(counts.faults.items()))
    lines = [
        f"| {COLUMNS} |",
        row(counts),
        f"Slack's faults: {faults or 'none'}. Ended by themselves and were started again: {counts.exits}. "
        f"Slept through their leases at the worst of moments: {counts.plays} times.",
        f"The disk was made full on {counts.disk}. What the processes said is in {log}.",
    ]
    if counts.not_taken_over:
        lines.append(f"NOBODY TOOK OVER in time: {', '.join(counts.not_taken_over)}.")
    if counts.left:
        lines.append(f"NOT DONE when patience ended: {counts.left}.")
    if counts.verdict and not counts.verdict.is_well:
        lines.append(f"NOT WELL: {counts.verdict}.")
    sys.stdout.write("\n".join(lines) + "\n")


def row(counts: Counts) -> str:
    plan, verdict = counts.plan, counts.verdict
    assert verdict is not None
    processes = "1" if plan.database == "sqlite" else f"3 × {plan.each}"
    cells = (
        plan.database,
        processes,
        f"{plan.seconds / 60:g}",
        plan.seed,
        counts.kills,
        counts.halts,
        counts.restarts,
        counts.full_disks,
        counts.faults.total(),
        counts.published,
        counts.replaced + counts.withdrawn,
        verdict.messages,
        verdict.edits,
        verdict.duplicates,
        verdict.missing,
        verdict.out_of_order,
        verdict.wrong,
        f"{max(counts.takeovers):.0f}" if counts.takeovers else "–",
    )
    return f"| {' | '.join(map(str, cells))} |"


def record(page: Path, counts: Counts) -> None:
    """Put the row of this run at the end of the page's first table."""
    lines = page.read_text(encoding="utf-8").splitlines()
    last = max(number for number, line in enumerate(lines) if line.startswith("|"))
    lines.insert(last + 1, row(counts))
    page.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
