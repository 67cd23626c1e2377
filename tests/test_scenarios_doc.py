"""The list of scenarios names tests that exist, and every test of scenarios is named there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
NAMED = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", (ROOT / "docs/scenarios.md").read_text())


def named_in(path: str) -> set[str]:
    """The names of the tests in a file, those in classes too."""
    tree = ast.parse((ROOT / path).read_text())
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


@pytest.mark.parametrize(("path", "test"), NAMED)
def test_every_scenario_names_a_test_that_exists(path: str, test: str) -> None:
    assert (ROOT / path).exists()
    assert not test or test in named_in(path)


def test_every_test_of_scenarios_is_listed() -> None:
    assert named_in("tests/watchers/test_scenarios.py") == {
        test for path, test in NAMED if path == "tests/watchers/test_scenarios.py"
    }
    assert len(NAMED) > 50
