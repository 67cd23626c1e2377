"""Authorities that were and that are to come: who took over from whom, and whom a name means on which day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from judgements.authorities import AS_OF, REGISTRY, Ambiguous, Authority, Found, Registry, Unknown
from judgements.authority import FormerName, authorities

DAY = timedelta(days=1)
TURN = date(2027, 4, 1)
BEFORE, AFTER = REGISTRY.on(TURN - DAY), REGISTRY.on(TURN)
SURREY = "80567"


def names(authorities: tuple[Authority, ...]) -> list[str]:
    return [authority.spoken for authority in authorities]


def meant(found: Found) -> list[str]:
    match found:
        case Authority():
            return [found.urn]
        case Ambiguous(candidates=candidates):
            return [one.urn for one in candidates]
        case Unknown():
            return []


PAST = {
    date(2009, 4, 1): [
        (["Bedfordshire"], ["Bedford Borough", "Central Bedfordshire"]),
        (["Cheshire"], ["Cheshire East", "Cheshire West and Chester"]),
    ],
    date(2019, 4, 1): [
        (["Bournemouth", "Dorset (until 2019)", "Poole"], ["Bournemouth, Christchurch and Poole", "Dorset"]),
    ],
    date(2021, 4, 1): [(["Northamptonshire"], ["North Northamptonshire", "West Northamptonshire"])],
    date(2023, 4, 1): [(["Cumbria"], ["Cumberland", "Westmorland and Furness"])],
    TURN: [(["Surrey"], ["East Surrey", "West Surrey"])],
}


@pytest.mark.parametrize("day", PAST, ids=str)
def test_a_reorganisation_is_told_on_its_day_and_on_no_other(day: date) -> None:
    on_the_day = REGISTRY.changes_between(day - DAY, day)
    assert [(names(one.abolished), names(one.created)) for one in on_the_day] == PAST[day]
    assert {one.day for one in on_the_day} == {day}
    assert REGISTRY.changes_between(day - 2 * DAY, day - DAY) == REGISTRY.changes_between(day, day + DAY) == ()


def test_whoever_looks_again_after_years_is_told_all_of_it_in_order() -> None:
    told = REGISTRY.changes_between(date(2005, 1, 1), date(2030, 1, 1))
    assert [one.day for one in told] == [day for day, ones in PAST.items() for _ in ones]


def test_a_county_that_goes_on_as_one_authority_is_no_change() -> None:
    continuing = {"80530", "80555", "80442", "80454", "80465", "80532", "80552", "80580"}
    told = REGISTRY.changes_between(date(2005, 1, 1), date(2030, 1, 1))
    assert continuing.isdisjoint(one.urn for change in told for one in (*change.abolished, *change.created))
    assert continuing <= {one.urn for one in REGISTRY.on(date(2010, 1, 1)).current}


@pytest.mark.parametrize("one", [one for one in REGISTRY.all if one.abolished], ids=lambda one: one.slug)
def test_successors_open_on_the_day_their_predecessor_is_abolished(one: Authority) -> None:
    successors = REGISTRY.successors(one.urn)
    assert len(successors) == len(one.successors) > 0
    assert {each.opened for each in successors} == {one.abolished}
    assert all(one in REGISTRY.predecessors(each.urn) for each in successors)


@pytest.mark.parametrize("one", [one for one in REGISTRY.all if one.opened], ids=lambda one: one.slug)
def test_whoever_opened_took_over_from_somebody(one: Authority) -> None:
    assert one.opened in {each.abolished for each in REGISTRY.predecessors(one.urn)}


def test_keys_are_unique_and_those_of_our_own_are_no_numbers() -> None:
    assert len({one.urn for one in REGISTRY.all}) == len(REGISTRY.all)
    provisional = [one for one in REGISTRY.all if one.provisional]
    assert provisional
    assert all(not one.urn[0].isdecimal() and REGISTRY.by_urn(one.urn) == one for one in provisional)
    assert not any(one.provisional for one in REGISTRY.current)


@pytest.mark.parametrize(
    ("day", "number"),
    [
        (date(2009, 3, 31), 150),
        (date(2009, 4, 1), 152),
        (date(2019, 3, 31), 152),
        (date(2019, 4, 1), 151),
        (date(2021, 4, 1), 152),
        (date(2023, 4, 1), 153),
        (AS_OF, 153),
        (TURN - DAY, 153),
        (TURN, 154),
    ],
)
def test_england_has_as_many_authorities_as_it_had(day: date, number: int) -> None:
    assert len(REGISTRY.on(day).current) == number
    assert sum(len(region.authorities) for region in REGISTRY.on(day).regions) == number


def test_the_registry_speaks_of_the_day_it_was_checked_until_something_changes() -> None:
    assert REGISTRY.on(AS_OF) is REGISTRY.on(date(2023, 4, 1)) is BEFORE is REGISTRY
    assert AFTER.on(TURN + 100 * DAY) is AFTER is not REGISTRY
    assert AFTER.on(AS_OF).current == REGISTRY.current


def test_surrey_is_one_authority_until_it_is_two() -> None:
    assert names(REGISTRY.successors(SURREY)) == ["East Surrey", "West Surrey"]
    assert names(BEFORE.heirs(SURREY)) == ["Surrey"]
    assert names(AFTER.heirs(SURREY)) == ["East Surrey", "West Surrey"]
    east, west = REGISTRY.successors(SURREY)
    assert names(REGISTRY.predecessors(east.urn)) == names(REGISTRY.predecessors(west.urn)) == ["Surrey"]
    assert BEFORE.heirs(east.urn) == ()
    assert AFTER.heirs(east.urn) == (east,)
    assert (east.provisional, east.region, east.opened) == (True, "South East", TURN)


def test_surrey_leaves_its_region_and_the_neighbours_of_others_to_its_successors() -> None:
    (before, after) = (registry.region("south east") for registry in (BEFORE, AFTER))
    assert before
    assert after
    assert set(names(before.authorities)) - set(names(after.authorities)) == {"Surrey"}
    assert set(names(after.authorities)) - set(names(before.authorities)) == {"East Surrey", "West Surrey"}
    near = names(BEFORE.neighbours("80546")), names(AFTER.neighbours("80546"))
    assert near[1] == ["East Surrey", "West Surrey", *(name for name in near[0] if name != "Surrey")]


def test_what_people_type_means_who_is_there_on_the_day() -> None:
    assert names(BEFORE.find("surry").nearest) == ["Surrey"]  # type: ignore[union-attr]
    assert names(AFTER.find("surry").nearest) == ["East Surrey", "West Surrey"]  # type: ignore[union-attr]
    assert BEFORE.find("surrey") == AFTER.find("surrey") == REGISTRY.by_urn(SURREY)
    assert BEFORE.find("e surrey") == AFTER.find("east-surrey") == REGISTRY.by_urn("east-surrey-from-2027")
    assert names(AFTER.several("east surrey and west surrey")) == ["East Surrey", "West Surrey"]


@pytest.mark.parametrize(
    ("printed", "on", "urns"),
    [
        ("Surrey County Council", date(2027, 3, 31), [SURREY]),
        ("Surrey County Council", TURN, ["east-surrey-from-2027", "west-surrey-from-2027"]),
        ("East Surrey Council", TURN, ["east-surrey-from-2027"]),
        ("East Surrey", date(2026, 5, 1), ["east-surrey-from-2027", SURREY]),
        ("Northamptonshire", date(2016, 3, 1), ["121939"]),
        ("Northamptonshire", date(2021, 3, 31), ["121939"]),
        ("Northamptonshire", date(2021, 4, 1), ["2637539", "2637548"]),
        ("Northamptonshire Children's Trust", date(2022, 10, 3), ["2637539", "2637548"]),
        ("Northamptonshire County Council", date(2022, 10, 3), ["2637539", "2637548"]),
        ("Cumbria", date(2018, 1, 1), ["135513"]),
        ("Cumbria County Council", date(2024, 1, 1), ["2733690", "2733698"]),
        ("Cumberland", date(2022, 1, 1), ["2733690", "135513"]),
        ("Dorset County Council", date(2016, 2, 1), ["dorset-until-2019"]),
        ("Dorset", date(2019, 3, 31), ["dorset-until-2019"]),
        ("Dorset", date(2019, 4, 1), ["2532283"]),
        ("Dorset Council", date(2021, 9, 1), ["2532283"]),
        ("Borough of Poole", date(2017, 6, 1), ["137316"]),
        ("Borough of Poole", date(2019, 6, 1), ["2532287"]),
        ("Bournemouth Borough Council", date(2014, 4, 1), ["bournemouth-until-2019"]),
        ("Bournemouth and Poole LSCB", date(2014, 4, 1), ["bournemouth-until-2019", "137316"]),
        ("Bournemouth and Poole LSCB", date(2020, 4, 1), ["2532287"]),
        ("Bedfordshire", date(2007, 4, 1), ["bedfordshire-until-2009"]),
        ("Bedfordshire", date(2010, 4, 1), ["80428", "80446"]),
        ("Cheshire County Council", date(2008, 4, 1), ["cheshire-until-2009"]),
        ("Cheshire", date(2012, 4, 1), ["80447", "80448"]),
        ("North Yorkshire County Council", date(2014, 2, 1), ["80530"]),
        ("North Yorkshire Council", date(2023, 7, 1), ["80530"]),
        ("Buckinghamshire County Council", date(2017, 11, 1), ["80442"]),
    ],
)
def test_a_document_means_who_bore_the_name_on_its_day_and_later_who_took_over(
    printed: str, on: date, urns: list[str]
) -> None:
    assert meant(REGISTRY.printed(printed, on)) == urns


@pytest.mark.parametrize("one", REGISTRY.all, ids=lambda one: one.urn)
def test_a_report_of_an_authoritys_lifetime_goes_to_it_and_later_to_its_heirs(one: Authority) -> None:
    """Whatever day of its life it is, the first and the last included."""
    first, last = one.opened or date(2005, 1, 1), one.abolished or date(2040, 1, 1)
    for day in (first, first + (last - first) / 2, last - DAY):
        assert REGISTRY.printed(one.name, day) == one
    if one.abolished:
        later = REGISTRY.printed(one.name, one.abolished)
        assert one.urn not in meant(later)
        assert set(meant(later)) <= set(one.successors)


@pytest.mark.parametrize("text", ["Northamptonshire", "Cheshire", "Bedfordshire", "Dorset"])
def test_a_document_without_a_day_does_not_say_which_of_them_it_means(text: str) -> None:
    found = REGISTRY.printed(text)
    assert isinstance(found, Ambiguous)
    assert {one.abolished is None for one in found.candidates} == {True, False}


@pytest.mark.parametrize(
    ("text", "urn", "successors"),
    [
        ("121939", "121939", ["North Northamptonshire", "West Northamptonshire"]),
        ("Northamptonshire County Council", "121939", ["North Northamptonshire", "West Northamptonshire"]),
        ("cumbria", "135513", ["Cumberland", "Westmorland and Furness"]),
        ("poole", "137316", ["Bournemouth, Christchurch and Poole"]),
    ],
)
def test_an_authority_that_is_no_more_is_found_with_its_successors(text: str, urn: str, successors: list[str]) -> None:
    found = REGISTRY.find(text)
    assert isinstance(found, Authority)
    assert found.urn == urn
    assert found.is_past(AS_OF)
    assert names(REGISTRY.successors(urn)) == successors


def test_a_key_of_our_own_stays_good_when_the_number_is_known() -> None:
    numbered = [
        replace(one, urn="2999999", keyed_before=(one.urn,)) if one.urn == "east-surrey-from-2027" else one
        for one in REGISTRY.all
    ]
    later = Registry(numbered, TURN)
    east = later.by_urn("2999999")
    assert east
    assert not east.provisional
    assert later.by_urn("east-surrey-from-2027") == later.find("east-surrey-from-2027") == east
    assert later.successors(SURREY)[0] == later.heirs(SURREY)[0] == later.heirs("east-surrey-from-2027")[0] == east
    assert names(later.predecessors("east-surrey-from-2027")) == ["Surrey"]


def test_an_authority_that_takes_over_and_is_itself_abolished_leaves_it_to_its_own_heirs() -> None:
    """Surrey's successor merges with Kent in 2030: no such thing is planned."""
    merged = date(2030, 4, 1)
    kent = REGISTRY.by_urn("80476")
    east = REGISTRY.by_urn("east-surrey-from-2027")
    assert kent
    assert east
    weald = replace(kent, urn="weald-from-2030", name="Weald", spoken="Weald", opened=merged)
    gone = {one.urn: replace(one, abolished=merged, successors=(weald.urn,)) for one in (kent, east)}
    registry = Registry([*(gone.get(one.urn, one) for one in REGISTRY.all), weald], merged)
    assert names(registry.heirs(SURREY)) == ["Weald", "West Surrey"]
    assert meant(registry.printed("Surrey", date(2028, 1, 1))) == ["east-surrey-from-2027", "west-surrey-from-2027"]
    assert meant(registry.printed("Surrey", merged)) == ["weald-from-2030", "west-surrey-from-2027"]
    (change,) = registry.changes_between(TURN, merged)
    assert (names(change.abolished), names(change.created)) == (["East Surrey", "Kent"], ["Weald"])


def test_nobody_succeeds_or_precedes_an_authority_that_is_not_known() -> None:
    assert REGISTRY.successors("0") == REGISTRY.predecessors("0") == REGISTRY.heirs("0") == ()


RENAMED_ON = date(2028, 4, 1)
RENAMED = Registry(
    replace(
        one,
        name="Downland",
        spoken="Downland",
        names_before=(
            FormerName(name="Chichester", until=date(1974, 4, 1)),
            FormerName(name="West Sussex", until=RENAMED_ON),
        ),
    )
    if one.urn == "80578"
    else one
    for one in REGISTRY.all
)


def test_a_new_name_is_told_on_its_day_and_on_no_other() -> None:
    (one,) = RENAMED.renamings_between(RENAMED_ON - DAY, RENAMED_ON)
    assert (one.authority.urn, one.before, one.after, one.day) == ("80578", "West Sussex", "Downland", RENAMED_ON)
    around = (RENAMED_ON - 2 * DAY, RENAMED_ON - DAY), (RENAMED_ON, RENAMED_ON + DAY)
    assert [RENAMED.renamings_between(*days) for days in around] == [(), ()]
    assert [one.after for one in RENAMED.renamings_between(date(1970, 1, 1), date(2030, 1, 1))] == [
        "West Sussex",
        "Downland",
    ]
    assert RENAMED.changes_between(RENAMED_ON - DAY, RENAMED_ON) == (), "nobody took over from anybody"


@pytest.mark.parametrize(
    ("day", "name"),
    [(date(1960, 1, 1), "Chichester"), (RENAMED_ON - DAY, "West Sussex"), (RENAMED_ON, "Downland")],
)
def test_the_registry_of_a_day_calls_everybody_as_they_were_called_then(day: date, name: str) -> None:
    then = RENAMED.on(day)
    one = then.by_urn("80578")
    assert one is not None
    assert (one.name, one.spoken, one.slug) == (name, name, name.lower().replace(" ", "-"))
    assert one in then.current
    assert then.on(day) is then
    assert then.on(RENAMED_ON) == RENAMED.on(RENAMED_ON)


@pytest.mark.parametrize("text", ["West Sussex County Council", "Downland", "west-sussex", "chichester"])
@pytest.mark.parametrize("day", [AS_OF, RENAMED_ON, date(2040, 1, 1)])
def test_every_name_that_it_ever_bore_means_it_on_any_day(text: str, day: date) -> None:
    for registry in (RENAMED, RENAMED.on(day)):
        assert meant(registry.printed(text, day)) == ["80578"]
        found = registry.find(text)
        assert isinstance(found, Authority)
        assert found.urn == "80578"


def test_a_cell_of_the_table_is_enough_for_it() -> None:
    head = "urn,name,spoken,also_printed,also_typed,la_code,ons_code,type,region,neighbours,opened,abolished,successors"
    row = '80578,"Downland, County of",Downland,,,,,County,South East,,,,'
    (one,) = authorities(
        f"{head},codes_before,keyed_before,names_before\n{row},,,West Sussex until 2028-04-01; B until 2030-01-01"
    )
    assert one.names_before == (
        FormerName(name="West Sussex", until=RENAMED_ON),
        FormerName(name="B", until=date(2030, 1, 1)),
    )
    assert [one.called(day) for day in (RENAMED_ON - DAY, RENAMED_ON, date(2030, 1, 1))] == [
        "West Sussex",
        "B",
        "Downland",
    ]


def test_earlier_names_stand_in_their_order_and_are_not_the_name_of_today() -> None:
    for one in REGISTRY.all:
        ends = [former.until for former in one.names_before]
        assert ends == sorted(set(ends))
        assert one.name not in [former.name for former in one.names_before]
