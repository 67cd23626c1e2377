"""What was given up and is sent after all says what there is to say then, on both databases."""

from __future__ import annotations

import pytest

from bot.alerting.fanout import fan_out_waiting
from bot.alerting.retrying import retry
from bot.alerting.telling import Form
from judgements.types import Change, ChangeKind
from storage.store import FAN_OUT, LostLeaseError, Store
from storage.types import Dead, Delivery, Holding, Retried
from tests.bot.examples import IN_2026, T0, inspection
from tests.bot.test_fanout import (
    CORRECTED,
    IMPROVED,
    KENT,
    MINUTE,
    WITHDRAWN,
    WS,
    amending,
    deliver,
    find,
    forms,
    of,
    publish,
    said,
    wish,
)

CORRECTED_AGAIN = amending(ChangeKind.CORRECTED, IMPROVED, inspection("GGGG", "R", IN_2026), 2)
AT_WORK = Holding(name=FAN_OUT, owner="the operator")


def kill(store: Store, number: int) -> None:
    """Slack will never take the next messages."""
    for _ in range(number):
        (one,) = store.claim_deliveries(T0, MINUTE, "me", 1)
        store.record([Dead(delivery=one, next_at=T0, trouble="invalid_blocks")], T0)


def retried(store: Store, key: str | None = None) -> Retried:
    assert store.claim_lease(AT_WORK, T0, MINUTE)
    done = retry(store, AT_WORK, T0, key)
    store.end_lease(AT_WORK)
    return done


def sent_after(store: Store, expected: Retried) -> list[Delivery]:
    assert retried(store) == expected
    return deliver(store, T0 + 2 * MINUTE)


@pytest.fixture
def subscribed(store: Store) -> Store:
    store.put_subscriptions([wish()])
    return store


def test_what_nothing_has_overtaken_is_sent_as_it_was(subscribed: Store) -> None:
    publish(subscribed, IMPROVED)
    kill(subscribed, 2)
    assert forms(sent_after(subscribed, Retried(revived=2, dropped=0))) == [Form.HEADLINE, Form.DETAIL]


@pytest.mark.parametrize("later", [CORRECTED, WITHDRAWN])
def test_what_has_been_corrected_since_in_a_message_of_its_own_is_not_sent_any_more(
    later: Change, subscribed: Store
) -> None:
    publish(subscribed, IMPROVED)
    kill(subscribed, 2)
    publish(subscribed, later, at=T0 + MINUTE)
    assert Form.HEADLINE in forms(deliver(subscribed, T0 + MINUTE))
    assert sent_after(subscribed, Retried(revived=0, dropped=2)) == []
    assert subscribed.coverage().dead == 0


def test_what_was_to_be_written_over_it_meanwhile_is_what_it_says(subscribed: Store) -> None:
    """The correction came while the message was still to be sent, so that nothing else tells of it."""
    publish(subscribed, IMPROVED)
    publish(subscribed, CORRECTED, at=T0 + MINUTE)
    kill(subscribed, 5)
    sent = sent_after(subscribed, Retried(revived=5, dropped=0))
    assert forms(sent)[:2] == [Form.HEADLINE, Form.DETAIL]
    assert "declined" in said(sent[0])
    assert sent[0].message == next(one.message for one in sent if one.edits == sent[0].key)


def test_the_card_of_a_morning_is_sent_as_it_is_to_be_read_now(subscribed: Store) -> None:
    publish(subscribed, IMPROVED, of(KENT))
    kill(subscribed, 3)
    publish(subscribed, CORRECTED, at=T0 + MINUTE)
    deliver(subscribed, T0 + MINUTE)
    sent = sent_after(subscribed, Retried(revived=2, dropped=1))
    assert forms(sent) == [Form.BURST, Form.WHOLE]
    assert "declined" in said(sent[0])
    assert "Kent" in said(sent[1])


def test_a_correction_that_was_given_up_says_what_there_is_to_say_now(store: Store) -> None:
    store.put_subscriptions([wish()])
    publish(store, IMPROVED)
    original, _ = deliver(store)
    publish(store, CORRECTED)
    kill(store, 1)
    deliver(store)
    publish(store, CORRECTED_AGAIN, at=T0 + MINUTE)
    *_, present = [one.message for one in deliver(store, T0 + MINUTE) if one.edits == original.key]
    (edit,) = sent_after(store, Retried(revived=1, dropped=0))
    assert (edit.edits, edit.message) == (original.key, present)


def test_the_changes_that_wait_are_told_before_or_after_and_never_meanwhile(subscribed: Store) -> None:
    publish(subscribed, IMPROVED)
    kill(subscribed, 2)
    find(subscribed, CORRECTED, at=T0 + MINUTE)
    assert subscribed.claim_lease(AT_WORK, T0 + MINUTE, MINUTE)
    assert fan_out_waiting(subscribed, "me", T0 + MINUTE) == 0
    assert retry(subscribed, AT_WORK, T0 + MINUTE).revived == 2
    subscribed.end_lease(AT_WORK)
    assert fan_out_waiting(subscribed, "me", T0 + MINUTE) == 1
    sent = deliver(subscribed, T0 + MINUTE)
    assert [bool(one.edits) for one in sent][:2] == [False, False]
    assert any(one.edits == sent[0].key and "declined" in said(one) for one in sent)
    with pytest.raises(LostLeaseError):
        retry(subscribed, AT_WORK, T0 + MINUTE)


def test_one_message_is_tried_again_by_its_key(subscribed: Store) -> None:
    subscribed.put_subscriptions([wish("C2", WS)])
    publish(subscribed, IMPROVED)
    for _ in range(2):
        for one in subscribed.claim_deliveries(T0, MINUTE, "me", 2):
            subscribed.record([Dead(delivery=one, next_at=T0, trouble="invalid_blocks")], T0)
    key = next(one.key for one in subscribed.dead_letters(9) if one.channel == "C2")
    assert retried(subscribed, key) == Retried(revived=2, dropped=0)
    assert {one.channel for one in deliver(subscribed, T0 + MINUTE)} == {"C2"}
