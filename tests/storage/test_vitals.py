"""What is counted for the operators' instruments, on both databases."""

from __future__ import annotations

from sqlalchemy import Engine, insert, update

from judgements.types import NotRead, Status
from storage.engine import writing
from storage.schema import channels, deliveries, sources, workspaces
from storage.store import Store
from storage.types import DeliveryStatus, Standing, TroubleKind
from storage.vitals import DocumentOutcome, Vitals, Waiting
from tests.storage.examples import MINUTE, T0, change, document, intent, listing, report, tell

NOTHING = Waiting(number=0, since=None)


def test_an_empty_database_has_noughts_and_nothing_that_waits(store: Store) -> None:
    nothing = dict.fromkeys(DocumentOutcome, NOTHING)
    assert store.vitals() == Vitals(
        sources=(),
        documents=nothing,
        changes=NOTHING,
        deliveries=NOTHING,
        paused_channels=0,
        paused_workspaces=0,
        dead=0,
        troubles={},
    )


def test_documents_are_counted_by_what_became_of_them_and_the_oldest_says_since_when(store: Store) -> None:
    unread = NotRead(status=Status.UNREADABLE, why="a page has no text")
    store.apply(
        intent(
            documents=(
                document(listing("1"), reading=report()),
                document(listing("2"), reading=unread, first_seen_at=T0 + MINUTE),
                document(listing("3"), reading=unread),
                document(listing("4"), standing=Standing.AWAITED, first_seen_at=T0 - MINUTE),
                document(listing("5"), reading=unread, withdrawn_at=T0),
                document(listing("6"), reading=unread, same_as="2"),
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


def test_messages_that_wait_for_a_pause_to_end_are_not_late(store: Store, engine: Engine) -> None:
    tell(store, change("first"), ("C1", "C2"))
    tell(store, change("second"), ("C3",), team="T2", seen_at=T0 + MINUTE)
    with writing(engine) as connection:
        connection.execute(update(channels).where(channels.c.channel == "C1").values(paused_at=T0))
    found = store.vitals()
    assert (found.deliveries, found.paused_channels) == (Waiting(number=4, since=T0), 1)
    with writing(engine) as connection:
        connection.execute(insert(workspaces).values(team="T1", paused_at=T0))
    found = store.vitals()
    assert (found.deliveries, found.paused_workspaces) == (Waiting(number=2, since=T0 + MINUTE), 1)


def test_a_source_is_shown_as_it_was_left(store: Store, engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(
            insert(sources).values(key="list", last_ok_at=T0, failures=2, trouble="it is slow", seen=153)
        )
    (source,) = store.vitals().sources
    assert (source.key, source.last_ok_at, source.failures, source.seen) == ("list", T0, 2, 153)


def test_troubles_are_counted_by_kind_while_they_last(store: Store) -> None:
    for key, now in (("a", T0 + MINUTE), ("b", T0)):
        store.raise_trouble(key, TroubleKind.PAGE_SUSPECT, "a page lists less", now)
    store.raise_trouble("c", TroubleKind.UNREAD, "a document is not read", T0)
    store.end_trouble("c", T0 + MINUTE)
    assert store.vitals().troubles == {TroubleKind.PAGE_SUSPECT: Waiting(number=2, since=T0)}
