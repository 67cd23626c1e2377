"""`export csv` (`json`, `xlsx`): the latest judgements, or all of them, of whom somebody names, as a file.

One row is one judgement. A document without any judgement (a letter, one that was not read) has one row of its own in
the history.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

import xlsxwriter

from bot import parts, words
from bot.answers import compare, history, reports
from bot.channels import asking, facets, lists, scopes
from bot.grammar import Asked, Command, Form, Usage, Verb, about, refused
from bot.types import Card, File, Paragraph, Reply
from judgements.authorities import Authority
from judgements.types import Judgement, Listing, Report
from storage.types import KnownDocument

Cell = str | int | date | None
Row = dict[str, Cell]

COLUMNS: Mapping[str, str] = words.EXPORT_COLUMNS
"""Each column and what is in it, in their order."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A cell of a CSV that begins so is obeyed by spreadsheets."""
_FORMS = re.compile(r"(?<![\w-])\.?(csv|json|xlsx|excel|xls)(?![\w-])", re.IGNORECASE)
_ALSO: Mapping[str, str] = {"excel": "xlsx", "xls": "xlsx"}
_OTHER_FORMS = re.compile(
    r"(?<![\w-])\.?(?:pdf|docx?|word|txt|text|html?|xml|ods|tsv|zip|png|pptx?)(?![\w-])", re.IGNORECASE
)
_HISTORY = re.compile(r"(?<![\w-])(?:with )?(?:all|everything|(?:the )?(?:whole )?history)(?![\w-])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Export:
    """`names` are authorities, regions and neighbours as they were typed; "" for all of England."""

    form: str
    history: bool = False
    names: str = ""

    def answer(self, asked: Asked) -> Reply:
        wanted, unsure = lists.names(self.names, asked.registry) if self.names else ((scopes.ENGLAND,), ())
        if unsure:
            others = f"and {', '.join(map(scopes.typed, wanted))}" if wanted else ""
            return asking.which(unsure, f"export {self.form}{' history' * self.history}", others, asked)
        whose = frozenset(urn for scope in wanted for urn in scopes.covered(scope))
        rows = list(_history(whose, asked) if self.history else _latest(whose, asked))
        named = "" if scopes.ENGLAND in wanted else facets.shortened(list(map(scopes.spoken, wanted)))
        if not rows:
            return refused(words.EXPORT_NOTHING.format(names=named or words.ANY_AUTHORITY))
        names = named or words.EVERY_AUTHORITY
        which = (words.EXPORT_HISTORY if self.history else words.EXPORT_LATEST).format(names=names)
        sentence = words.EXPORT_SENTENCE.format(
            which=which, rows=words.counted(len(rows), "row"), day=words.day(asked.today)
        )
        file = File(name=self._name(wanted, asked), title=words.capital(which), make=partial(FORMS[self.form], rows))
        about = words.EXPORT_ROWS[self.form == "xlsx"].format(command=asked.command)
        told = (sentence, *self._without(whose, rows, asked), about)
        card = Card(title=words.EXPORT_TITLE, sentence=sentence, blocks=(Paragraph(tuple((one,) for one in told)),))
        return Reply(card=card, files=(file,))

    def _without(self, whose: Collection[str], rows: Sequence[Row], asked: Asked) -> Iterator[str]:
        """Who is asked for and not in the file: what is not said of somebody might be taken for nothing to say."""
        told = {row["urn"] for row in rows}
        current = [one for one in asked.registry.current if one.urn in whose]
        missing = [one.spoken for one in current if not told & {each.urn for each in _itself(one, asked)}]
        if missing:
            yield words.EXPORT_WITHOUT.format(
                why=words.EXPORT_NO_DOCUMENT if self.history else words.EXPORT_NO_GRADE,
                count=len(missing),
                number=words.counted(len(current), "authority", "authorities"),
                names=facets.shortened(missing),
            )

    def _name(self, wanted: Sequence[str], asked: Asked) -> str:
        """ "judgements-kent-latest-2026-08-21.csv"; of all of England no name is in it, of several their number is."""
        of = scopes.typed(wanted[0]).replace(" ", "-") if len(wanted) == 1 else f"{len(wanted)}-names"
        named = [] if scopes.ENGLAND in wanted else [of]
        extent = "history" if self.history else "latest"
        return f"{'-'.join(('judgements', *named, extent, asked.today.isoformat()))}.{self.form}"


def parse(rest: str) -> Command:
    """Form, "history" and names in any order; the form is csv unless another is named."""
    forms = [_ALSO.get(form.lower(), form.lower()) for form in _FORMS.findall(rest)]
    if len(forms) > 1 or _OTHER_FORMS.search(rest):
        return Usage(words.EXPORT_HOW, rest)
    left = _FORMS.sub(" ", rest)
    names = about(compare.BETWEEN.sub(", ", _HISTORY.sub(" ", left)).strip(" ,;."))
    return Export(forms[0] if forms else "csv", history=bool(_HISTORY.search(left)), names=" ".join(names.split()))


def _latest(whose: Collection[str], asked: Asked) -> Iterator[Row]:
    current = [one for one in asked.registry.current if one.urn in whose]
    known = asked.store.latest_inspections(one.urn for one in current)
    for one in current:
        newest = reports.newest_graded(known[one.urn].documents) if one.urn in known else None
        if newest:
            yield from _rows(one, newest.listing, newest.report)


def _history(whose: Collection[str], asked: Asked) -> Iterator[Row]:
    """Every authority that is or was, with those it took over from; its documents oldest first."""
    named = [one for one in asked.registry.all if one.urn in whose]
    everyone = {one.urn: one for one in named} | {each.urn: each for one in named for each in _itself(one, asked)}
    found = asked.store.documents_of(everyone)
    for urn, one in everyone.items():
        for document in reports.published(found[urn]):
            yield from _document(one, document)


def _itself(one: Authority, asked: Asked) -> tuple[Authority, ...]:
    """An authority, and those it took over from."""
    return (one, *history.forebears(one, asked.registry))


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
            Form(usage="export csv neighbours west-sussex", does=words.EXPORT_OF_DOES),
        ),
        alone=True,
        also=("download",),
    ),
)
