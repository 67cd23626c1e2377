"""The registry: names as people type them and as documents print them, each to one authority or to a question."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judgements.authorities import (
    DRESS,
    REGISTRY,
    SPELLING,
    Ambiguous,
    Authority,
    Region,
    Unknown,
    spell,
    squeeze,
)

CURRENT = st.sampled_from(REGISTRY.current)

PRINTED = [
    ("West Sussex County Council", "West Sussex"),
    ("West Sussex children's services", "West Sussex"),
    ("West Sussex local\nauthority children’s services", "West Sussex"),
    ("London Borough of Southwark", "Southwark"),
    ("London Borough of Redbridge Council", "Redbridge"),
    ("London Borough of Hammersmith & Fulham local authority children’s services", "Hammersmith and Fulham"),
    ("Royal Borough of Greenwich local authority children’s services", "Greenwich"),
    ("The Royal Borough of Windsor and Maidenhead", "Windsor and Maidenhead"),
    ("Royal Borough of Kingston", "Kingston upon Thames"),
    ("City of London Corporation", "City of London"),
    ("Metropolitan Borough of Barnsley Council", "Barnsley"),
    ("Kirklees Metropolitan Borough", "Kirklees"),
    ("Sefton Metropolitan Borough Council (MBC)", "Sefton"),
    ("City of Bradford Metropolitan District Council", "Bradford"),
    ("Bradford Children and Families Trust", "Bradford"),
    ("Wakefield District Metropolitan Council", "Wakefield"),
    ("Doncaster Children's Services Trust", "Doncaster"),
    ("Worcestershire Children First", "Worcestershire"),
    ("Bristol City Council", "Bristol, City of"),
    ("Bristol City of", "Bristol, City of"),
    ("Hull local authority children’s services", "Kingston Upon Hull, City of"),
    ("Kingston upon Hull City Council", "Kingston Upon Hull, City of"),
    ("Newcastle City Council", "Newcastle upon Tyne"),
    ("Southend-on-Sea city council local authority children’s services", "Southend-on-Sea"),
    ("Stockton-On-Tees Borough Council", "Stockton-on-Tees"),
    ("St Helens Metropolitan Borough Council", "St. Helens"),
    ("Telford & Wrekin", "Telford and Wrekin"),
    ("Bedford local authority children’s services", "Bedford Borough"),
    ("Bedford Borough Local Area Partnership", "Bedford Borough"),
    ("Derby City", "Derby"),
    ("Leicester City Council local authority children’s services", "Leicester"),
    ("Durham County Council", "Durham"),
    ("Rutland County Council", "Rutland"),
    ("City of York Council local authority children’s services", "York"),
    ("City of Wolverhampton", "Wolverhampton"),
    ("Cheshire East Unitary Authority", "Cheshire East"),
    ("Council of the Isles of Scilly", "Isles of Scilly"),
    ("the Isle of Wight local authority children’s services", "Isle of Wight"),
    ("Surrey Safeguarding Children Board", "Surrey"),
    ("Lewisham Local Safeguarding Children Board", "Lewisham"),
    ("Lewisham LSCB", "Lewisham"),
    ("Calder\u00addale Metropolitan Borough Council", "Calderdale"),
    ("Gloucestershire County Council", "Gloucestershire"),
    ("Northamptonshire County Council", "Northamptonshire"),
    ("Borough of Poole", "Poole"),
    ("Cumbria County Council", "Cumbria"),
]

TYPED = [
    ("west-sussex", "West Sussex"),
    ("WEST SUSSEX", "West Sussex"),
    ("  west_sussex  ", "West Sussex"),
    ("westsussex", "West Sussex"),
    ("80578", "West Sussex"),
    ("938", "West Sussex"),
    ("e10000032", "West Sussex"),
    ("st helens", "St. Helens"),
    ("saint helens", "St. Helens"),
    ("hammersmith & fulham", "Hammersmith and Fulham"),
    ("hammersmith fulham", "Hammersmith and Fulham"),
    ("B&NES", "Bath and North East Somerset"),
    ("bcp", "Bournemouth, Christchurch and Poole"),
    ("rbkc", "Kensington and Chelsea"),
    ("brighton", "Brighton and Hove"),
    ("hull", "Kingston Upon Hull, City of"),
    ("bristol", "Bristol, City of"),
    ("kent cc", "Kent"),
    ("county durham", "Durham"),
    ("london borough of lambeth", "Lambeth"),
    ("gloucestershire", "Gloucestershire"),
    ("lincolnshire", "Lincolnshire"),
    ("north yorks", "North Yorkshire"),
    ("notts", "Nottinghamshire"),
    ("notts county council", "Nottinghamshire"),
    ("iow", "Isle of Wight"),
    ("k&c", "Kensington and Chelsea"),
    ("gloucs", "Gloucestershire"),
    ("hereford", "Herefordshire"),
    ("bournemouth", "Bournemouth, Christchurch and Poole"),
    ("bournemouth, christchurch, poole", "Bournemouth, Christchurch and Poole"),
]

QUESTIONS = [
    ("Northamptonshire", ["North Northamptonshire", "West Northamptonshire"]),
    ("Northamptonshire Children's Trust", ["North Northamptonshire", "West Northamptonshire"]),
    ("Sussex", ["East Sussex", "West Sussex"]),
    ("Cheshire", ["Cheshire East", "Cheshire West and Chester"]),
    ("Bedfordshire", ["Bedford Borough", "Central Bedfordshire"]),
    (
        "Yorkshire",
        [
            *("Barnsley", "Bradford", "Calderdale", "Doncaster", "East Riding of Yorkshire", "Kirklees", "Leeds"),
            *("North Yorkshire", "Rotherham", "Sheffield", "Wakefield", "York"),
        ],
    ),
    ("west yorkshire", ["Bradford", "Calderdale", "Kirklees", "Leeds", "Wakefield"]),
    (
        "Berkshire",
        ["Bracknell Forest", "Reading", "Slough", "West Berkshire", "Windsor and Maidenhead", "Wokingham"],
    ),
    ("beds", ["Bedford Borough", "Central Bedfordshire"]),
    ("northants", ["North Northamptonshire", "West Northamptonshire"]),
    ("Kingston", ["Kingston Upon Hull, City of", "Kingston upon Thames"]),
    ("Derby County Council", ["Derby", "Derbyshire"]),
]


def names(authorities: tuple[Authority, ...]) -> list[str]:
    return [authority.name for authority in authorities]


@pytest.mark.parametrize(("text", "name"), PRINTED)
def test_a_name_as_a_document_prints_it_is_one_authority(text: str, name: str) -> None:
    found = REGISTRY.printed(text)
    assert isinstance(found, Authority)
    assert found.name == name


@pytest.mark.parametrize(("text", "name"), TYPED)
def test_a_name_or_code_as_a_person_types_it_is_one_authority(text: str, name: str) -> None:
    found = REGISTRY.find(text)
    assert isinstance(found, Authority)
    assert found.name == name


@pytest.mark.parametrize(("text", "candidates"), QUESTIONS)
def test_a_name_that_may_mean_several_authorities_is_a_question(text: str, candidates: list[str]) -> None:
    found = REGISTRY.find(text)
    assert isinstance(found, Ambiguous)
    assert names(found.candidates) == candidates


@pytest.mark.parametrize(
    "text",
    [
        "West Susex",
        "Leicster",
        "Bristal",
        "London",
        "Oxford City Council",
        "Kingston and Richmond LSCB",
        "brighton",
        "",
    ],
)
def test_a_document_that_prints_no_exact_name_names_nobody(text: str) -> None:
    assert REGISTRY.printed(text) == Unknown()


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("West Susex", "West Sussex"),
        ("Leicster", "Leicester"),
        ("Bristal", "Bristol, City of"),
        ("Buckingham", "Buckinghamshire"),
        ("notting", "Nottingham"),
        ("maidenhed", "Windsor and Maidenhead"),
        ("kemt", "Kent"),
        ("furness", "Westmorland and Furness"),
        ("leed", "Leeds"),
    ],
)
def test_a_typing_mistake_is_asked_about_with_the_nearest_first(text: str, meant: str) -> None:
    found = REGISTRY.find(text)
    assert isinstance(found, Unknown)
    assert found.nearest[0].name == meant
    assert len(found.nearest) <= 5


@pytest.mark.parametrize(
    "text",
    [
        *("hello", "0", "stop", "--help", "?", "scotland", "<!channel>", "everything", "all", "list", "test", "north"),
        *("council", "xyz", "thanks", "x" * 3000),
    ],
)
def test_what_is_like_no_name_has_no_nearest(text: str) -> None:
    assert REGISTRY.find(text) == Unknown()


@pytest.mark.parametrize(
    ("text", "region", "authorities"),
    [("london", "London", 33), ("South-East", "South East", 19), ("yorkshire & the humber", None, 15)],
)
def test_the_name_of_a_region_is_no_authority(text: str, region: str | None, authorities: int) -> None:
    found = REGISTRY.find(text)
    assert isinstance(found, Region)
    assert found.name == (region or "Yorkshire and the Humber")
    assert len(found.authorities) == authorities


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("west sussex and east sussex", ["West Sussex", "East Sussex"]),
        ("west-sussex, east-sussex", ["West Sussex", "East Sussex"]),
        ("west-sussex east-sussex", ["West Sussex", "East Sussex"]),
        ("brighton and hove and kent", ["Brighton and Hove", "Kent"]),
        ("Bristol, City of and Bath and North East Somerset", ["Bristol, City of", "Bath and North East Somerset"]),
        ("windsor & maidenhead & slough", ["Windsor and Maidenhead", "Slough"]),
        ("sussex and kent", ["East Sussex", "West Sussex", "Kent"]),
        ("kent and kent", []),
        ("west sussex", []),
        ("hammersmith and fulhm", []),
        ("bournemouth, christchurch and pool", []),
        ("", []),
    ],
)
def test_several_authorities_are_told_from_one_with_a_long_name(text: str, named: list[str]) -> None:
    assert names(REGISTRY.several(text)) == named


@pytest.mark.parametrize("one", REGISTRY.all, ids=lambda one: one.slug)
def test_no_authoritys_name_is_taken_for_several(one: Authority) -> None:
    for text in (one.name, one.spoken, one.slug, *one.aliases, *one.nicknames):
        assert REGISTRY.several(text) == ()


@pytest.mark.parametrize("nickname", sorted({name for one in REGISTRY.all for name in one.nicknames}))
def test_a_nickname_means_those_that_bear_it_and_nobody_else(nickname: str) -> None:
    found, meant = REGISTRY.find(nickname), tuple(one for one in REGISTRY.current if nickname in one.nicknames)
    assert (found.candidates if isinstance(found, Ambiguous) else (found,)) == meant


def test_names_as_people_say_them_are_found_and_have_no_appendix() -> None:
    said = {one.name: one.spoken for one in REGISTRY.all if one.spoken != one.name}
    assert said == {
        "Bristol, City of": "Bristol",
        "Kingston Upon Hull, City of": "Kingston upon Hull",
        "St. Helens": "St Helens",
    }
    assert all(REGISTRY.find(one.spoken) == one for one in REGISTRY.all if one.abolished is None)


def test_an_empty_name_has_no_nearest() -> None:
    assert REGISTRY.find(" … ") == Unknown()


@pytest.mark.parametrize(
    ("on", "name"),
    [(date(2016, 3, 1), "Northamptonshire"), (date(2021, 3, 31), "Northamptonshire"), (date(2021, 4, 1), None)],
)
def test_a_document_of_a_known_day_means_the_authority_of_that_day(on: date, name: str | None) -> None:
    found = REGISTRY.printed("Northamptonshire", on=on)
    assert (found.name if isinstance(found, Authority) else None) == name


def test_northamptonshire_without_a_day_is_the_old_county_or_either_new_authority() -> None:
    found = REGISTRY.printed("Northamptonshire")
    assert isinstance(found, Ambiguous)
    assert sorted(names(found.candidates)) == ["North Northamptonshire", "Northamptonshire", "West Northamptonshire"]


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
    assert found.abolished is not None
    assert not found.existed(found.abolished)
    assert [one.name for one in map(REGISTRY.by_urn, found.successors) if one] == successors


def test_there_are_153_authorities_today_and_three_that_are_no_more() -> None:
    assert len(REGISTRY.current) == 153
    assert sorted(names(tuple(set(REGISTRY.all) - set(REGISTRY.current)))) == ["Cumbria", "Northamptonshire", "Poole"]


def test_successors_open_on_the_day_their_predecessor_is_abolished() -> None:
    for one in set(REGISTRY.all) - set(REGISTRY.current):
        assert one.successors
        for urn in one.successors:
            successor = REGISTRY.by_urn(urn)
            assert successor is not None
            assert successor.opened == one.abolished


@pytest.mark.parametrize("one", REGISTRY.current, ids=lambda one: one.slug)
def test_every_authority_has_ten_other_current_neighbours(one: Authority) -> None:
    neighbours = [REGISTRY.by_urn(urn) for urn in one.neighbours]
    assert len(set(one.neighbours)) == 10
    assert one not in neighbours
    assert set(neighbours) <= set(REGISTRY.current)


@pytest.mark.parametrize("one", REGISTRY.current, ids=lambda one: one.slug)
def test_every_authority_is_found_by_each_of_its_names_and_codes(one: Authority) -> None:
    for text in (one.urn, one.name, one.slug, one.la_code, one.ons_code, squeeze(spell(one.name))):
        assert REGISTRY.find(text) == one
    assert REGISTRY.printed(one.name) == one


@given(one=CURRENT, dress=st.sampled_from(["{}", "{} Council", "The {}", "{} local authority children’s services"]))
def test_case_and_dress_change_nothing(one: Authority, dress: str) -> None:
    for text in (dress.format(one.name), dress.format(one.name).upper(), dress.format(one.slug)):
        assert REGISTRY.find(text) == one


@given(one=CURRENT, place=st.integers(min_value=0), letter=st.sampled_from("abcdefghijklmnopqrstuvwxyz"))
def test_one_wrong_letter_never_gives_another_authority(one: Authority, place: int, letter: str) -> None:
    """Unless it spells that one exactly: a single letter lies between Herefordshire and Hertfordshire."""
    at = place % len(one.name)
    wrong = one.name[:at] + letter + one.name[at + 1 :]
    found = REGISTRY.find(wrong)
    assert not isinstance(found, Authority) or spell(found.name) == spell(wrong) or found == one


@given(text=st.text())
def test_any_text_gets_an_answer_and_spelling_twice_changes_nothing(text: str) -> None:
    assert isinstance(REGISTRY.find(text), Authority | Ambiguous | Unknown | Region)
    assert isinstance(REGISTRY.printed(text), Authority | Ambiguous | Unknown)
    assert spell(spell(text)) == spell(text)


@pytest.mark.parametrize("step", [*SPELLING, *DRESS], ids=lambda step: step.name)
def test_no_step_is_there_for_nothing(step: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the step, a name of the tables above is read differently."""
    texts = [text for text, _ in PRINTED + TYPED] + [" … "]
    before = [REGISTRY.printed(text) for text in texts]
    monkeypatch.setattr("judgements.authorities.SPELLING", tuple(one for one in SPELLING if one is not step))
    monkeypatch.setattr("judgements.authorities.DRESS", tuple(one for one in DRESS if one is not step))
    assert [REGISTRY.printed(text) for text in texts] != before
