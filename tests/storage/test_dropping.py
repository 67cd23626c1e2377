"""What nobody waits for any more and was begun already, on both databases."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import Engine

from storage import dropping
from storage.engine import open_engine, writing
from storage.store import Store
from storage.types import Delivery, DeliveryStatus, Dropped, Refused, Sent
from tests.storage.examples import LEASE, MINUTE, SECOND, T0, URN, change, claim, claimed, ended, owed, send_next, tell

HEADLINE, DETAIL = (one.key for one in owed(change()))


def unsubscribe(engine: Engine) -> None:
    with writing(engine) as connection:
        dropping.unsubscribed(connection, "T1", "C1", [URN])


def refuse(store: Store, delivery: Delivery, *, uncertain: bool) -> None:
    end = Refused(delivery=delivery, next_at=T0 + MINUTE, trouble="cut", uncertain=uncertain)
    assert store.record([end], T0)


@pytest.mark.parametrize("uncertain", [True, False])
def test_what_may_stand_in_the_channel_is_looked_for_before_it_is_dropped(
    store: Store, engine: Engine, uncertain: bool
) -> None:
    tell(store, change())
    first = claimed(store)
    unsubscribe(engine)
    refuse(store, first, uncertain=uncertain)
    again = claimed(store, T0 + MINUTE)
    assert (again.key, again.unwanted, bool(again.unsure_since)) == (HEADLINE, "the channel unsubscribed", uncertain)


def test_what_was_tried_in_vain_before_is_only_dropped_at_once_if_it_cannot_stand_there(
    store: Store, engine: Engine
) -> None:
    tell(store, change())
    refuse(store, claimed(store), uncertain=False)
    unsubscribe(engine)
    assert ended(engine, HEADLINE)[0] is DeliveryStatus.DROPPED
    assert claim(store, T0 + LEASE) == ()


def test_one_that_stands_there_after_all_is_sent_and_what_belongs_to_it_still_owed(
    store: Store, engine: Engine
) -> None:
    tell(store, change())
    claimed(store)
    unsubscribe(engine)
    found = claimed(store, T0 + LEASE)
    assert store.record([Sent(delivery=found, ts="1.5", next_at=T0 + LEASE)], T0 + LEASE)
    assert send_next(store, T0 + LEASE) == DETAIL


def test_one_that_does_not_is_dropped_with_all_that_belongs_to_it_and_its_channel_is_free(
    store: Store, engine: Engine
) -> None:
    tell(store, change())
    claimed(store)
    unsubscribe(engine)
    lost, now = claimed(store, T0 + LEASE), T0 + LEASE
    assert store.record([Dropped(delivery=lost, next_at=now, trouble=lost.unwanted)], now)
    assert ended(engine, HEADLINE) == (DeliveryStatus.DROPPED, None, "the channel unsubscribed", now)
    assert ended(engine, DETAIL)[0] is DeliveryStatus.DROPPED
    tell(store, change("next"))
    assert claimed(store, now + SECOND).key == "next/T1/C1/headline"
    assert store.coverage().dead == 0


@pytest.mark.postgres
def test_who_drops_waits_for_who_claims(postgresql_url: str) -> None:
    """Else what is being claimed at the same moment would be dropped, and sent."""
    engine = open_engine(postgresql_url)
    tell(Store(engine), change())
    dropped = threading.Event()

    def drop() -> None:
        unsubscribe(engine)
        dropped.set()

    with writing(engine) as connection:
        dropping.hold(connection, [("T1", "C1")])
        thread = threading.Thread(target=drop)
        thread.start()
        assert not dropped.wait(0.3)
    thread.join()
    assert ended(engine, HEADLINE)[0] is DeliveryStatus.DROPPED
    engine.dispose()
