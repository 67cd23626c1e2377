"""Made-up values for the tests of storage."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from judgements.types import (
    Change,
    ChangeKind,
    Grade,
    Inspection,
    Judgement,
    Kind,
    Listing,
    NotRead,
    Report,
    Span,
    Status,
)
from storage.store import Store
from storage.types import Delivery, Intent, KnownDocument, Part, Standing, Subscription

T0 = datetime(2026, 8, 20, 8, 30, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
LEASE = timedelta(minutes=5)
URN = "80573"
SCOPE = f"authority:{URN}"


def listing(file_id: str = "50004001", urn: str = URN, published: date = date(2026, 8, 20)) -> Listing:
    url = f"https://files.example/v1/file/{file_id}"
    return Listing(file_id=file_id, urn=urn, title="Children's services inspection", url=url, published=published)


def report(inspected: date = date(2026, 7, 6)) -> Report:
    overall = Judgement(theme="overall", label="Overall", grade=Grade.GOOD, span=Span(page=1, quote="Good"))
    return Report(
        kind=Kind.ILACS_INSPECTION,
        framework="ilacs",
        edition="2023",
        authority=URN,
        inspection=Inspection(periods=((inspected, inspected + timedelta(days=11)),)),
        overall=overall,
    )


def document(of: Listing, **other: Any) -> KnownDocument:
    return KnownDocument(**{"listing": of, "standing": Standing.READ, "first_seen_at": T0} | other)


def change(key: str = "new", of: Listing | None = None) -> Change:
    unread = NotRead(status=Status.UNREADABLE, why="encrypted")
    of = of or listing()
    return Change(key=key, kind=ChangeKind.NEW_INSPECTION, urn=of.urn, listing=of, reading=unread)


def intent(urn: str = URN, now: datetime = T0, **other: Any) -> Intent:
    return Intent(**{"urn": urn, "now": now, "latest_report": date(2026, 8, 20), "baseline": False} | other)


def subscription(channel: str = "C1", scope: str = SCOPE, team: str = "T1", created_at: datetime = T0) -> Subscription:
    return Subscription(team=team, channel=channel, scope=scope, created_by="U1", created_at=created_at)


def deliveries(of: Change, channel: str = "C1", team: str = "T1", seen_at: datetime = T0) -> tuple[Delivery, Delivery]:
    """The headline and the detail that tell one channel of a change."""
    headline, detail = (
        Delivery(
            key=f"{of.key}/{team}/{channel}/{part}", team=team, channel=channel, part=part, change=of, seen_at=seen_at
        )
        for part in (Part.HEADLINE, Part.DETAIL)
    )
    return headline, detail


def tell(store: Store, of: Change, channels: Sequence[str] = ("C1",), seen_at: datetime = T0, team: str = "T1") -> None:
    """Let a change be found, and fanned out to channels."""
    store.apply(intent(of.urn, seen_at, changes=(of,)))
    owed = [delivery for channel in channels for delivery in deliveries(of, channel, team, seen_at)]
    store.fan_out(of.key, owed, seen_at)
