"""Made-up reports, changes and stored histories, of every sort that the bot has to speak about."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from bot.types import Asker
from judgements.authorities import REGISTRY
from judgements.diff import diff
from judgements.types import (
    Change,
    ChangeKind,
    Grade,
    Inspection,
    Item,
    Judgement,
    Kind,
    Listing,
    NotJudged,
    NotRead,
    Outcome,
    Previous,
    Report,
    SendOutcome,
    Span,
    Status,
)
from storage.types import Intent, KnownDocument, Standing

T0 = datetime(2026, 8, 20, 8, 36, tzinfo=UTC)
TODAY = date(2026, 8, 20)
WEST_SUSSEX = "80578"
CUMBRIA, CUMBERLAND = (one.urn for name in ("cumbria", "cumberland") for one in REGISTRY.all if one.slug == name)
ALICE = Asker(team="T01TEST", channel="C01GEN", user="U01ALICE")
HOSTILE = "<!channel> <@U01ALICE> & *bold* <https://evil.example|click> \u202egnirts\u202c \x00\x07 `code`"

LABELS = {
    "leadership": "The impact of leaders on social work practice with children and families",
    "help_and_protection": "The experiences and progress of children who need help and protection",
    "in_care": "The experiences and progress of children in care",
    "care_leavers": "The experiences and progress of care leavers",
    "in_care_and_leavers": "The experiences and progress of children in care and care leavers",
    "sif_help_and_protection": "1. Children who need help and protection",
    "looked_after_children": "2. Children looked after and achieving permanence",
    "adoption": "2.1 Adoption performance",
    "sif_care_leavers": "2.2 Experiences and progress of care leavers",
    "sif_leadership": "3. Leadership, management and governance",
}
GRADES = {
    "O": Grade.OUTSTANDING,
    "G": Grade.GOOD,
    "R": Grade.REQUIRES_IMPROVEMENT,
    "I": Grade.INADEQUATE,
    "A": Grade.ADEQUATE,
    "-": NotJudged.NOT_JUDGED,
}
THEMES = {
    ("ilacs", "2018"): ("leadership", "help_and_protection", "in_care_and_leavers"),
    ("ilacs", "2023"): ("leadership", "help_and_protection", "in_care", "care_leavers"),
    ("ilacs", "2026"): ("leadership", "help_and_protection", "in_care", "care_leavers"),
    ("sif", "2013"): (
        "sif_help_and_protection",
        "looked_after_children",
        "adoption",
        "sif_care_leavers",
        "sif_leadership",
    ),
}
AREAS = (
    "The timeliness of decisions when children first come to the attention of services.",
    "The quality of written plans, so that families know what has to change and by when.",
    "How well personal advisers stay in touch with care leavers over 21.",
    "The oversight of private fostering arrangements.",
    "The use of supervision to move children's plans on.",
)


def items(number: int, page: int = 2) -> tuple[Item, ...]:
    return tuple(Item(text=text, page=page) for text in AREAS[:number])


def judgement(theme: str, letter: str, page: int = 2) -> Judgement:
    grade = GRADES[letter]
    return Judgement(
        theme=theme, label=LABELS.get(theme, theme), grade=grade, span=Span(page=page, quote=_printed(grade))
    )


def _printed(grade: Grade | NotJudged) -> str:
    return "Requires improvement to be good" if grade is Grade.REQUIRES_IMPROVEMENT else grade.value.capitalize()


def inspection(
    grades: str, overall: str, days: tuple[date, date], framework: str = "ilacs", edition: str = "2023", **other: Any
) -> Report:
    """A graded report: one letter of `GRADES` a theme, "" for no overall grade."""
    themes = THEMES[framework, edition]
    kind = Kind.ILACS_INSPECTION if framework == "ilacs" else Kind.SIF_INSPECTION
    told = judgement("overall", overall, page=1) if overall else None
    values: dict[str, Any] = {
        "kind": kind,
        "framework": framework,
        "edition": edition,
        "authority": WEST_SUSSEX,
        "inspection": Inspection(periods=(days,)),
        "overall": told,
        "judgements": tuple(judgement(theme, letter) for theme, letter in zip(themes, grades, strict=True)),
        "improvements": items(3),
        "lead_inspectors": ("Ada Example",),
    }
    return Report(**values | other)


IN_2026 = (date(2026, 7, 6), date(2026, 7, 17))
IN_2023 = (date(2023, 3, 13), date(2023, 3, 24))
IN_2019 = (date(2019, 2, 25), date(2019, 3, 8))
IN_2015 = (date(2015, 10, 26), date(2015, 11, 19))


def letter(kind: Kind, days: tuple[date, date] = IN_2026, **other: Any) -> Report:
    values: dict[str, Any] = {
        "kind": kind,
        "framework": "ilacs",
        "edition": "",
        "authority": WEST_SUSSEX,
        "inspection": Inspection(periods=(days,)),
        "improvements": items(2),
    }
    return Report(**values | other)


def send(outcome: Outcome, days: tuple[date, date]) -> Report:
    span = Span(page=3, quote="The outcome of this inspection")
    return letter(
        Kind.AREA_SEND_INSPECTION, days, framework="area_send", outcome=SendOutcome(outcome=outcome, span=span)
    )


def listing(
    published: date = TODAY, file_id: str = "50252436", title: str = "Children's services inspection"
) -> Listing:
    url = f"https://files.ofsted.gov.uk/v1/file/{file_id}"
    return Listing(file_id=file_id, urn=WEST_SUSSEX, title=title, url=url, published=published)


BEFORE = inspection("RRRR", "R", IN_2023)
BEFORE_LISTING = listing(date(2023, 5, 12), "50216432")


def change(
    reading: Report | NotRead, before: Report | None = None, kind: ChangeKind | None = None, of: Listing | None = None
) -> Change:
    of = of or listing()
    kind = kind or (ChangeKind.NOT_READ if isinstance(reading, NotRead) else ChangeKind.NEW_INSPECTION)
    compared = diff(before, reading) if before and isinstance(reading, Report) else ()
    return Change(
        key=f"{kind}:{of.file_id}",
        kind=kind,
        urn=WEST_SUSSEX,
        listing=of,
        reading=reading,
        before=before,
        before_listing=BEFORE_LISTING if before else None,
        comparisons=compared,
    )


def _letter(kind: Kind, title: str, **other: Any) -> Change:
    return change(letter(kind, **other), kind=ChangeKind.NEW_LETTER, of=listing(title=title))


def _reorganised(kind: ChangeKind, urn: str, name: str) -> Change:
    url = f"https://reports.ofsted.gov.uk/provider/44/{urn}"
    page = Listing(file_id="", urn=urn, title=name, url=url, published=TODAY)
    nothing = NotRead(status=Status.NOT_A_REPORT, why="")
    return Change(key=f"{kind}:{urn}", kind=kind, urn=urn, listing=page, reading=nothing)


CHANGES: dict[str, Change] = {
    "improved": change(inspection("GRGG", "G", IN_2026, improvements=items(5)), BEFORE),
    "declined_with_priority_actions": change(
        inspection("IRRG", "I", IN_2026, priority_actions=items(1, page=4)), BEFORE
    ),
    "no_overall_any_more": change(inspection("GRGG", "", IN_2026, edition="2026"), BEFORE),
    "split_judgement": change(inspection("RIRG", "R", IN_2023), inspection("III", "I", IN_2019, edition="2018")),
    "from_the_single_framework": change(
        inspection("RGG", "R", IN_2019, edition="2018"), inspection("IRGRI", "I", IN_2015, "sif", "2013")
    ),
    "nothing_moved": change(inspection("RRRR", "R", IN_2026, improvements=None, lead_inspectors=()), BEFORE),
    "first_inspection": change(inspection("GGGG", "G", IN_2026)),
    "read_in_part": change(
        inspection("GRGG", "", IN_2026, problems=("overall effectiveness: the table and the text disagree",)), BEFORE
    ),
    "focused_visit_with_priority_action": _letter(
        Kind.ILACS_FOCUSED_VISIT, "Children's services focused visit", priority_actions=items(1), days=(IN_2026[0],) * 2
    ),
    "monitoring_visit": _letter(
        Kind.ILACS_MONITORING_VISIT,
        "Monitoring visit",
        visit_number=3,
        previous=Previous(grade=Grade.INADEQUATE, when="2019-05"),
        improvements=None,
    ),
    "joint_inspection": _letter(Kind.JTAI_LETTER, "Joint area child protection inspection", framework="jtai"),
    "send_declined": change(
        send(Outcome.SYSTEMIC_FAILINGS, IN_2026), send(Outcome.INCONSISTENT, IN_2023), ChangeKind.SEND_OUTCOME
    ),
    "not_read": change(NotRead(status=Status.UNREADABLE, why="the document is cut off after 3 of 12 pages")),
    "hostile": change(
        inspection("GRGG", "G", IN_2026, improvements=(Item(text=HOSTILE * 3, page=2),) * 4, problems=(HOSTILE,)),
        BEFORE,
        of=listing(title=HOSTILE),
    ),
}

_UNREAD, _IMPROVED = CHANGES["not_read"], CHANGES["improved"]
CHANGES |= {
    "read_at_last": replace(
        _IMPROVED,
        key="read_at_last:50252436",
        kind=ChangeKind.READ_AT_LAST,
        amends=_UNREAD.key,
        instead_of=_UNREAD.reading,
    ),
    "corrected": replace(
        change(inspection("GRRG", "R", IN_2026, improvements=items(4)), BEFORE, ChangeKind.CORRECTED),
        amends=_IMPROVED.key,
        instead_of=_IMPROVED.reading,
    ),
    "redated": replace(
        _IMPROVED,
        key="redated:50252436:1",
        kind=ChangeKind.REDATED,
        amends=_IMPROVED.key,
        dated_before=date(2062, 8, 20),
    ),
    "corrected_long_after": replace(
        change(inspection("GRGG", "G", IN_2026, priority_actions=items(1)), BEFORE, ChangeKind.CORRECTED),
        instead_of=inspection("GRGG", "G", IN_2026),
    ),
    "withdrawn": replace(_IMPROVED, key="withdrawn:50252436", kind=ChangeKind.WITHDRAWN),
    "returned": replace(_IMPROVED, key="returned:50252436", kind=ChangeKind.RETURNED),
    "created": _reorganised(ChangeKind.AUTHORITY_CREATED, CUMBERLAND, "Cumberland Council"),
    "abolished": _reorganised(ChangeKind.AUTHORITY_ABOLISHED, CUMBRIA, "Cumbria County Council"),
    "created_unheard_of": _reorganised(ChangeKind.AUTHORITY_CREATED, "9999999", "Mercia Council"),
}


def document(of: Listing, reading: Report | NotRead | None) -> KnownDocument:
    return KnownDocument(listing=of, standing=Standing.READ, first_seen_at=T0, sha256="0" * 64, reading=reading)


HISTORY = (
    document(listing(date(2019, 5, 8), "50079000"), inspection("III", "I", IN_2019, edition="2018")),
    document(BEFORE_LISTING, BEFORE),
    document(
        listing(date(2024, 9, 3), "50250001", "Children's services focused visit"),
        letter(Kind.ILACS_FOCUSED_VISIT, (date(2024, 7, 16), date(2024, 7, 17)), priority_actions=items(1)),
    ),
    document(
        listing(date(2025, 1, 14), "50260001", "Area SEND full inspection"),
        send(Outcome.INCONSISTENT, (date(2024, 11, 4), date(2024, 11, 8))),
    ),
)
UNREAD = document(listing(date(2026, 8, 4), "50270001"), NotRead(status=Status.UNREADABLE, why="encrypted"))


def intent(*documents: KnownDocument, changes: tuple[Change, ...] = ()) -> Intent:
    return Intent(
        urn=WEST_SUSSEX, now=T0, latest_report=TODAY, baseline=True, documents=documents, changes=changes, reason=""
    )
