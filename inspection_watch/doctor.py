"""`inspection-watch doctor`: is everything there that a run needs, and if not, what to do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from inspection_watch import listen, slack, wiring
from inspection_watch.settings import Settings
from storage.archive import Archive
from storage.engine import StorageError
from watchers.fetch import Trouble
from watchers.listings import NotThePage, search_page
from watchers.sources import LOCAL_AUTHORITIES

GIGABYTE = 10**9
ROOM_FOR_A_HISTORY = 2 * GIGABYTE
"""Some 2,300 documents of half a megabyte, their pages, and as much again to grow."""


class Verdict(StrEnum):
    """How a check ended. Advice is no failure: the service runs without it."""

    OK = "ok"
    ADVICE = "advice"
    FIX = "FIX"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one check found, in a sentence that says what to do."""

    check: str
    verdict: Verdict
    words: str


def examine(settings: Settings) -> Iterator[Finding]:
    """The checks, one after the other, each whatever the others found."""
    yield _archive(settings)
    yield _database(settings)
    yield _site(settings)
    yield _contact(settings)
    yield _listen(settings)
    for check, trouble, well in slack.examine(settings):
        yield _finding(check, trouble, well)


def _finding(check: str, trouble: str, well: str) -> Finding:
    return Finding(check=check, verdict=Verdict.FIX if trouble else Verdict.OK, words=trouble or well)


def _archive(settings: Settings) -> Finding:
    folder = settings.INSPECTION_WATCH_STATE_DIR
    try:
        archive = Archive(folder / "archive")
        archive.check()
    except StorageError as error:
        return _finding("archive", f"{error} INSPECTION_WATCH_STATE_DIR chooses another place.", "")
    free = archive.room().free
    if free < ROOM_FOR_A_HISTORY:
        advice = f"{folder} can be written, but only {free / GIGABYTE:.1f} GB are free: the history alone takes one GB."
        return Finding(check="archive", verdict=Verdict.ADVICE, words=advice)
    return _finding("archive", "", f"{folder} can be written, and {free / GIGABYTE:.0f} GB are free.")


def _database(settings: Settings) -> Finding:
    try:
        with wiring.store(settings) as store:
            coverage = store.coverage()
    except StorageError as error:
        return _finding("database", str(error), "")
    seen = f"the histories of {coverage.authorities_baselined} authorities are stored"
    return _finding("database", "", f"it opens and its schema is up to date; {seen}.")


def _site(settings: Settings) -> Finding:
    fetcher = wiring.fetcher(settings, lambda _: False)
    try:
        answer = fetcher.get(LOCAL_AUTHORITIES.search_url(settings.INSPECTION_WATCH_SITE_URL, 0))
    finally:
        fetcher.close()
    page = answer if isinstance(answer, Trouble) else search_page(answer.body)
    if isinstance(page, Trouble | NotThePage):
        return _finding("site", f"{page.why}: check INSPECTION_WATCH_SITE_URL and this machine's way out.", "")
    listed = f"{len(page.entries)} authorities" + (" on the first of its pages" if page.has_next else "")
    return _finding("site", "", f"it answers and lists {listed}.")


def _contact(settings: Settings) -> Finding:
    if settings.INSPECTION_WATCH_CONTACT:
        return _finding("contact", "", f"the site is told “{wiring.user_agent(settings)}”.")
    advice = "set INSPECTION_WATCH_CONTACT, so that the site's owners can turn to you before they shut us out."
    return Finding(check="contact", verdict=Verdict.ADVICE, words=advice)


def _listen(settings: Settings) -> Finding:
    """Whether /healthz can be answered there, or is already."""
    where = settings.INSPECTION_WATCH_LISTEN
    if listen.answers(settings.listen):
        return _finding("listen", "", f"{where} is taken, by something that answers /healthz: the service runs.")
    try:
        with listen.serve(settings.listen, listen.Doors()):
            return _finding("listen", "", f"{where} is free for /healthz.")
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or "no such host"
        return _finding("listen", f"{where} cannot be listened on ({reason}): set INSPECTION_WATCH_LISTEN.", "")
