"""Made-up values for the tests of storage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, select

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
from storage.engine import reading
from storage.schema import deliveries
from storage.store import FAN_OUT, Store
from storage.types import (
    Delivery,
    DigestItem,
    Holding,
    Intent,
    KnownDocument,
    Message,
    Owed,
    Part,
    Sent,
    Standing,
    Subscription,
)

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


def message(text: str = "West Sussex improved") -> Message:
    return Message(text=text, blocks=({"type": "header", "text": {"type": "plain_text", "text": text}},))


def owed(of: Change, channel: str = "C1", team: str = "T1") -> tuple[Owed, Owed]:
    """The headline and the detail that tell one channel of a change."""
    headline = Owed(
        key=f"{of.key}/{team}/{channel}/headline",
        team=team,
        channel=channel,
        part=Part.HEADLINE,
        message=message(of.key),
        tells=(of.key,),
    )
    detail = replace(headline, key=f"{of.key}/{team}/{channel}/detail", part=Part.DETAIL, thread_of=headline.key)
    return headline, detail


def put_right(of: Change) -> tuple[Owed, Owed, Owed]:
    """What is written over headline and detail of the channel "C1", and the note below."""
    headline, detail = owed(of)
    note = replace(detail, key=f"{of.key}/over/note", part=Part.NOTE)
    over = [replace(one, key=f"{of.key}/over/{one.part}", thread_of=None, edits=one.key) for one in (headline, detail)]
    return over[0], over[1], note


FANNING_OUT = Holding(name=FAN_OUT, owner="the only one")


def fan_out(
    store: Store,
    keys: Sequence[str],
    messages: Sequence[Owed] = (),
    now: datetime = T0,
    later: Sequence[DigestItem] = (),
    holding: Holding = FANNING_OUT,
) -> int:
    """Write all that changes owe, under the lease it needs; how many deliveries are new."""
    if holding is FANNING_OUT:
        assert store.claim_lease(FANNING_OUT, now, LEASE)
    places = {(one.team, one.channel) for one in (*messages, *later)}
    new = store.fan_out(holding, keys, places, lambda: (messages, later), now)
    store.end_fan_out(holding, keys, now)
    return new


def tell(store: Store, of: Change, channels: Sequence[str] = ("C1",), seen_at: datetime = T0, team: str = "T1") -> None:
    """Let a change be found, and fanned out to channels."""
    store.apply(intent(of.urn, seen_at, changes=(of,)))
    fan_out(store, [of.key], [one for channel in channels for one in owed(of, channel, team)], seen_at)


def claim(store: Store, now: datetime = T0, most: int = 1) -> tuple[Delivery, ...]:
    return store.claim_deliveries(now, LEASE, "a sender", most)


def claimed(store: Store, now: datetime = T0) -> Delivery:
    (delivery,) = claim(store, now)
    return delivery


def send_next(store: Store, now: datetime = T0) -> str | None:
    """Send what may be sent next; its key. The channel's next message is due at once."""
    for one in claim(store, now):
        assert store.record([Sent(delivery=one, ts=f"ts of {one.key}", next_at=now)], now)
        return one.key
    return None


def ended(engine: Engine, key: str) -> tuple[object, ...]:
    """How a delivery ended: status, ts, trouble and when."""
    row = deliveries.c
    with reading(engine) as connection:
        found = connection.execute(select(row.status, row.ts, row.trouble, row.ended_at).where(row.key == key)).one()
    return tuple(found)
