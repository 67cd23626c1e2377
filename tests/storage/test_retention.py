"""What is forgotten, and what never is, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Engine, insert, select, update

from storage import dropping
from storage.engine import reading, writing
from storage.schema import changes, deliveries, fetches, messages, tellings, visits
from storage.store import Store
from storage.types import DeliveryStatus, Fetch, Owed, Part, TroubleKind, Visit
from tests.storage.examples import MINUTE, T0, URN, change, document, intent, listing, message, owed, tell

LATER = T0 + MINUTE
ALL = 100


def end(engine: Engine, *keys: str, status: DeliveryStatus = DeliveryStatus.SENT) -> None:
    """These deliveries ended at T0."""
    with writing(engine) as connection:
        ended = update(deliveries).where(deliveries.c.key.in_(keys))
        connection.execute(ended.values(status=status, ended_at=T0))


def keys(engine: Engine) -> set[str]:
    with reading(engine) as connection:
        return set(connection.scalars(select(deliveries.c.key)))


def keys_of(*pairs: tuple[Owed, Owed]) -> list[str]:
    return [one.key for pair in pairs for one in pair]


class TestMessages:
    def test_what_ended_long_ago_is_forgotten_with_all_that_belongs_to_it_alone(
        self, store: Store, engine: Engine
    ) -> None:
        tell(store, change("old"), ("C1", "C2"))
        first, second = owed(change("old"), "C1"), owed(change("old"), "C2")
        end(engine, *keys_of(first))
        end(engine, *keys_of(second), status=DeliveryStatus.DEAD)
        assert store.forget_messages(T0, ALL) == 0, "it is not older than that"
        assert store.forget_messages(LATER, ALL) == 4
        with reading(engine) as connection:
            assert [connection.execute(select(table)).all() for table in (deliveries, tellings, messages)] == [
                [],
                [],
                [],
            ]
            assert connection.scalar(select(changes.c.key)) == "old", "the change remembers that it was told"
        assert store.waiting_changes(ALL, LATER + timedelta(days=1)) == (), "so it is not told again"

    def test_what_was_dropped_is_forgotten_by_the_time_it_was_owed(self, store: Store, engine: Engine) -> None:
        tell(store, change("unwanted"), ("C1",))
        with writing(engine) as connection:
            dropping.unsubscribed(connection, "T1", "C1", [URN])
        assert store.forget_messages(T0, ALL) == 0
        assert store.forget_messages(LATER, ALL) == 2

    def test_what_waits_is_kept_with_what_it_answers_or_corrects(self, store: Store, engine: Engine) -> None:
        tell(store, change("answered"), ("C1",))
        headline, detail = owed(change("answered"), "C1")
        tell(store, change("corrected"), ("C2",))
        told, its_detail = owed(change("corrected"), "C2")
        end(engine, headline.key, told.key, its_detail.key)
        correction = replace(told, key="edit", part=Part.NOTE, edits=told.key, tells=())
        store.owe([correction], T0)
        assert store.forget_messages(LATER, ALL) == 1
        assert keys(engine) == {headline.key, detail.key, told.key, "edit"}

    def test_a_message_that_another_delivery_says_too_is_kept(self, store: Store, engine: Engine) -> None:
        tell(store, change("shared"), ("C1", "C2"))
        end(engine, *keys_of(owed(change("shared"), "C1")))
        assert store.forget_messages(LATER, ALL) == 2
        with reading(engine) as connection:
            assert connection.scalars(select(messages.c.text)).all() == [message("shared").text]

    def test_so_many_are_forgotten_at_a_time_the_oldest_first(self, store: Store, engine: Engine) -> None:
        for name in ("first", "second"):
            tell(store, change(name), ("C1",))
            end(engine, *keys_of(owed(change(name), "C1")))
        assert store.forget_messages(LATER, 3) == 3
        assert keys(engine) == {owed(change("second"), "C1")[1].key}
        assert (store.forget_messages(LATER, 3), store.forget_messages(LATER, 3)) == (1, 0)


class TestCopies:
    def test_only_what_nothing_refers_to_is_forgotten(self, store: Store, engine: Engine) -> None:
        copies = ("document", "told", "page", "trouble", "loose", "fresh")
        with writing(engine) as connection:
            for name in copies:
                at = LATER if name == "fresh" else T0
                row = Fetch(sha256=name, url=f"https://site.example/{name}", fetched_at=at, size=1)
                connection.execute(insert(fetches).values(columns(row)))
        store.apply(intent(documents=(document(listing(), sha256="document", told_sha256="told"),)))
        store.record_visit(Visit(url="https://site.example/", etag=None, last_modified=None, sha256="page", at=T0))
        store.raise_trouble("a", TroubleKind.PAGE_SUSPECT, "a page lists less", T0, copy="trouble")
        assert store.forget_copies(LATER, ALL) == ("loose",)
        with reading(engine) as connection:
            assert set(connection.scalars(select(fetches.c.sha256))) == {*copies} - {"loose"}
            assert connection.scalar(select(visits.c.sha256)) == "page"

    def test_what_came_again_from_elsewhere_is_as_young_as_its_last_coming(self, store: Store, engine: Engine) -> None:
        with writing(engine) as connection:
            for number, at in enumerate((T0, LATER)):
                row = Fetch(sha256="same", url=f"https://site.example/{number}", fetched_at=at, size=1)
                connection.execute(insert(fetches).values(columns(row)))
        assert store.forget_copies(LATER, ALL) == ()
        assert store.forget_copies(LATER + MINUTE, ALL) == ("same",)


def columns(row: Fetch) -> dict[str, object]:
    return {name: getattr(row, name) for name in ("sha256", "url", "fetched_at", "size", "headers")}
