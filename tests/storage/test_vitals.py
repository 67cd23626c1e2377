"""What is counted for the operators' instruments, on both databases."""

from __future__ import annotations

from sqlalchemy import Engine, update

from judgements.types import NotRead, Status
from storage.engine import writing
from storage.schema import deliveries
from storage.store import Store
from storage.types import DeliveryStatus, Standing
from storage.vitals import DocumentOutcome, Vitals, Waiting
from tests.storage.examples import MINUTE, T0, change, document, intent, listing, report, tell

NOTHING = Waiting(number=0, since=None)


def test_an_empty_database_has_noughts_and_nothing_that_waits(store: Store) -> None:
    nothing = dict.fromkeys(DocumentOutcome, NOTHING)
    assert store.vitals() == Vitals(sources=(), documents=nothing, changes=NOTHING, deliveries=NOTHING, dead=0)


def test_documents_are_counted_by_what_became_of_them_and_the_oldest_says_since_when(store: Store) -> None:
    unread = NotRead(status=Status.UNREADABLE, why="a page has no text")
    store.apply(
        intent(
            documents=(
                document(listing("1"), reading=report()),
                document(listing("2"), reading=unread, first_seen_at=T0 + MINUTE),
                document(listing("3"), reading=unread),
                document(listing("4"), standing=Standing.AWAITED, first_seen_at=T0 - MINUTE),
            )
        )
    )
    assert store.vitals().documents == {
        DocumentOutcome.READ: Waiting(number=1, since=T0),
        DocumentOutcome.UNREAD: Waiting(number=2, since=T0),
        DocumentOutcome.AWAITED: Waiting(number=1, since=T0 - MINUTE),
    }


def test_a_change_waits_until_it_is_fanned_out_and_its_messages_until_they_are_sent_or_given_up(
    store: Store, engine: Engine
) -> None:
    store.apply(intent(changes=(change("first"),)))
    store.apply(intent(now=T0 + MINUTE, changes=(change("second"),)))
    assert store.vitals().changes == Waiting(number=2, since=T0)
    tell(store, change("first"), seen_at=T0 + 2 * MINUTE)
    found = store.vitals()
    assert found.changes == Waiting(number=1, since=T0 + MINUTE)
    assert found.deliveries == Waiting(number=2, since=T0 + 2 * MINUTE)
    with writing(engine) as connection:
        connection.execute(update(deliveries).values(status=DeliveryStatus.DEAD))
    assert (store.vitals().deliveries, store.vitals().dead) == (NOTHING, 2)


def test_a_source_is_shown_as_it_was_left(store: Store) -> None:
    state = store.claim_source("list", T0, MINUTE)
    assert state is not None
    assert store.vitals().sources == (state,)
