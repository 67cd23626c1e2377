"""`export csv` (`json`, `xlsx`): the latest judgements, or all of them, as a file. One row is one judgement.

A document without any judgement (a letter, one that was not read) has one row of its own in the history.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial

import xlsxwriter

from bot import parts, words
from bot.answers import reports
from bot.grammar import Asked, Command, Form, Usage, Verb
from bot.types import Bullets, Card, File, Paragraph, Reply, Strong
from judgements.authorities import Authority
from judgements.types import Judgement, Listing, Report
from storage.types import KnownDocument

Cell = str | int | date | None
Row = dict[str, Cell]

COLUMNS: Mapping[str, str] = words.EXPORT_COLUMNS
"""Each column and what is in it, in their order."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A cell of a CSV that begins so is obeyed by spreadsheets."""
ALSO: Mapping[str, str] = {"excel": "xlsx", "xls": "xlsx"}
HISTORY_WORDS = frozenset({"history", "all", "everything"})


@dataclass(frozen=True, slots=True)
class Export:
    form: str
    history: bool = False

    def answer(self, asked: Asked) -> Reply:
        rows = list(_history(asked) if self.history else _latest(asked))
        which = words.EXPORT_HISTORY if self.history else words.EXPORT_LATEST
        sentence = words.EXPORT_SENTENCE.format(
            which=which, rows=words.counted(len(rows), "row"), day=words.day(asked.today)
        )
        name = f"judgements-{'history' if self.history else 'latest'}-{asked.today.isoformat()}.{self.form}"
        file = File(name=name, title=words.capital(which), make=partial(FORMS[self.form], rows))
        told = Bullets(title=words.EXPORT_COLUMNS_TITLE, items=tuple(_column(*one) for one in COLUMNS.items()))
        card = Card(title=words.EXPORT_TITLE, sentence=sentence, blocks=(Paragraph(((sentence,),)), told))
        return Reply(card=card, files=(file,))


def _column(name: str, holds: str) -> tuple[Strong, str]:
    return (Strong(name), f": {holds}")


def parse(rest: str) -> Command:
    """ "csv", "xlsx history", "history json"; the form is csv unless another is named."""
    said = [ALSO.get(word, word) for word in rest.casefold().replace(".", "").split()]
    forms = [word for word in said if word in FORMS]
    others = [word for word in said if word not in FORMS and word not in HISTORY_WORDS]
    if others or len(forms) > 1:
        return Usage(words.EXPORT_HOW, rest)
    return Export(forms[0] if forms else "csv", history=any(word in HISTORY_WORDS for word in said))


def _latest(asked: Asked) -> Iterator[Row]:
    current = asked.registry.current
    known = asked.store.latest_inspections(one.urn for one in current)
    for one in current:
        newest = reports.newest_graded(known[one.urn].documents) if one.urn in known else None
        if newest:
            yield from _rows(one, newest.listing, newest.report)


def _history(asked: Asked) -> Iterator[Row]:
    """Every authority that is or was; its documents oldest first."""
    everyone = {one.urn: one for one in asked.registry.all}
    found = asked.store.documents_of(everyone)
    for urn, one in everyone.items():
        for document in reports.published(found[urn]):
            yield from _document(one, document)


def _document(one: Authority, document: KnownDocument) -> Iterator[Row]:
    report = document.reading if isinstance(document.reading, Report) else None
    yield from _rows(one, document.listing, report)


def _rows(one: Authority, listing: Listing, report: Report | None) -> Iterator[Row]:
    """A row for each judgement and outcome of a document; one row where it has none."""
    whole = _of_authority(one) | _of_document(listing, report)
    if report is None:
        yield _row(whole)
        return
    judged = [_of_judgement(each, report) for each in parts.overall_first(report)]
    if report.outcome:
        outcome = report.outcome
        judged.append(
            {
                "judgement": "outcome",
                "label": words.OUTCOME,
                "grade": outcome.outcome.value,
                "page": outcome.span.page,
                "quote": outcome.span.quote,
            }
        )
    yield from (_row(whole | each) for each in judged or [{}])


def _row(known: Mapping[str, Cell]) -> Row:
    return {name: known.get(name) for name in COLUMNS}


def _of_authority(one: Authority) -> Row:
    return {
        "authority": one.name,
        "urn": one.urn,
        "la_code": one.la_code,
        "ons_code": one.ons_code,
        "region": one.region,
    }


def _of_document(listing: Listing, report: Report | None) -> Row:
    whole: Row = {
        "title": listing.title,
        "published": listing.published,
        "file_id": listing.file_id,
        "url": listing.url,
        "status": "not_read",
    }
    if report is None:
        return whole
    when = report.inspection
    return whole | {
        "status": report.status.value,
        "kind": report.kind.value,
        "framework": report.framework,
        "edition": report.edition,
        "inspection_start": when.start if when else None,
        "inspection_end": when.end if when else None,
        "priority_actions": len(report.priority_actions),
    }


def _of_judgement(one: Judgement, report: Report) -> Row:
    return {
        "judgement": one.theme,
        "label": parts.name_of(one, report),
        "service": one.group,
        "grade": one.grade.value,
        "page": one.span.page,
        "quote": one.span.quote,
    }


def as_csv(rows: Iterable[Row]) -> bytes:
    """UTF-8 with the mark that spreadsheets know it by; dates as 2024-07-12; no cell is taken for a formula."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, COLUMNS)
    writer.writeheader()
    writer.writerows({name: _harmless(cell) for name, cell in row.items()} for row in rows)
    return out.getvalue().encode("utf-8-sig")


def _harmless(cell: Cell) -> Cell:
    if isinstance(cell, str) and cell.lstrip().startswith(FORMULA):
        return f"'{cell}"
    return cell


def as_json(rows: Iterable[Row]) -> bytes:
    """A list of objects, with null for what is not known."""
    return json.dumps(list(rows), ensure_ascii=False, indent=1, default=str).encode()


def as_xlsx(rows: Iterable[Row]) -> bytes:
    """A workbook: the rows, with real dates, and a sheet that says what each column holds."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(
        out, {"constant_memory": True, "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
        sheet = book.add_worksheet(words.EXPORT_SHEET)
        sheet.write_row(0, 0, COLUMNS, bold)
        last = 0
        for last, row in enumerate(rows, 1):
            for place, cell in enumerate(row.values()):
                _write(sheet, last, place, cell, day)
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, last, len(COLUMNS) - 1)
        sheet.set_column(0, len(COLUMNS) - 1, 16)
        about = book.add_worksheet(words.EXPORT_ABOUT_SHEET)
        for place, (name, holds) in enumerate(COLUMNS.items()):
            about.write_string(place, 0, name, bold)
            about.write_string(place, 1, holds)
        about.set_column(0, 0, 18)
        about.set_column(1, 1, 90)
    return out.getvalue()


def _write(
    sheet: xlsxwriter.worksheet.Worksheet, row: int, place: int, cell: Cell, day: xlsxwriter.format.Format
) -> None:
    """Text stays text, whatever it begins with."""
    match cell:
        case None:
            return
        case date():
            sheet.write_datetime(row, place, cell, day)
        case int():
            sheet.write_number(row, place, cell)
        case str():
            sheet.write_string(row, place, cell)


FORMS: Mapping[str, Callable[[Iterable[Row]], bytes]] = {"csv": as_csv, "json": as_json, "xlsx": as_xlsx}

VERBS = (
    Verb(
        name="export",
        parse=parse,
        forms=(
            Form(usage="export csv", does=words.EXPORT_DOES),
            Form(usage="export xlsx history", does=words.EXPORT_HISTORY_DOES),
        ),
        alone=True,
        also=("download",),
    ),
)
