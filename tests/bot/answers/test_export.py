"""Judgements as files."""

from __future__ import annotations

import csv
import io
import json

import openpyxl
import pytest

from bot.answers.export import COLUMNS, FORMS, Export, Row, as_csv, as_xlsx
from bot.commands import parse
from tests.bot.answers.conftest import Ask
from tests.bot.histories import histories


def rows_of(text: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize(
    ("typed", "command"),
    [
        ("export", Export("csv")),
        ("export XLSX", Export("xlsx")),
        ("export excel", Export("xlsx")),
        ("export json history", Export("json", history=True)),
        ("export history", Export("csv", history=True)),
        ("export all .csv", Export("csv", history=True)),
    ],
)
def test_form_and_extent_stand_in_any_order(typed: str, command: Export) -> None:
    assert parse(typed) == command


@pytest.mark.parametrize("typed", ["export pdf", "export csv json", "export kent"])
def test_another_form_is_refused_with_what_there_is(typed: str, ask: Ask) -> None:
    reply = ask(typed)
    assert (reply.answered, reply.files) == (False, ())
    assert reply.card.sentence.endswith("type /judgements export csv.")


def test_the_latest_judgements_are_those_of_the_newest_report_of_each(ask: Ask) -> None:
    (file,) = ask("export csv").files
    rows = rows_of(file.content)
    assert file.name == "judgements-latest-2026-08-21.csv"
    assert len({row["urn"] for row in rows}) == 107
    assert all(len({row["file_id"] for row in rows if row["urn"] == urn}) == 1 for urn in {row["urn"] for row in rows})
    norfolk = [row for row in rows if row["authority"] == "Norfolk"]
    assert {row["grade"] for row in norfolk} == {"outstanding"}
    assert {row["inspection_end"] for row in norfolk} == {"2026-02-27"}


def test_the_history_has_every_document(ask: Ask) -> None:
    (file,) = ask("export json history").files
    rows = json.loads(file.content)
    assert len({row["file_id"] for row in rows}) == sum(map(len, histories().values()))
    letters = [row for row in rows if row["kind"] == "jtai_letter"]
    assert letters
    assert {row["grade"] for row in letters} == {None}
    assert {row["grade"] for row in rows if row["judgement"] == "outcome"} == {
        "positive",
        "inconsistent",
        "systemic_failings",
    }


def test_every_form_holds_the_same(ask: Ask) -> None:
    made = {form: ask(f"export {form}").files[0].content for form in FORMS}
    of_csv, of_json = rows_of(made["csv"]), json.loads(made["json"])
    book = openpyxl.load_workbook(io.BytesIO(made["xlsx"]))
    sheet = book["Judgements"]
    header, *of_xlsx = sheet.iter_rows(values_only=True)
    assert list(header) == list(of_csv[0]) == list(of_json[0]) == list(COLUMNS)
    assert len(of_xlsx) == len(of_csv) == len(of_json)
    assert [row[header.index("quote")] for row in of_xlsx] == [row["quote"] for row in of_json]
    assert str(of_xlsx[0][header.index("published")]).startswith(of_csv[0]["published"])
    assert [cell.value for cell in book["Columns"]["A"]] == list(COLUMNS)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", " =HYPERLINK(0)", "\t=1", "\r=1"])
def test_no_text_is_taken_for_a_formula(text: str) -> None:
    row: Row = dict.fromkeys(COLUMNS) | {"quote": text, "page": 2}
    assert rows_of(as_csv([row]))[0]["quote"] == f"'{text}"
    sheet = openpyxl.load_workbook(io.BytesIO(as_xlsx([row])))["Judgements"]
    cell = sheet.cell(2, list(COLUMNS).index("quote") + 1)
    assert cell.data_type == "s"


def test_the_answer_says_what_every_column_holds(ask: Ask) -> None:
    told = str(ask("export csv").card.blocks)
    assert all(f"Strong(text='{name}')" in told for name in COLUMNS)
