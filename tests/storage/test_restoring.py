"""A database that was put back from a copy: what it owes, and comes to owe, may have been told since."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from storage.restoring import NOTICED_AGAIN, Restoration
from storage.store import Store
from storage.types import Dead, Delivery, Sent, Visit
from tests.storage.examples import (
    FANNING_OUT,
    LEASE,
    MINUTE,
    T0,
    URN,
    change,
    claim,
    claimed,
    intent,
    listing,
    owed,
    tell,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
RESTORED = T0 + DAY
FUTURE = T0 + timedelta(days=365)


def test_the_moment_of_the_copy_is_the_newest_that_it_knows_of(store: Store) -> None:
    store.apply(intent(URN, T0 - HOUR))
    tell(store, change(), seen_at=T0)
    page = Visit(url="https://site.example", etag=None, last_modified=None, sha256="x", at=T0 + MINUTE, meaning="{}")
    store.record_visit(page)
    assert store.put_back(RESTORED) == Restoration(restored_at=RESTORED, copied_at=T0 + MINUTE)


@pytest.mark.parametrize("newest", [None, RESTORED + HOUR], ids=["it knows nothing", "its clock was fast"])
def test_it_is_never_after_the_restoration(store: Store, newest: datetime | None) -> None:
    if newest is not None:
        store.apply(intent(URN, newest))
    assert store.put_back(RESTORED).copied_at == RESTORED


def test_what_it_owes_already_is_looked_for_before_it_is_sent_and_what_it_sent_is_not_sent_again(store: Store) -> None:
    tell(store, change(), ("C1", "C2"))
    sent = claimed(store)
    store.record([Sent(delivery=sent, ts="1.0", next_at=T0 + DAY)], T0)
    store.put_back(RESTORED)
    found = claim(store, RESTORED, most=9)
    assert [(one.again, one.unsure_since, one.unsure_until) for one in found] == [(False, T0, RESTORED)] * 2
    assert sent.key not in {one.key for one in found}


def test_what_was_being_sent_at_the_moment_of_the_copy_is_looked_for_since_that_attempt(store: Store) -> None:
    tell(store, change(), seen_at=T0 - 2 * HOUR)
    claimed(store, T0 - HOUR)
    store.apply(intent(URN, T0))
    store.put_back(RESTORED)
    one = claimed(store, RESTORED)
    assert (one.unsure_since, one.unsure_until) == (T0 - HOUR, RESTORED)


def test_a_clock_that_was_a_year_ahead_for_one_message_is_not_the_moment_of_the_copy(store: Store) -> None:
    tell(store, change(), ("C1", "C2"))
    store.record([Sent(delivery=claimed(store, FUTURE), ts="1.0", next_at=FUTURE)], FUTURE)
    claimed(store, FUTURE)
    assert store.put_back(RESTORED).copied_at == T0
    store.take_over(RESTORED)
    found = claim(store, RESTORED + HOUR, most=9)
    assert [(one.unsure_since, one.unsure_until) for one in found] == [(T0, RESTORED)]


def test_what_had_been_given_up_may_have_been_sent_again_since(store: Store) -> None:
    tell(store, change())
    dead = claimed(store)
    store.record([Dead(delivery=dead, next_at=T0, trouble="too long")], T0)
    store.put_back(RESTORED)
    assert store.claim_lease(FANNING_OUT, RESTORED, LEASE)
    store.retry_dead(FANNING_OUT, RESTORED, dead.key)
    again = claimed(store, RESTORED)
    assert (again.key, again.unsure_since, again.unsure_until) == (dead.key, T0, RESTORED)


def test_what_it_comes_to_owe_of_what_was_published_before_is_looked_for_since_the_copy(store: Store) -> None:
    store.apply(intent(URN, T0))
    store.put_back(RESTORED)
    tell(store, change(), seen_at=RESTORED + HOUR)
    one = claimed(store, RESTORED + HOUR)
    assert (one.again, one.unsure_since, one.unsure_until) == (True, T0, RESTORED)
    assert one.tells == ("new",)
    again = claimed(store, RESTORED + 2 * HOUR)
    assert (again.again, again.unsure_since) == (True, T0)
    assert again.unsure_until == RESTORED + HOUR, "it may be an attempt of our own that has to be found"


def test_what_was_published_later_cannot_have_been_told_before(store: Store) -> None:
    store.apply(intent(URN, T0))
    store.put_back(RESTORED)
    later = change(of=listing(published=RESTORED.date() + DAY))
    tell(store, later, seen_at=RESTORED + DAY)
    one = claimed(store, RESTORED + DAY)
    assert (one.again, one.unsure_since) == (False, None)


def test_in_the_end_all_of_it_has_been_noticed_again(store: Store) -> None:
    store.apply(intent(URN, T0))
    store.put_back(RESTORED)
    assert store.may_have_been_told(RESTORED + NOTICED_AGAIN - HOUR) == RESTORED.date()
    assert store.may_have_been_told(RESTORED + NOTICED_AGAIN) is None
    tell(store, change(), seen_at=RESTORED + NOTICED_AGAIN)
    assert not claimed(store, RESTORED + NOTICED_AGAIN).again


def test_without_a_restoration_nothing_is_in_doubt(store: Store) -> None:
    tell(store, change())
    assert store.may_have_been_told(T0) is None
    one = claimed(store)
    assert (one.again, one.unsure_since, one.tells) == (False, None, ("new",))


def test_a_correction_tells_what_the_message_tells_that_it_corrects(store: Store) -> None:
    tell(store, change())
    headline = claimed(store)
    store.record([Sent(delivery=headline, ts="1.0", next_at=T0 + DAY, in_another=True)], T0)
    edit = owed(change("corrected", listing()))[0]
    store.apply(intent(URN, T0, changes=(change("corrected", listing()),)))
    store.owe([replace(edit, edits=headline.key)], T0)
    found = {one.key: one for turn in range(3) for one in _sent_next(store, T0 + DAY + turn * HOUR)}
    one = found[edit.key]
    assert (one.tells, one.edits_another) == (("corrected", "new"), True)


def _sent_next(store: Store, now: datetime) -> tuple[Delivery, ...]:
    found = claim(store, now)
    store.record([Sent(delivery=one, ts="2.0", next_at=now) for one in found], now)
    return found
