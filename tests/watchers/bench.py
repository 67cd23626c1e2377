"""A world to poll in: a real site over HTTP, a real store, a real archive, and a clock that we move."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from inspection_watch.demo.site import Publication, Site
from judgements.types import Change, Grade
from tests.fakes import paper
from tests.storage.examples import fan_out
from watchers.poll import poll
from watchers.sources import LOCAL_AUTHORITIES, Source
from watchers.world import PollSummary, World

SOURCE = replace(LOCAL_AUTHORITIES, expected=frozenset())
T0 = datetime(2026, 5, 18, 8, 30, tzinfo=UTC)
WEST, EAST = "80578", "80467"
MINUTE = timedelta(minutes=1)


def publication(file_id: str, published: date, body: bytes, urn: str = WEST) -> Publication:
    return Publication(urn=urn, title="Children's services inspection", published=published, file_id=file_id, body=body)


OLD = publication("50000001", date(2019, 5, 8), paper(WEST, date(2019, 2, 25), Grade.INADEQUATE))
NEW = publication("50000002", date(2023, 5, 11), paper(WEST, date(2023, 3, 13), Grade.REQUIRES_IMPROVEMENT))
NEWS = publication("50000003", date(2026, 5, 18), paper(WEST, date(2026, 2, 2), Grade.GOOD))


@dataclass
class Bench:
    """A world with a site that can be changed between two polls and a clock that goes a minute ahead with each."""

    site: Site
    world: World
    source: Source = SOURCE
    now: list[datetime] = field(default_factory=lambda: [T0])

    def poll(self, *, full: bool = False, later: timedelta = MINUTE) -> PollSummary:
        self.now[0] += later
        self.site.forget_requests()
        return poll(self.world, self.source, full=full)

    @property
    def asked(self) -> list[str]:
        return [request.path.partition("?")[0] for request in self.site.requests]

    def told(self) -> list[Change]:
        """Every change that is to be told, once."""
        changes = [one.change for one in self.world.store.waiting_changes(999, self.now[0])]
        fan_out(self.world.store, [one.key for one in changes], now=self.now[0])
        return changes
