"""What the operator does with messages that were given up, on both databases."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Engine, text

from storage.engine import writing
from storage.store import Store
from storage.types import Dead, DeadLetter, Part
from tests.storage.examples import (
    FANNING_OUT,
    LEASE,
    MINUTE,
    T0,
    change,
    claim,
    claimed,
    listing,
    owed,
    send_next,
    tell,
)


def kill(store: Store, number: int = 1) -> None:
    for _ in range(number):
        (one,) = claim(store)
        store.record([Dead(delivery=one, next_at=T0, trouble="too long")], T0 + MINUTE)


def retry(store: Store, now: datetime, key: str | None = None) -> int:
    assert store.claim_lease(FANNING_OUT, now, LEASE)
    return store.retry_dead(FANNING_OUT, now, key).revived


def test_the_dead_are_listed_with_the_reason(store: Store) -> None:
    tell(store, change())
    kill(store)
    assert store.dead_letters(9) == (
        DeadLetter(
            key="new/T1/C1/headline",
            team="T1",
            channel="C1",
            part=Part.HEADLINE,
            text=owed(change())[0].message.text,
            trouble="too long",
            attempts=1,
            since=T0,
            ended_at=T0 + MINUTE,
        ),
    )
    assert store.dead_letters(0) == ()


def test_one_that_is_tried_again_takes_what_died_in_its_thread_with_it(store: Store) -> None:
    tell(store, change())
    tell(store, change("other", listing("2")))
    kill(store, 4)
    assert retry(store, T0, "new/T1/C1/headline") == 2
    assert [send_next(store, T0 + MINUTE) for _ in range(3)] == ["new/T1/C1/headline", "new/T1/C1/detail", None]
    assert store.coverage().dead == 2


def test_one_that_may_stand_there_all_the_same_is_looked_for_when_it_is_tried_again(store: Store) -> None:
    tell(store, change())
    store.record([Dead(delivery=claimed(store), next_at=T0, trouble="Slack had a fault.", uncertain=True)], T0)
    assert retry(store, T0 + MINUTE, "new/T1/C1/headline") == 1
    again = claimed(store, T0 + MINUTE)
    assert (again.unsure_since, again.unsure_until) == (T0, T0)


def test_all_are_tried_again_and_none_twice(store: Store) -> None:
    tell(store, change(), ["C1", "C2"])
    kill(store, 4)
    assert retry(store, T0) == 4
    assert retry(store, T0) == 0
    assert (store.coverage().waiting, store.coverage().dead) == (4, 0)


def test_however_many_there_are(store: Store, engine: Engine) -> None:
    """PostgreSQL takes 65,535 parameters."""
    store.owe(owed(change()), T0)
    columns = "team, channel, part, message, attempts, unfinished, trouble, created_at"
    many = "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 66000) "
    one = f"SELECT n, {columns}, 'dead' FROM deliveries, n WHERE thread_of IS NULL"
    key = "CAST(n AS TEXT)" if engine.dialect.name == "postgresql" else "n"
    with writing(engine) as connection:
        insertion = f"INSERT INTO deliveries (key, {columns}, status) {many} {one.replace('n,', f'{key},', 1)}"
        connection.execute(text(insertion))
    assert retry(store, T0) == 66_000
    with writing(engine) as connection:
        connection.execute(text("UPDATE deliveries SET status = 'dead'"))
    assert store.drop_dead(T0) == 66_002


def test_one_that_is_dropped_is_neither_dead_nor_sent(store: Store) -> None:
    tell(store, change())
    kill(store, 2)
    assert store.drop_dead(T0, "no such key") == 0
    assert store.drop_dead(T0, "new/T1/C1/detail") == 1
    assert store.drop_dead(T0) == 1
    assert (store.coverage().waiting, store.coverage().dead) == (0, 0)
    assert retry(store, T0) == 0


def test_only_the_dead_are_tried_again_or_dropped(store: Store) -> None:
    tell(store, change())
    assert retry(store, T0, "new/T1/C1/headline") == 0
    assert store.drop_dead(T0, "new/T1/C1/headline") == 0
    assert store.coverage().waiting == 2
