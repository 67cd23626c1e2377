"""The JSONL line: the fields of the contract, whatever was read."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path

import pytest

from judgements.contract import line
from judgements.frameworks import FRAMEWORKS, Example
from judgements.parse import read
from judgements.types import NotRead, Status
from judgements.version import PARSER, fingerprint

FIELDS = [
    *("source", "status", "kind", "framework", "edition", "authority", "inspection", "published", "overall"),
    *("judgements", "outcome", "improvements", "priority_actions", "lead_inspectors", "visit_number", "previous"),
    "problems",
]
EXAMPLES = [example for framework in FRAMEWORKS.values() for example in framework.examples]


@pytest.mark.parametrize("example", EXAMPLES, ids=[f"{one.kind} {one.edition}" for one in EXAMPLES])
def test_every_line_has_every_field_and_can_be_written(example: Example) -> None:
    fields = line("a.txt", read(example.text.encode()))
    assert list(fields) == FIELDS
    assert json.loads(json.dumps(fields)) == fields


def test_a_line_holds_what_was_read() -> None:
    ilacs = FRAMEWORKS["ilacs"].examples[1]
    fields = line("b.pdf", read(ilacs.text.encode()))
    assert fields["authority"] == {"name": "Cornwall", "urn": "80454", "slug": "cornwall"}
    assert fields["inspection"] == {
        "start": "2024-11-28",
        "end": "2024-12-09",
        "periods": [["2024-11-28", "2024-12-09"]],
    }
    assert (fields["status"], fields["overall"], fields["framework"]) == ("parsed", "good", "ilacs")
    judgements = fields["judgements"]
    assert isinstance(judgements, list)
    assert judgements[3] == {
        "theme": "care_leavers",
        "label": "The experiences and progress of children care leavers",
        "grade": "good",
        "page": 1,
        "quote": "The experiences and progress of children care leavers Good",
    }


def test_a_service_that_is_one_of_two_is_named() -> None:
    fields = line("c.pdf", read(FRAMEWORKS["slac"].examples[0].text.encode()))
    judgements = fields["judgements"]
    assert isinstance(judgements, list)
    assert {one["group"] for one in judgements} == {"Safeguarding services", "Services for looked after children"}
    assert fields["overall"] is None


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (Status.NOT_A_REPORT, "not_a_report"),
        (Status.UNRECOGNISED, "unknown"),
        (Status.UNREADABLE, "unknown"),
    ],
)
def test_what_was_not_read_has_the_same_fields_and_its_reason(status: Status, kind: str) -> None:
    fields = line("d.pdf", NotRead(status=status, why="Because."))
    assert list(fields) == FIELDS
    assert (fields["status"], fields["kind"], fields["problems"]) == (str(status), kind, ["Because."])


def test_the_parser_is_named_by_its_files(tmp_path: Path) -> None:
    assert fingerprint(resources.files("judgements")) == PARSER
    (tmp_path / "rules.toml").write_text("a = 1")
    before = fingerprint(tmp_path)
    (tmp_path / "notes.md").write_text("not part of it")
    assert fingerprint(tmp_path) == before
    (tmp_path / "rules.toml").write_text("a = 2")
    assert fingerprint(tmp_path) != before


def test_an_authority_whose_number_is_not_known_has_none_in_a_line() -> None:
    text = FRAMEWORKS["ilacs"].examples[1].text.replace("Cornwall", "East Surrey").replace("2024", "2027")
    read_as = line("d.pdf", read(text.encode()))
    assert read_as["authority"] == {"name": "East Surrey", "urn": None, "slug": "east-surrey"}
