"""Months in the life of a site, at random, with polls and crashes in between; and what must have been told of them.

Nothing missed: what was published after an authority's history was taken, and is listed now, has been told. Nothing
twice: one message for one document, however often, under whatever id and after whatever crash it is seen. Nothing
invented: what is told was published, and reads as it reads; a list that shrinks, a page that breaks and a document
that cannot be had for a while are no news.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, ClassVar

from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from inspection_watch.demo.pages import answer
from inspection_watch.demo.site import Provider, Publication, Request, Site
from judgements.types import Change, Grade, Kind, NotRead
from storage.engine import StorageError
from tests.watchers.papers import GRADES, Paper, Told, heard
from tests.watchers.stage import CrashError, Fuse, Stage
from watchers.poll import poll
from watchers.schedule import PAUSE
from watchers.sources import LOCAL_AUTHORITIES
from watchers.world import PollSummary

SOURCE = replace(LOCAL_AUTHORITIES, expected=frozenset())
T0 = datetime(2026, 5, 18, 8, 30, tzinfo=UTC)
LONG_AGO = date(2024, 1, 1)
TITLE = "Children's services inspection"

QUIET = (25, 25, 25, 9 * 24, 25)
"""Hours between looks: longer than a source rests, than what flaps stays unsaid, and than a document of this year is
left unasked for."""

TRIES = 8
"""Requests for one document in a day: some tries in ever longer pauses, and one to see whether it was replaced."""
MOST_LISTS = 5
"""Pages of the list, of two authorities each."""

Break = Callable[[Site, str, int | None], None]
BREAKS: Mapping[str, Break] = {
    "refused": lambda site, where, times: site.answer(where, status=403, times=times),
    "down": lambda site, where, times: site.answer(where, status=500, times=times),
    "busy": lambda site, where, times: site.answer(where, status=429, headers={"Retry-After": "3600"}, times=times),
    "away": lambda site, where, times: site.answer(where, status=200, body=b"<title>Back soon</title>", times=times),
    "moved": lambda site, where, times: site.answer(
        where, status=302, headers={"Location": "https://elsewhere.example/"}, times=times
    ),
    "cut": lambda site, where, times: site.cut(where, after=20, times=times),
    "torn": lambda site, where, times: site.reset(where, after=20, times=times),
    "packed": lambda site, where, times: site.pack(where, times=times),
    "mislabelled": lambda site, where, times: site.label(where, "text/plain", times=times),
    "links renamed": lambda site, where, times: site.rewrite(where, "publication-link", "document", times=times),
    "timelines renamed": lambda site, where, times: site.rewrite(where, "timeline", "history", times=times),
    "frozen": lambda site, where, times: site.freeze(where, times=times),
    "results renamed": lambda site, where, times: site.rewrite(where, "search-result", "result", times=times),
}


class Watching(RuleBasedStateMachine):
    """The site and the watcher. `stage` is set by whoever runs it."""

    stage: ClassVar[Stage]
    counts: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.now = self.began = T0
        self.papers: list[Paper] = []
        self.urns = ["1", "2", "3"]
        self.expelled: set[str] = set()
        self.files_broken = False
        self.fuse = Fuse()
        self.restless = 0
        self.site = Site([Provider(urn=urn, name=f"Place {urn}") for urn in self.urns], clock=lambda: self.now)
        self.site.cap = 2
        self.stage.set(self.site, lambda: self.now)
        self.world = self.stage.world(self.fuse)

    @initialize(
        each=st.lists(st.integers(0, 2), min_size=3, max_size=3), request=st.integers(3, 9), place=st.integers(0, 2)
    )
    def the_history_is_taken(self, each: list[int], request: int, place: int) -> None:
        """Something may be published when the two pages of the list have been read, and the walk goes on."""
        for urn, number in zip(self.urns, each, strict=True):
            for _ in range(number):
                self._publish(urn, old=True, kind=Kind.ILACS_INSPECTION, readable=True)
        self.now = self.began = T0 + timedelta(minutes=1)
        poll(self.stage.world(self.fuse, self._at(request, self.urns[place])), SOURCE)
        assert set(self.stage.baselines()) == set(self.urns)
        self.check()

    def _publish(self, urn: str, *, old: bool, kind: Kind, readable: bool) -> None:
        if urn in self.expelled:
            return
        number = len(self.papers) + 1
        one = Paper(
            urn=urn,
            number=number,
            kind=kind,
            dated=LONG_AGO - timedelta(days=number) if old else self.now.date(),
            listed_at=self.now,
            grade=GRADES[number % 4],
            readable=readable,
            hurt=not readable,
        )
        self.papers.append(one)
        self._list(one)
        self.count("published")

    def _list(self, one: Paper) -> None:
        """Under a new id."""
        file_id = str(50_000_000 + sum(len(paper.bodies) for paper in self.papers) + 1)
        self.site.publish(
            Publication(urn=one.urn, title=TITLE, published=one.dated, file_id=file_id, body=one.put(file_id))
        )
        if one.lost:
            self.site.lose(file_id)

    def pick(self, data: st.DataObject, such: Callable[[Paper], object]) -> Paper:
        found = [one for one in self.papers if such(one)]
        assume(found)
        return data.draw(st.sampled_from(found))

    def _at(self, request: int, urn: str) -> Callable[[], None]:
        """Something is published before this request."""
        left = [request]

        def meanwhile() -> None:
            left[0] -= 1
            if left[0] == 0:
                self._publish(urn, old=False, kind=Kind.ILACS_INSPECTION, readable=True)

        return meanwhile

    @rule(
        place=st.integers(0, 9),
        old=st.booleans(),
        kind=st.sampled_from([Kind.ILACS_INSPECTION, Kind.ILACS_INSPECTION, Kind.ILACS_FOCUSED_VISIT]),
        readable=st.sampled_from([True, True, True, False]),
    )
    def something_is_published(self, place: int, old: bool, kind: Kind, readable: bool) -> None:
        self.now += timedelta(seconds=1)
        self._publish(self.urns[place % len(self.urns)], old=old, kind=kind, readable=readable)

    @rule(place=st.integers(0, 9), hours=st.integers(1, 50))
    def something_will_be_published(self, place: int, hours: int) -> None:
        urn = self.urns[place % len(self.urns)]
        moment = self.now + timedelta(hours=hours)
        self.site.at(moment, self._publish, urn, old=False, kind=Kind.ILACS_INSPECTION, readable=True)

    @rule(data=st.data(), other=st.sampled_from([None, None, *GRADES]))
    def a_document_gets_a_second_id(self, data: st.DataObject, other: Grade | None) -> None:
        self.now += timedelta(seconds=1)
        one = self.pick(data, lambda one: one.shown and one.readable and one.urn not in self.expelled)
        one.grade = other or one.grade
        self._list(one)
        self.count("second ids")

    @rule(data=st.data(), grade=st.sampled_from(GRADES))
    def a_document_is_replaced(self, data: st.DataObject, grade: Grade) -> None:
        one = self.pick(data, lambda one: one.shown and one.readable)
        one.grade = grade
        for file_id in one.bodies:
            self.site.replace(file_id, one.put(file_id))
        self.count("replaced")

    @rule(data=st.data())
    def a_broken_document_is_mended(self, data: st.DataObject) -> None:
        one = self.pick(data, lambda one: not one.readable)
        one.readable = True
        for file_id in one.bodies:
            self.site.replace(file_id, one.put(file_id))
        self.count("mended")

    @rule(data=st.data(), status=st.sampled_from([200, 404, 410]))
    def a_document_is_not_found(self, data: st.DataObject, status: int) -> None:
        one = self.pick(data, lambda one: one.shown)
        one.lost = one.hurt = True
        for file_id in one.bodies:
            self.site.lose(file_id, status=status)

    @rule(data=st.data())
    def a_document_is_found_again(self, data: st.DataObject) -> None:
        self._find(self.pick(data, lambda one: one.lost))

    def _find(self, one: Paper) -> None:
        if one.lost:
            for file_id in one.bodies:
                self.site.find_again(file_id)
        one.lost = False

    @rule(data=st.data(), every=st.booleans())
    def a_document_is_delisted(self, data: st.DataObject, every: bool) -> None:
        one = self.pick(data, lambda one: one.shown)
        for file_id in one.shown if every else one.shown[:1]:
            one.hidden.add(file_id)
            self.site.delist(file_id)
        one.went = True
        self.count("delisted")

    @rule(data=st.data())
    def a_document_is_listed_again(self, data: st.DataObject) -> None:
        one = self.pick(data, lambda one: one.hidden)
        if not any(self.stage.knows(file_id) for file_id in one.bodies):
            self.now += timedelta(seconds=1)
            one.listed_at = self.now  # for the watcher it is published now
        file_id = min(one.hidden)
        one.hidden.remove(file_id)
        self.site.relist(file_id)

    @rule(history=st.integers(0, 2))
    @precondition(lambda self: len(self.urns) < 6)
    def an_authority_is_created(self, history: int) -> None:
        self.now += timedelta(seconds=1)
        urn = str(len(self.urns) + 1)
        self._admit(urn)
        self.urns.append(urn)
        for _ in range(history):
            self._publish(urn, old=True, kind=Kind.ILACS_INSPECTION, readable=True)

    @rule(place=st.integers(0, 9))
    def an_authority_is_expelled_from_the_site(self, place: int) -> None:
        urn = self.urns[place % len(self.urns)]
        assume(urn not in self.expelled)
        self.site.expel(urn)
        self.expelled.add(urn)
        self.count("expelled")

    @rule()
    @precondition(lambda self: self.expelled)
    def an_authority_is_admitted_again(self) -> None:
        self._admit(min(self.expelled))

    def _admit(self, urn: str) -> None:
        self.site.admit(Provider(urn=urn, name=f"Place {urn}"))
        self.expelled.discard(urn)

    @rule(
        pages=st.tuples(st.integers(0, 9), st.integers(0, 9)),
        by_redirect=st.booleans(),
        times=st.sampled_from([1, 2, 5, None]),
    )
    def a_page_answers_with_another_authoritys(
        self, pages: tuple[int, int], by_redirect: bool, times: int | None
    ) -> None:
        urn, other = (self.urns[place % len(self.urns)] for place in pages)
        mine, theirs = f"/provider/44/{urn}", f"/provider/44/{other}"
        if by_redirect:
            assume(urn != other)
            self.site.answer(mine, status=302, headers={"Location": theirs}, times=times)
        else:
            # The heading of one of which neither the registry nor the list has said anything yet means nobody.
            assume(other in self.stage.baselines())
            host = self.stage.address.removeprefix("http://")
            body = answer(self.site, Request(method="GET", path=theirs, headers={"host": host})).body
            self.site.answer(mine, status=200, body=body, times=times)
        self.count("swapped")

    @rule(
        where=st.sampled_from(["/", "/search", "/provider", "/provider/44/2", "/v1/file"]),
        what=st.sampled_from(sorted(BREAKS)),
        times=st.sampled_from([1, 2, 5, None]),
    )
    def something_breaks(self, where: str, what: str, times: int | None) -> None:
        BREAKS[what](self.site, where, times)
        self.files_broken |= where in ("/", "/v1/file")
        self.count("broken")

    @rule(shown=st.sampled_from([None, 0, 1, 2]), more=st.booleans(), validators=st.booleans())
    def the_list_behaves_oddly(self, shown: int | None, more: bool, validators: bool) -> None:
        self.site.shrink(shown)
        self.site.says_more = more
        self.site.validators = validators

    @rule()
    def all_is_mended(self) -> None:
        self._heal()

    def _heal(self) -> None:
        self.site.heal()
        for urn in tuple(self.expelled):
            self._admit(urn)
        self.site.shrink(None)
        self.site.says_more = True

    @rule(hours=st.integers(1, 60))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule(
        minutes=st.integers(1, 300),
        full=st.booleans(),
        calls=st.none() | st.integers(0, 60),
        after=st.booleans(),
        power=st.booleans(),
    )
    def the_watcher_looks(self, minutes: int, full: bool, calls: int | None, after: bool, power: bool) -> None:
        """And dies after so many calls of its parts, or is told that the disk is full."""
        self.now += timedelta(minutes=minutes)
        self.fuse.left, self.fuse.after = calls, after
        self.fuse.error = CrashError() if power else StorageError("The disk is full.")
        try:
            self._poll(full=full)
        except (CrashError, StorageError):
            self.count("crashes")
        self.fuse.left = None
        self.world = self.stage.world(self.fuse)
        self.check()

    @rule(every=st.sampled_from([1, 3]))
    def a_day_passes_by_the_plan(self, every: int) -> None:
        """With a look whenever one asks for it: whatever is broken, the site is not asked in a circle."""
        end, looked, asked = self.now + timedelta(days=1), 0, Counter[str]()
        documents = sum(len(one.bodies) for one in self.papers)
        most = 24 // every + TRIES * (documents + len(self.urns) + 2)
        while self.now < end:
            summary = self._poll()
            looked += 1
            asked.update(self.stage.asked)
            assert looked <= most, f"more than {most} looks: {asked}"
            again_at = max(summary.again_at or end, self.now + PAUSE)
            self.now = min(self.now + timedelta(hours=every), again_at)
        self.check()
        files = {url: times for url, times in asked.items() if "/v1/file/" in url}
        assert all(times <= TRIES for times in files.values()), files
        assert asked.total() <= TRIES * documents + looked * (MOST_LISTS + len(self.urns)), asked
        self.count("days")

    @rule(minutes=st.integers(1, 300), request=st.integers(1, 6), place=st.integers(0, 9))
    def something_is_published_while_the_watcher_looks(self, minutes: int, request: int, place: int) -> None:
        self.now += timedelta(minutes=minutes)
        urn = self.urns[place % len(self.urns)]
        poll(self.stage.world(self.fuse, self._at(request, urn)), SOURCE, full=True)
        self.count("polls")
        self.check()

    def _poll(self, *, full: bool = False) -> PollSummary:
        """Nothing is asked for twice in one poll, and nothing fails that was not made to fail."""
        self.count("polls")
        self.stage.asked.clear()
        summary = poll(self.world, SOURCE, full=full)
        assert "the program failed" not in " ".join((*summary.troubles, *summary.failed))
        twice = [url for url, times in Counter(self.stage.asked).items() if times > 1]
        assert not twice, f"asked for twice: {twice}"
        return summary

    @rule()
    @precondition(lambda self: self.restless > 4)
    def days_pass_without_any_fault(self) -> None:
        self.restless = 0
        self.settle()

    def settle(self) -> None:
        """Everything is mended, and for two weeks nothing happens but a few looks; then nothing may be missing."""
        self._heal()
        for one in self.papers:
            self._find(one)
        for hours in QUIET:
            self.now += timedelta(hours=hours)
            summary = self._poll()
        assert not summary.skipped
        told = self.check()
        baselines = self.stage.baselines()
        hidden = [one for one in self.papers if not one.shown]
        for one in self.papers:
            told.setdefault(one.number, Told())
            if one.shown:
                in_the_first_walk = one.listed_at == self.began and one.dated > LONG_AGO
                self._is_told(one, told[one.number], news=in_the_first_walk or one.listed_at > baselines[one.urn])
            elif len(hidden) == 1 and any(other.shown for other in self.papers if other.urn == one.urn):
                assert not told[one.number].reading or told[one.number].withdrawn, f"not withdrawn: {one}"
        self.count("settled")

    def _is_told(self, one: Paper, told: Told, *, news: bool) -> None:
        assert not told.withdrawn, f"told as withdrawn, and is there: {one}"
        assert told.reading or not news, f"not told: {one}"
        if told.reading and one.dated > LONG_AGO:
            # Not read is not read, whatever stood in the way: that it was not there, and then that it is cut off.
            unread = isinstance(told.reading, NotRead) and any(isinstance(said, NotRead) for said in one.says)
            assert unread or told.reading in one.says, f"told otherwise than it is, {told.reading}: {one}"

    def check(self) -> dict[int, Told]:
        """What people have been told of each, by number: nothing invented and nothing twice, at any moment."""
        baselines = self.stage.baselines()
        told: dict[int, Told] = {}
        for change in self.stage.announced():
            one = self._paper(change)
            assert change.urn == one.urn
            history = one.dated <= LONG_AGO and one.listed_at < baselines[one.urn]
            told[one.number] = heard(
                one, told.get(one.number, Told(history=history)), change, files_broken=self.files_broken
            )
        return told

    def _paper(self, change: Change) -> Paper:
        found = [one for one in self.papers if change.listing.file_id in one.bodies]
        assert found, f"this was never published: {change}"
        return found[0]

    def check_invariants(self, *how: Any) -> None:
        """What Hypothesis calls after each step."""
        self.count("steps")
        self.restless += 1
        super().check_invariants(*how)

    @classmethod
    def count(cls, what: str) -> None:
        cls.counts[what] += 1

    def teardown(self) -> None:
        try:
            if sys.exception() is None:
                self.settle()
        finally:
            self.stage.strike()
