"""Reports for the local site, as many as are wanted: one authority after the other is inspected.

The first three are of one authority and new, so that its page is opened at every poll and may lose one of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from itertools import count

from inspection_watch.demo.catalogue import Publication
from inspection_watch.demo.histories import council, file_id, place
from inspection_watch.demo.papers import Ilacs, ilacs_report, items
from judgements.authorities import REGISTRY
from judgements.authority import Authority
from judgements.types import Grade

THEMES = ("leadership", "help_and_protection", "in_care", "care_leavers")
GRADES = (Grade.GOOD, Grade.REQUIRES_IMPROVEMENT, Grade.OUTSTANDING)


ROUNDS = 9
OF_ONE = 3


def publications(today: date) -> Iterator[Publication]:
    """One after the other; no two are alike. Where an authority comes again its report is dated a day later."""
    first, *others = sorted(REGISTRY.current, key=lambda one: one.urn)
    for number in range(OF_ONE):
        yield _publication(first, today - timedelta(days=OF_ONE - 1 - number), number)
    for number in count():
        published = today - timedelta(days=max(ROUNDS - number // len(others), 0))
        yield _publication(others[number % len(others)], published, number + OF_ONE)


def _publication(authority: Authority, published: date, number: int) -> Publication:
    return Publication(
        urn=authority.urn,
        title="Children's services inspection",
        published=published,
        file_id=f"{file_id(published, 0)}{number:04d}",
        body=partial(_report, authority, published, number),
    )


def corrected(publication: Publication) -> bytes:
    """The same report with other grades."""
    number = int(publication.file_id[-4:])
    return _report(REGISTRY.by_urn(publication.urn), publication.published, number, other=1)


def _report(authority: Authority, published: date, number: int, other: int = 0) -> bytes:
    start = published - timedelta(days=60)
    grades = {theme: GRADES[(number + place_ + other) % 3] for place_, theme in enumerate(THEMES)}
    return ilacs_report(
        Ilacs(
            authority=place(authority),
            council=council(authority),
            start=start,
            end=start + timedelta(days=4),
            grades=grades,
            improvements=items(3, f"{authority.urn} {number}"),
            invented=True,
        )
    )
