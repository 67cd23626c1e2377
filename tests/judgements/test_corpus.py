"""The parser on real documents, where they are at hand: no wrong grade, and how much is right.

The documents are Crown copyright and stay outside this repository. Where they are not there, these tests are skipped
and say so.
"""

from __future__ import annotations

import importlib.util
import json
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from judgements.contract import line
from judgements.document import open_document
from judgements.parse import parse
from judgements.types import Document, Report

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
PARTS = [("reports", "truth.jsonl"), ("text", "text/truth.jsonl"), ("letters", "letters/truth.jsonl")]

pytestmark = pytest.mark.skipif(
    not CORPUS.exists(), reason="the corpus of real reports is not at hand (../shared/corpus)"
)


def read_one(path: Path) -> tuple[dict[str, object], list[str]]:
    """The line of one file, and the quotes that do not stand on the page they name."""
    document = open_document(path.read_bytes())
    if not isinstance(document, Document):
        return line(str(path), document), []
    pages = {page.number: " ".join(page.lines) for page in document.pages}
    reading = parse(document)
    judgements = reading.graded if isinstance(reading, Report) else ()
    strays = [one.span.quote for one in judgements if one.span.quote not in pages[one.span.page]]
    return line(str(path), reading), strays


@pytest.fixture(scope="module")
def lines() -> dict[str, list[tuple[dict[str, object], list[str]]]]:
    files = {part: sorted(path for path in (CORPUS / part).iterdir() if path.suffix != ".jsonl") for part, _ in PARTS}
    with ProcessPoolExecutor(2) as pool:
        return {part: list(pool.map(read_one, paths, chunksize=8)) for part, paths in files.items()}


@pytest.fixture(scope="module")
def score() -> ModuleType:
    spec = importlib.util.spec_from_file_location("score", CORPUS / "score.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def truth_of(truth: str) -> dict[str, dict[str, Any]]:
    rows = map(json.loads, (CORPUS / truth).read_text(encoding="utf-8").splitlines())
    return {row["file"]: row for row in rows}


@pytest.mark.parametrize(("part", "truth"), PARTS, ids=[part for part, _ in PARTS])
def test_no_grade_is_wrong_and_every_core_field_is_right(
    part: str,
    truth: str,
    lines: dict[str, list[tuple[dict[str, object], list[str]]]],
    score: ModuleType,
) -> None:
    rows = truth_of(truth)
    faults = []
    for fields, _ in lines[part]:
        name = Path(str(fields["source"])).name
        want, got = score.expected(rows[name]), score.found(fields)
        faults += [
            (name, field, value, got[field])
            for field, value in want.items()
            if field in score.CORE and got[field] != value
        ]
        wanted = score.grades(want)
        faults += [(name, "wrong grade", key) for key, grade in score.grades(got).items() if wanted.get(key) != grade]
    assert faults == []
    assert len(lines[part]) == len(rows)


@pytest.mark.parametrize("field", ["published", "lead_inspectors", "improvements", "priority_actions"])
def test_the_other_fields_are_right_in_99_of_100(
    field: str, lines: dict[str, list[tuple[dict[str, object], list[str]]]], score: ModuleType
) -> None:
    rows = truth_of("truth.jsonl")
    pairs = [(score.expected(rows[Path(str(one["source"])).name]), score.found(one)) for one, _ in lines["reports"]]
    scored = [(want[field], got[field]) for want, got in pairs if field in want]
    assert sum(want == got for want, got in scored) >= 0.99 * len(scored)


def test_every_quote_stands_on_its_page(lines: dict[str, list[tuple[dict[str, object], list[str]]]]) -> None:
    strays = [(fields["source"], quotes) for part in lines.values() for fields, quotes in part if quotes]
    assert strays == []
