"""`make audit`: what is known of holes in the libraries we lock, in a sentence each.

Reads what pip-audit wrote. Where it could not ask anybody, that is said as NOT CHECKED and is no failure: a machine
without a way out must still be able to test. A known hole is a failure.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

NOT_CHECKED = "NOT CHECKED: nobody could be asked about known holes in the libraries ({why})."


def verdict(audit: Mapping[str, Any] | None) -> tuple[int, tuple[str, ...]]:
    """The exit status and what to say. `audit` is pip-audit's JSON; None if it wrote none, or something else."""
    if audit is None:
        return 0, (NOT_CHECKED.format(why="the auditor could not be had, or had no way out"),)
    asked = [one for one in audit["dependencies"] if "skip_reason" not in one]
    skipped = [one["name"] for one in audit["dependencies"] if "skip_reason" in one]
    if not asked:
        return 0, (NOT_CHECKED.format(why=f"no answer about any of {len(skipped)}"),)
    holes = tuple(_sentence(one, hole) for one in asked for hole in one["vulns"])
    count = f"{len(asked)} libraries checked, {len(holes)} known holes."
    left = (f"NOT CHECKED: {', '.join(skipped)}.",) if skipped else ()
    return (1 if holes else 0), (*holes, count, *left)


def _sentence(library: Mapping[str, Any], hole: Mapping[str, Any]) -> str:
    mended = ", ".join(hole.get("fix_versions", ())) or "no version yet"
    return f"{library['name']} {library['version']}: {hole['id']}, mended in {mended}"


def _audit(path: Path) -> Mapping[str, Any] | None:
    try:
        audit = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    return audit if isinstance(audit, dict) and isinstance(audit.get("dependencies"), list) else None


def main() -> None:
    status, lines = verdict(_audit(Path(sys.argv[1])))
    print("\n".join(lines))  # noqa: T201
    sys.exit(status)


if __name__ == "__main__":
    main()
