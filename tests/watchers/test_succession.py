"""Authorities that are created and abolished while we watch: Surrey, on 1 April 2027."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from inspection_watch.demo.site import Provider
from judgements.authorities import REGISTRY, Registry
from judgements.authority import FormerName
from judgements.types import ChangeKind, Grade, NotRead
from storage.types import KnownAuthority, TroubleKind
from tests.fakes import paper
from tests.watchers.bench import EAST, SOURCE, WEST, Bench, publication
from watchers import search, succession
from watchers.listings import SearchEntry
from watchers.search import Listed, absent, identified
from watchers.succession import turns

THE_DAY = date(2027, 4, 1)
EVE = datetime(2027, 3, 31, 22, 30, tzinfo=UTC)
"""Half past eleven in the evening, in London."""


def successors() -> dict[str, str]:
    return {one.spoken: one.urn for one in REGISTRY.successors(surrey())}


def surrey() -> str:
    (one,) = [each for each in REGISTRY.all if each.name == "Surrey"]
    return one.urn


@pytest.fixture
def eve(bench: Bench) -> Bench:
    """Surrey has been watched for some days when its last one ends."""
    bench.site.admit(Provider(urn=surrey(), name="Surrey County Council"))
    bench.site.publish(publication("60000001", date(2022, 3, 11), paper(surrey(), date(2022, 1, 17)), urn=surrey()))
    bench.now[0] = EVE - timedelta(days=5)
    bench.poll()
    bench.now[0] = EVE
    return bench


def test_subscribers_are_told_once_on_the_day_londons(eve: Bench) -> None:
    eve.poll()
    assert eve.told() == []
    eve.poll(later=timedelta(minutes=40))
    told = eve.told()
    names = successors()
    assert [(change.kind, change.urn) for change in told] == [
        (ChangeKind.AUTHORITY_ABOLISHED, surrey()),
        *((ChangeKind.AUTHORITY_CREATED, urn) for urn in names.values()),
    ]
    assert {change.listing.published for change in told} == {THE_DAY}
    assert {change.listing.file_id for change in told} == {""}
    said = told[0].reading
    assert isinstance(said, NotRead)
    assert said.why == "Surrey was abolished on 1 April 2027. East Surrey and West Surrey took over."
    eve.poll()
    eve.poll(later=timedelta(days=30))
    assert eve.told() == []


def test_who_begins_to_watch_later_is_not_told(bench: Bench) -> None:
    bench.now[0] = EVE + timedelta(days=9)
    bench.poll()
    bench.poll()
    assert bench.told() == []


def test_the_new_authority_is_found_under_its_name_before_its_number_is_known(eve: Bench) -> None:
    eve.poll(later=timedelta(hours=12))
    eve.told()
    eve.site.admit(Provider(urn="2799999", name="East Surrey Council"))
    eve.site.expel(surrey())
    assert eve.poll(later=timedelta(hours=1)).troubles == (), "Surrey need not be listed any more"
    key = successors()["East Surrey"]
    body = paper(key, date(2027, 5, 3), Grade.GOOD)
    eve.site.publish(publication("60000009", date(2027, 6, 17), body, urn="2799999"))
    eve.poll(later=timedelta(days=77))
    (change,) = eve.told()
    assert (change.urn, change.listing.urn, change.kind) == (key, key, ChangeKind.NEW_INSPECTION)
    assert "/provider/44/2799999" in eve.asked


def test_what_is_counted_is_what_the_list_shows_now(eve: Bench) -> None:
    def counted() -> tuple[int, int]:
        coverage = eve.world.store.coverage()
        return coverage.authorities_baselined, coverage.sources[0].seen

    eve.poll()
    assert counted() == (3, 3)
    eve.site.admit(Provider(urn="2799999", name="East Surrey Council"))
    eve.site.admit(Provider(urn="2799998", name="West Surrey Council"))
    eve.site.expel(surrey())
    eve.poll(later=timedelta(hours=12))
    assert counted() == (4, 4), "Surrey's history is stored, and nobody counts it"


def test_a_number_that_is_known_is_taken_as_it_is_and_a_name_that_is_not_too() -> None:
    entries = tuple(
        SearchEntry(urn=urn, name=name, latest_report=None)
        for urn, name in (("80578", "West Surrey"), ("2799999", "West Surrey"), ("2799998", "Erewhon"))
    )
    found = identified(Listed(entries=entries), today=THE_DAY)
    west = successors()["West Surrey"]
    assert [entry.urn for entry in found.entries] == ["80578", west, "2799998"]
    assert found.numbers == {west: "2799999"}


def test_an_authority_that_is_no_more_may_be_missing_from_its_last_day_on() -> None:
    listed = Listed(entries=())
    before, after = datetime(2027, 3, 31, 12, tzinfo=UTC), datetime(2027, 4, 1, 12, tzinfo=UTC)
    known = {surrey(): KnownAuthority(urn=surrey())}
    assert absent(SOURCE, known, listed, now=before) == (surrey(),)
    assert absent(SOURCE, known, listed, now=after) == ()


def learn_the_number_of_east_surrey(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a release does that has it in its registry."""
    key = successors()["East Surrey"]
    rows = [
        replace(one, urn="2799999", keyed_before=(key,))
        if one.urn == key
        else replace(one, successors=tuple("2799999" if heir == key else heir for heir in one.successors))
        for one in REGISTRY.all
    ]
    later = Registry(rows)
    for rule in (search.identified, succession.turns, succession.moved, succession.keys):
        monkeypatch.setitem(rule.__kwdefaults__, "registry", later)


def test_one_that_was_listed_by_a_name_nobody_knew_is_the_same_once_its_name_or_its_number_is_known(
    eve: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = successors()["East Surrey"]
    eve.poll(later=timedelta(hours=12))
    eve.told()
    eve.site.admit(Provider(urn="2799999", name="The Unitary Council of the East"))
    eve.site.publish(publication("60000009", eve.now[0].date(), paper(key, date(2027, 4, 1)), urn="2799999"))
    eve.poll()
    (change,) = eve.told()
    assert (change.kind, change.urn) == (ChangeKind.NOT_READ, "2799999"), "it names another authority than its page"
    eve.site.admit(Provider(urn="2799999", name="East Surrey Council"))
    for _ in range(2):
        assert eve.poll(later=timedelta(days=1)).troubles == ()
    assert {key, "2799999"} & set(eve.world.store.known_authorities()) == {key}
    (change,) = eve.told()
    assert (change.kind, change.amends) == (ChangeKind.READ_AT_LAST, "not_read:2799999:60000009")
    learn_the_number_of_east_surrey(monkeypatch)
    for _ in range(2):
        assert eve.poll(later=timedelta(days=1)).troubles == ()
    assert {key, "2799999"} & set(eve.world.store.known_authorities()) == {"2799999"}
    assert eve.told() == []


def test_a_departure_that_the_registry_does_not_know_is_one_trouble_until_operators_acknowledge_it(
    bench: Bench,
) -> None:
    bench.poll()
    bench.site.expel(EAST)
    for _ in range(7):
        bench.poll(later=timedelta(hours=5))
    assert {one.kind for one in bench.world.store.open_troubles()} - {TroubleKind.NOTHING_NEW} == {
        TroubleKind.LIST_SUSPECT
    }
    bench.world.store.record_departure(EAST, bench.now[0])
    assert bench.poll().troubles == ()
    assert {one.kind for one in bench.world.store.open_troubles()} - {TroubleKind.NOTHING_NEW} == set()
    bench.site.admit(Provider(urn=EAST, name="East Sussex"))
    bench.poll()
    bench.site.expel(EAST)
    assert bench.poll().troubles, "it was back, and so it is missed again"


def test_when_its_number_is_known_what_is_remembered_goes_with_it_and_nothing_is_told_again(
    eve: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = successors()["East Surrey"]
    eve.site.admit(Provider(urn="2799999", name="East Surrey Council"))
    eve.poll(later=timedelta(hours=12))
    eve.site.publish(publication("60000009", date(2027, 6, 17), paper(key, date(2027, 5, 3)), urn="2799999"))
    eve.poll(later=timedelta(days=77))
    assert len(eve.told()) == 4
    learn_the_number_of_east_surrey(monkeypatch)
    eve.poll(full=True)
    assert eve.told() == []
    assert eve.world.store.known(key).documents == ()
    (document,) = eve.world.store.known("2799999").documents
    assert document.told == f"new_inspection:{key}:60000009"


def test_reorganisations_of_the_past_are_told_by_nobody_who_did_not_watch_then() -> None:
    known = {"1": KnownAuthority(urn="1", baseline_at=datetime(2023, 3, 1, tzinfo=UTC))}
    told = turns(known, lambda urn: urn, today=date(2023, 4, 1))
    assert {change.urn for change in told} >= {"2733690", "2733698"}
    assert turns({}, lambda urn: urn, today=THE_DAY) == ()


def test_a_new_name_is_told_once_and_a_later_one_again(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """All that it takes is the row of the registry."""
    names = (FormerName(name="West Sussex", until=THE_DAY), FormerName(name="Downland", until=date(2030, 1, 1)))
    later = Registry(replace(one, names_before=names) if one.urn == WEST else one for one in REGISTRY.all)
    for rule in (succession.turns, succession.moved, succession.keys):
        monkeypatch.setitem(rule.__kwdefaults__, "registry", later)
    bench.now[0] = EVE - timedelta(days=5)
    bench.poll()
    for day in (THE_DAY, date(2030, 1, 1)):
        bench.now[0] = datetime.combine(day, time(8), UTC)
        bench.poll()
        (change,) = [one for one in bench.told() if one.kind is ChangeKind.AUTHORITY_RENAMED]
        assert (change.key, change.urn) == (f"authority_renamed:{WEST}:{day}", WEST)
        assert change.listing.url.endswith(f"/provider/44/{WEST}")
        bench.poll(later=timedelta(days=9))
        assert bench.told() == []
