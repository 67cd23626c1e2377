"""Judgements as files."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import openpyxl
import pytest

from bot.answers.export import COLUMNS, FORMS, Export, Row, as_csv, as_xlsx
from bot.commands import answer, parse
from storage.store import Store
from tests.bot.answers.conftest import Ask
from tests.bot.examples import ALICE, CUMBERLAND, CUMBRIA, HISTORY, T0, intent
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


@pytest.mark.parametrize("typed", ["export pdf", "export csv json", "export word kent"])
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


def test_the_answer_says_where_the_columns_are_explained(ask: Ask) -> None:
    assert "/judgements export xlsx" in str(ask("export csv").card.blocks)
    assert "The sheet “Columns” explains" in str(ask("export xlsx").card.blocks)
    book = openpyxl.load_workbook(io.BytesIO(ask("export xlsx kent").files[0].content))
    assert {row[0].value: row[1].value for row in book["Columns"].rows} == dict(COLUMNS)


@pytest.mark.parametrize(
    ("typed", "names", "file"),
    [
        ("export kent", {"Kent"}, "judgements-kent-latest-2026-08-21.csv"),
        ("export csv of kent", {"Kent"}, "judgements-kent-latest-2026-08-21.csv"),
        ("export kent and norfolk json", {"Kent", "Norfolk"}, "judgements-2-names-latest-2026-08-21.json"),
        ("export csv kent vs norfolk", {"Kent", "Norfolk"}, "judgements-2-names-latest-2026-08-21.csv"),
        ("export england", None, "judgements-latest-2026-08-21.csv"),
    ],
)
def test_who_is_named_is_in_the_file_and_nobody_else(typed: str, names: set[str] | None, file: str, ask: Ask) -> None:
    (made,) = ask(typed).files
    found = json.loads(made.content) if file.endswith("json") else rows_of(made.content)
    told = {row["authority"] for row in found}
    assert made.name == file
    assert told == names if names else len(told) == 107


def test_a_region_and_neighbours_may_be_named_with_their_history(ask: Ask) -> None:
    (region,) = ask("export csv history region london").files
    assert {row["region"] for row in rows_of(region.content)} == {"London"}
    (near,) = ask("export csv neighbours west-sussex").files
    told = {row["authority"] for row in rows_of(near.content)}
    assert "West Sussex" in told
    assert len(told) > 5


def test_a_successors_history_has_the_documents_of_those_before_it(sqlite_store: Store) -> None:
    for urn, found in ((CUMBRIA, HISTORY[0]), (CUMBERLAND, HISTORY[-1])):
        of = replace(found, listing=replace(found.listing, urn=urn))
        sqlite_store.apply(replace(intent(of), urn=urn))
    (file,) = answer(parse("export json history cumberland"), sqlite_store, T0, ALICE).files
    assert {row["authority"] for row in json.loads(file.content)} == {"Cumbria", "Cumberland"}


def test_a_name_that_is_not_certain_is_asked_about_and_the_others_stay(ask: Ask) -> None:
    reply = ask("export xlsx history kent, essx")
    assert not reply.answered
    (button,) = reply.card.buttons
    assert parse(button.command) == Export("xlsx", history=True, names="essex and kent")


def test_of_whom_nothing_was_read_there_is_no_file(ask: Ask) -> None:
    reply = ask("export bolton")
    assert (reply.answered, reply.files) == (False, ())
    assert "No judgement of Bolton has been read yet" in reply.card.sentence


def test_who_is_asked_for_and_not_in_the_file_is_named(ask: Ask) -> None:
    england = ask("export csv").card
    assert "Not in it, because no grade has been read yet: 46 of 153 authorities (" in str(england.blocks)
    assert "(Bolton)" in str(ask("export csv kent, bolton").card.blocks)
    assert "because no document is stored yet: 1 of 2 authorities (Bolton)." in str(
        ask("export csv history kent, bolton").card.blocks
    )
    assert "Not in it" not in str(ask("export csv kent").card.blocks)


def test_a_successor_of_whom_those_before_it_speak_is_not_missing_from_the_history(sqlite_store: Store) -> None:
    of = replace(HISTORY[0], listing=replace(HISTORY[0].listing, urn=CUMBRIA))
    sqlite_store.apply(replace(intent(of), urn=CUMBRIA))
    reply = answer(parse("export json history cumberland"), sqlite_store, T0, ALICE)
    assert reply.files
    assert "Not in it" not in str(reply.card.blocks)
