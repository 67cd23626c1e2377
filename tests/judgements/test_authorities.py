"""The registry: names as people type them and as documents print them, each to one authority or to a question."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judgements.authorities import AS_OF, REGISTRY, Ambiguous, Authority, Region, Unknown
from judgements.names import DRESS, SPELLING, spell, squeeze
from judgements.regions import REGIONS_ALSO

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
    ("Southwark London Borough Council", "Southwark"),
    ("Sutton London Borough", "Sutton"),
    ("London Borough Council of Brent", "Brent"),
    ("LB of Bexley", "Bexley"),
    ("London Borough of Richmond", "Richmond upon Thames"),
    ("London Borough of Barking", "Barking and Dagenham"),
    ("Southend Borough Council", "Southend-on-Sea"),
    ("Stockton Borough Council", "Stockton-on-Tees"),
    ("Stoke City Council", "Stoke-on-Trent"),
    ("Blackburn Borough Council", "Blackburn with Darwen"),
    ("Corporation of London", "City of London"),
    ("The Corporation of the City of London", "City of London"),
    ("East Riding", "East Riding of Yorkshire"),
    ("Herefordshire, County of", "Herefordshire"),
    ("Bristol, City and County of", "Bristol, City of"),
    ("Medway UA", "Medway"),
    ("Knowsley MBC", "Knowsley"),
    ("Luton BC", "Luton"),
    ("Telford & Wrekin Co-operative Council", "Telford and Wrekin"),
    ("Mayor and Burgesses of the London Borough of Merton", "Merton"),
    ("Tameside Children’s Social Care Department", "Tameside"),
    ("Kent LA", "Kent"),
    ("Together for Children (Sunderland)", "Sunderland"),
    ("Brighter Futures for Children", "Reading"),
    ("Slough Children First Limited", "Slough"),
    ("Slough Children First on behalf of Slough Borough Council", "Slough"),
    ("Sandwell Children's Trust", "Sandwell"),
    ("Birmingham City Council and Birmingham Children's Trust", "Birmingham"),
    ("Achieving for Children on behalf of the Royal Borough of Kingston upon Thames", "Kingston upon Thames"),
    ("Croydon Safeguarding Children's Partnership", "Croydon"),
    ("Bolton Safeguarding Adults and Children Board", "Bolton"),
    ("Trafford Local Safeguarding Children’s Board", "Trafford"),
    ("Kent Safeguarding Children Multi-Agency Partnership", "Kent"),
    ("ＬＥＥＤＳ City\u200b Council", "Leeds"),
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
    ("URN 80578", "West Sussex"),
    ("la code 938", "West Sussex"),
    ("E08000016", "Barnsley"),
    ("Kènt", "Kent"),
    ("b+nes", "Bath and North East Somerset"),
    ("kent la", "Kent"),
    ("city of hull", "Kingston Upon Hull, City of"),
    ("royal borough of kingston", "Kingston upon Thames"),
    ("london borough of kingston", "Kingston upon Thames"),
    ("leeds county council", "Leeds"),
    ("richmond", "Richmond upon Thames"),
    ("newcastle", "Newcastle upon Tyne"),
    ("dorset county council", "Dorset"),
]

QUESTIONS = [
    ("Northamptonshire", ["North Northamptonshire", "West Northamptonshire"]),
    ("Northamptonshire Children's Trust", ["North Northamptonshire", "West Northamptonshire"]),
    ("Sussex", ["East Sussex", "West Sussex"]),
    ("Cheshire", ["Cheshire East", "Cheshire West and Chester"]),
    ("Bedfordshire", ["Central Bedfordshire", "Bedford Borough"]),
    (
        "Yorkshire",
        [
            *("East Riding of Yorkshire", "North Yorkshire", "Barnsley", "Bradford", "Calderdale", "Doncaster"),
            *("Kirklees", "Leeds", "Rotherham", "Sheffield", "Wakefield", "York"),
        ],
    ),
    ("west yorkshire", ["Bradford", "Calderdale", "Kirklees", "Leeds", "Wakefield"]),
    (
        "Berkshire",
        ["West Berkshire", "Bracknell Forest", "Reading", "Slough", "Windsor and Maidenhead", "Wokingham"],
    ),
    ("beds", ["Bedford Borough", "Central Bedfordshire"]),
    ("northants", ["North Northamptonshire", "West Northamptonshire"]),
    ("Kingston", ["Kingston Upon Hull, City of", "Kingston upon Thames"]),
    ("Derby County Council", ["Derby", "Derbyshire"]),
    ("Nottingham County", ["Nottingham", "Nottinghamshire"]),
    ("Tyneside", ["North Tyneside", "South Tyneside"]),
    ("Achieving for Children", ["Kingston upon Thames", "Richmond upon Thames", "Windsor and Maidenhead"]),
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
        ("glouster", "Gloucestershire"),
        ("royal borough of greenwhich", "Greenwich"),
        ("kent county coucil", "Kent"),
        ("council of cornwal", "Cornwall"),
        ("westminister city council", "Westminster"),
        ("surry", "Surrey"),
        ("isle of white", "Isle of Wight"),
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
    ("text", "slug"),
    [
        ("SE", "south-east"),
        ("south east", "south-east"),
        ("The South-East region", "south-east"),
        ("se england", "south-east"),
        ("yorkshire", "yorkshire-and-the-humber"),
        ("Yorkshire & Humber", "yorkshire-and-the-humber"),
        ("Y&H", "yorkshire-and-the-humber"),
        ("London", "london"),
        ("eastern", "east-of-england"),
        ("East", "east-of-england"),
        ("EoE", "east-of-england"),
        ("the east of england", "east-of-england"),
        ("west mids", "west-midlands"),
        ("nw", "north-west"),
        ("kent", None),
        ("midlands", None),
        ("", None),
    ],
)
def test_a_region_is_found_by_what_people_call_it(text: str, slug: str | None) -> None:
    found = REGISTRY.region(text)
    assert (found.slug if found else None) == slug


def test_every_authority_of_today_is_in_one_of_nine_regions() -> None:
    assert len(REGISTRY.regions) == 9
    members = [one for region in REGISTRY.regions for one in region.authorities]
    assert sorted(members, key=lambda one: one.urn) == sorted(REGISTRY.current, key=lambda one: one.urn)
    for region in REGISTRY.regions:
        assert REGISTRY.region(region.name) == REGISTRY.region(region.slug) == region


def test_every_other_name_of_a_region_is_of_one_that_there_is() -> None:
    for other, name in REGIONS_ALSO.items():
        assert REGISTRY.region(other) == next(region for region in REGISTRY.regions if region.name == name)


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
    found, meant = REGISTRY.find(nickname), {one for one in REGISTRY.all if nickname in one.nicknames}
    assert set(found.candidates if isinstance(found, Ambiguous) else (found,)) == meant


def test_names_as_people_say_them_are_found_and_have_no_appendix() -> None:
    said = {one.name: one.spoken for one in REGISTRY.all if one.spoken != one.name}
    assert said == {
        "Bristol, City of": "Bristol",
        "Kingston Upon Hull, City of": "Kingston upon Hull",
        "St. Helens": "St Helens",
        "Dorset": "Dorset (until 2019)",
    }
    assert all(REGISTRY.find(one.spoken) == one for one in REGISTRY.current)


def test_an_empty_name_has_no_nearest() -> None:
    assert REGISTRY.find(" … ") == Unknown()


@pytest.mark.parametrize("one", REGISTRY.current, ids=lambda one: one.slug)
def test_every_authority_has_ten_other_current_neighbours(one: Authority) -> None:
    neighbours = REGISTRY.neighbours(one.urn)
    assert [each.urn for each in neighbours] == [*one.neighbours]
    assert len(set(neighbours)) == 10
    assert one not in neighbours
    assert set(neighbours) <= set(REGISTRY.current)


def test_nobody_has_said_who_is_near_an_authority_that_is_not_there() -> None:
    assert (
        REGISTRY.neighbours("east-surrey-from-2027") == REGISTRY.neighbours("135513") == REGISTRY.neighbours("0") == ()
    )


@pytest.mark.parametrize("one", REGISTRY.current, ids=lambda one: one.slug)
def test_every_authority_is_found_by_each_of_its_names_and_codes(one: Authority) -> None:
    for text in (one.urn, one.name, one.slug, one.la_code, one.ons_code, squeeze(spell(one.name))):
        assert REGISTRY.find(text) == one
    assert REGISTRY.printed(one.name, on=AS_OF) == one


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

    def answers() -> list[object]:
        texts = [text for text, _ in PRINTED + TYPED] + [" … "]
        return [(REGISTRY.printed(text), REGISTRY.find(text)) for text in texts]

    before = answers()
    monkeypatch.setattr("judgements.names.SPELLING", tuple(one for one in SPELLING if one is not step))
    monkeypatch.setattr("judgements.names.DRESS", tuple(one for one in DRESS if one is not step))
    assert answers() != before
