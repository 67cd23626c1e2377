"""Values survive storage whole: as JSON, and through the columns of both databases."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass, replace
from datetime import datetime, timedelta, timezone
from itertools import count
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from sqlalchemy import Engine, text

from judgements.types import Change, NotRead, Reading, Status
from storage.codec import CHANGE, READING, escape, unescape
from storage.engine import writing
from storage.store import Store
from storage.types import KnownDocument, SourceState, Visit
from tests.storage.examples import T0, URN, change, document, intent, listing, report

MOMENTS = st.datetimes(
    datetime(1950, 1, 1),  # noqa: DTZ001
    datetime(2150, 1, 1),  # noqa: DTZ001
    timezones=st.integers(-12, 14).map(lambda hours: timezone(timedelta(hours=hours))),
)


# Integers are counts, and end where PostgreSQL's do.
PLAIN: dict[Any, st.SearchStrategy[Any]] = {datetime: MOMENTS, int: st.integers(0, 2**31 - 1)}


def any_of(hint: Any) -> st.SearchStrategy[Any]:
    """Values of a type of ours in which every field varies, also those that have a default."""
    parts = get_args(hint)
    if get_origin(hint) in (Union, UnionType):
        return st.one_of(*map(any_of, parts))
    if get_origin(hint) is tuple:
        return st.lists(any_of(parts[0]), max_size=3).map(tuple) if ... in parts else st.tuples(*map(any_of, parts))
    if is_dataclass(hint):
        hints = get_type_hints(hint)
        return st.builds(hint, **{field.name: any_of(hints[field.name]) for field in fields(hint)})
    return PLAIN[hint] if hint in PLAIN else st.from_type(hint)


NUMBERS = count()
"""The store of a test is the same for all of its examples, and a change is told once."""

few = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
many = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@many
@given(any_of(Reading))
def test_a_reading_survives_json(reading: Reading) -> None:
    assert READING.decode(json.loads(json.dumps(READING.encode(reading)))) == reading


@many
@given(any_of(Change))
def test_a_change_survives_json(told: Change) -> None:
    decoded = CHANGE.decode(json.loads(json.dumps(CHANGE.encode(told))))
    assert decoded == told
    assert hash(decoded) == hash(told)


@many
@given(st.text() | st.text("\\u0000\x0005c"))
def test_any_text_survives_and_nothing_is_stored_that_a_database_refuses(text: str) -> None:
    assert unescape(escape(text)) == text
    assert "\0" not in escape(text)


def test_an_absent_list_is_not_an_empty_one() -> None:
    for improvements in (None, ()):
        read = replace(report(), improvements=improvements)
        assert READING.decode(READING.encode(read)) == read


def test_a_row_from_before_a_field_existed_is_read_with_its_default() -> None:
    stored = READING.encode(report())
    del stored["visit_number"]
    assert READING.decode(stored) == report()


@pytest.mark.parametrize("stored", [{}, {"status": "parsed"}, [], "good", None])
def test_what_is_no_reading_is_refused(stored: object) -> None:
    with pytest.raises(ValidationError):
        READING.decode(stored)


@few
@given(found=any_of(KnownDocument), told=any_of(Change))
def test_documents_and_changes_survive_the_database(store: Store, found: KnownDocument, told: Change) -> None:
    listing = replace(found.listing, file_id="1", urn=URN)
    found = replace(found, listing=listing, sha256="ab", told_sha256="ab", parser="p", first_seen_at=T0)
    told = replace(told, key=f"change {next(NUMBERS)}", urn=URN)
    store.apply(intent(documents=(found,), changes=(told,)))
    assert store.known(URN).documents == (found,)
    assert told in [one.change for one in store.waiting_changes(999, T0)]


def test_a_reading_that_cannot_be_decoded_is_no_reading_and_breaks_nothing(store: Store, engine: Engine) -> None:
    store.apply(intent(documents=(document(listing("1"), sha256="ab", reading=report(), parser="today"),)))
    with writing(engine) as connection:
        connection.execute(text("""UPDATE documents SET reading = '{"kind": "of another time"}'"""))
    (found,) = store.known(URN).documents
    assert (found.reading, found.parser, found.sha256) == (None, None, "ab")
    assert store.history(URN) == (found,)


@few
@given(visit=any_of(Visit), state=any_of(SourceState))
def test_visits_and_sources_survive_the_database(store: Store, visit: Visit, state: SourceState) -> None:
    visit, state = replace(visit, sha256="ab", meaning="cd"), replace(state, key=f"source {next(NUMBERS)}")
    store.record_visit(visit)
    assert store.visit(visit.url) == visit
    store.release_source(state)
    assert store.source(state.key) == state


def test_a_word_that_no_enumeration_knows_is_refused() -> None:
    with pytest.raises(ValidationError, match="kind"):
        CHANGE.decode(CHANGE.encode(change()) | {"kind": "rumour"})


@pytest.mark.parametrize("text", ["plain", "a NUL \x00 in it", "a backslash \\ in it", "a line\nand a “quote” \\u0041"])
def test_what_a_column_holds_is_decoded_as_text_too(text: str) -> None:
    reading = NotRead(status=Status.UNREADABLE, why=text)
    stored = json.dumps(READING.encode(reading))
    assert READING.decode(stored) == READING.decode(stored.encode()) == reading
