"""Every form of every authority's name leads to it or to a question, and what only resembles a name leads to nobody."""

from __future__ import annotations

import random
from datetime import date

import pytest

from judgements.authorities import AS_OF, LONGEST_NAME, REGISTRY, Ambiguous, Authority, AuthorityType, Unknown
from judgements.frameworks import FRAMEWORKS
from judgements.names import halves, head, spell
from judgements.parse import read
from judgements.types import Report

LONDON, METROPOLITAN, COUNTY, UNITARY = (
    AuthorityType.LONDON_BOROUGH,
    AuthorityType.METROPOLITAN_DISTRICT,
    AuthorityType.COUNTY,
    AuthorityType.UNITARY_AUTHORITY,
)

ANY_KIND = (
    "{}",
    "{} Council",
    "{} council children's services",
    "The {}",
    "Council of {}",
    "{} local authority",
    "{} local authority children’s services",
    "{} LA",
    "{} children's services",
    "{} children’s social care services",
    "{} Local Safeguarding Children Board",
    "{} Safeguarding Children Board",
    "{} Local Safeguarding Children’s Board",
    "{} Safeguarding Children Partnership",
    "{} Safeguarding Children's Partnership",
    "{} Integrated Safeguarding Partnership",
    "{} LSCB",
    "{} LSCB (LSCB)",
    "{} local area partnership",
    "{} SEND Local Area Partnership",
    "{} local area",
    "{} Children's Trust",
    "{} Children’s Services Trust",
    "{} Children and Families Trust",
    "{} Children First",
    "{} Children First Ltd",
    "{0} Council and {0} Children's Trust",
    "{0} Children First on behalf of {0} Council",
)
"""How any authority's name may be dressed up."""

OF_A_KIND = {
    LONDON: (
        "London Borough of {}",
        "London Borough of {} Council",
        "the London borough of {}",
        "{} London Borough",
        "{} London Borough Council",
        "LB {}",
        "LB of {}",
        "Royal Borough of {}",
    ),
    METROPOLITAN: (
        "Metropolitan Borough of {}",
        "Metropolitan Borough of {} Council",
        "{} Metropolitan Borough Council",
        "{} Metropolitan District Council",
        "{} MBC",
        "{} MDC",
        "City of {}",
        "City of {} Council",
        "City of {} Metropolitan District Council",
        "{} City Council",
        "Council of the Borough of {}",
        "Council of the City of {}",
    ),
    COUNTY: ("{} County Council", "{} CC", "{}, County of", "County Council of {}", "County of {}"),
    UNITARY: (
        "{} City Council",
        "City of {}",
        "City of {} Council",
        "{} Borough Council",
        "Borough of {}",
        "{} District Council",
        "{} Unitary Authority",
        "{} UA",
        "{} BC",
        "{}, City of",
    ),
}

FORMS = [(one, form) for one in REGISTRY.all for form in (*ANY_KIND, *OF_A_KIND[one.type])]


def day_of(one: Authority) -> date:
    return date(2008, 6, 1) if one.is_past(AS_OF) else one.opened if one.is_to_come(AS_OF) and one.opened else AS_OF


@pytest.mark.parametrize("one", REGISTRY.all, ids=lambda one: one.urn)
def test_every_form_of_a_name_means_its_authority(one: Authority) -> None:
    for form in (*ANY_KIND, *OF_A_KIND[one.type]):
        for name in {one.name, one.spoken.partition(" (")[0]}:
            for text in (form.format(name), form.format(name).upper(), form.format(name.replace(" and ", " & "))):
                assert REGISTRY.printed(text, day_of(one)) == one, text


def test_no_form_of_a_name_means_another_authority_on_any_day() -> None:
    """On another day it may mean those before or after, and it may be a question; but nobody who is no kin."""
    rng = random.Random(7)
    for one, form in rng.sample(FORMS, 1500):
        day = date(2005, 1, 1).replace(year=rng.randrange(2005, 2030), month=rng.randrange(1, 13))
        kin = {one, *REGISTRY.successors(one.urn), *REGISTRY.predecessors(one.urn)}
        kin |= {other for other in REGISTRY.all if other.name == one.name}
        found = REGISTRY.printed(form.format(one.name), day)
        assert found in kin or isinstance(found, Ambiguous), (form.format(one.name), day)
        if isinstance(found, Ambiguous):
            assert kin & set(found.candidates), (form.format(one.name), day)


@pytest.mark.parametrize(
    ("form", "kinds"),
    [
        ("London Borough of {}", {LONDON}),
        ("{} London Borough Council", {LONDON}),
        ("Metropolitan Borough of {}", {METROPOLITAN}),
        ("{} Metropolitan District Council", {METROPOLITAN}),
        ("{} MBC", {METROPOLITAN}),
        ("{} County Council", {COUNTY, UNITARY}),
        ("City of {}", {LONDON, METROPOLITAN, UNITARY}),
        ("{} Borough Council", {LONDON, METROPOLITAN, UNITARY}),
        ("{} Unitary Authority", {COUNTY, UNITARY}),
    ],
)
def test_a_name_in_a_dress_that_does_not_fit_means_nobody(form: str, kinds: set[AuthorityType]) -> None:
    for one in REGISTRY.current:
        if one.type not in kinds and one.name not in ("City of London", "Bedford Borough"):
            found = REGISTRY.printed(form.format(one.spoken), AS_OF)
            assert found == Unknown(), form.format(one.spoken)


BAIT = [
    # Districts under a county, whose councils have no children's services.
    *("East Hampshire District Council", "South Derbyshire", "North East Derbyshire District Council", "Mid Suffolk"),
    *("Surrey Heath Borough Council", "East Staffordshire", "Newcastle-under-Lyme", "Richmondshire District Council"),
    *("Oxford City Council", "City of Lincoln Council", "Worcester", "Gloucester City Council", "Cambridge", "Exeter"),
    *("East Northamptonshire", "West Lancashire Borough Council", "North Hertfordshire", "Northampton Borough Council"),
    *("New Forest", "Norwich City Council", "Lancaster City Council", "City of Lancaster", "Mid Sussex", "East Devon"),
    # Other bodies whose names begin with an authority's.
    *("Surrey Police", "Kent Fire and Rescue", "NHS Norfolk and Waveney", "Kent and Medway Integrated Care Board"),
    *("Essex Partnership University NHS Foundation Trust", "Leeds Teaching Hospitals", "York St John University"),
    *("Reading Football Club", "Wiltshire Primary School", "Cornwall Partnership NHS Foundation Trust"),
    *("Birmingham Children's Hospital", "Sheffield Children's Hospital Trust", "Derby Diocese"),
    # Words of sentences.
    *("Leicestershire placed in Leicester", "children from Kent placed in Medway", "in Reading", "Bury St Edmunds"),
    *("the council", "local authority", "Council", "children's services", "County Council", "the London Borough of"),
    *("City", "Borough", "North", "North East", "East", "West", "London", "England", "Yorkshire", "", "and", " for "),
    # Short names that a reader would have to guess.
    *("Brighton", "Bath", "Barking", "Richmond", "Telford", "Redcar", "Windsor", "Hammersmith", "Chester", "Kingston"),
]


@pytest.mark.parametrize("text", BAIT)
def test_what_only_resembles_a_name_means_nobody(text: str) -> None:
    assert not isinstance(REGISTRY.printed(text), Authority)
    assert not isinstance(REGISTRY.printed(text, date(2023, 6, 1)), Authority)


@pytest.mark.parametrize(
    ("text", "candidates"),
    [
        ("Sussex", ["East Sussex", "West Sussex"]),
        ("Cheshire", ["Cheshire East", "Cheshire West and Chester"]),
        ("Bedfordshire", ["Bedford Borough", "Central Bedfordshire"]),
        ("Northamptonshire", ["North Northamptonshire", "West Northamptonshire"]),
        ("Kingston Council", ["Kingston upon Hull", "Kingston upon Thames"]),
        ("Leicester County Council", ["Leicester", "Leicestershire"]),
        ("Derby and Derbyshire Safeguarding Children Partnership", ["Derby", "Derbyshire"]),
        ("Hampshire and Isle of Wight", ["Hampshire", "Isle of Wight"]),
        ("Leicestershire & Rutland LSCB", ["Leicestershire", "Rutland"]),
        ("Kent County Council and Medway Council", ["Kent", "Medway"]),
        ("Achieving for Children", ["Kingston upon Thames", "Richmond upon Thames", "Windsor and Maidenhead"]),
    ],
)
def test_a_name_that_fits_several_is_a_question(text: str, candidates: list[str]) -> None:
    found = REGISTRY.printed(text, on=date(2023, 6, 1))
    assert isinstance(found, Ambiguous)
    assert [one.spoken for one in found.candidates] == candidates


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Bedford", "Bedford Borough"),
        ("Newcastle", "Newcastle upon Tyne"),
        ("St Helens", "St. Helens"),
        ("York", "York"),
    ],
)
def test_a_short_name_that_can_mean_one_only_means_it(text: str, name: str) -> None:
    found = REGISTRY.printed(text)
    assert isinstance(found, Authority)
    assert found.name == name


def mistyped(name: str, rng: random.Random) -> str:
    """`name` with a letter lost, doubled, wrong or in its neighbour's place; not the first, which people get right."""
    at = rng.randrange(1, len(name) - 1)
    wrong = rng.choice("abcdefghijklmnopqrstuvwxyz")
    return rng.choice(
        [
            name[:at] + name[at + 1 :],
            name[:at] + name[at] + name[at:],
            name[:at] + wrong + name[at + 1 :],
            name[:at] + name[at + 1] + name[at] + name[at + 2 :],
        ]
    )


def test_a_mistyped_name_is_asked_about_with_the_right_one_first() -> None:
    """For nine in ten; and it is among the five nearest for all but one in a hundred."""
    rng, first, offered, tries = random.Random(11), 0, 0, 0
    for one in REGISTRY.current:
        for dress in ("{}", "{} council", "{} county council", "london borough of {}"):
            found = REGISTRY.find(dress.format(mistyped(spell(one.spoken), rng)))
            near = found.nearest if isinstance(found, Unknown) else (found,)
            near = found.candidates if isinstance(found, Ambiguous) else near
            tries, first, offered = tries + 1, first + (near[:1] == (one,)), offered + (one in near)
            assert len(near) <= 5
    assert first >= 0.9 * tries
    assert offered >= 0.99 * tries


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("kingston upon thames", ("kingston", "upon")),
        ("southend on sea", ("southend", "on")),
        ("blackburn with darwen", ("blackburn", "with")),
        ("isle of wight", None),
    ],
)
def test_where_a_long_name_is_cut_short(name: str, short: tuple[str, str] | None) -> None:
    assert head(name) == short


def test_every_place_where_two_names_may_be_joined_is_tried() -> None:
    assert list(halves("bath and wells and kent for all")) == [
        ("bath", "wells and kent for all"),
        ("bath and wells", "kent for all"),
        ("bath and wells and kent", "all"),
    ]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("children from Leicestershire placed in Leicester", ["Leicestershire", "Leicester"]),
        ("neglect in Bath and North East Somerset, and in Telford & Wrekin.", None),
        ("the reading of bury and of Reading", ["Reading"]),
        ("BRIGHTON AND HOVE", ["Brighton and Hove"]),
        ("Northamptonshire and Dorset", ["North Northamptonshire", "West Northamptonshire", "Dorset"]),
        ("West Sussex", ["West Sussex"]),
        ("- \u00ad", []),
        ("", []),
    ],
)
def test_the_authorities_that_a_sentence_names(text: str, named: list[str] | None) -> None:
    found = [one.spoken for one in REGISTRY.mentioned(text, on=date(2024, 5, 1))]
    assert found == (["Bath and North East Somerset", "Telford and Wrekin"] if named is None else named)


def test_no_name_is_longer_than_those_that_are_looked_for_in_a_sentence() -> None:
    longest = max(len(name.split()) for one in REGISTRY.all for name in (one.name, one.spoken.partition(" (")[0]))
    assert longest == LONGEST_NAME


JTAI = FRAMEWORKS["jtai"].examples


@pytest.mark.parametrize(
    "where",
    ["from Leicestershire placed in Leicester", "in Leicestershire placed in Leicester", "living in Kent, in Medway"],
)
def test_a_joint_letter_that_names_two_authorities_is_not_taken_for_one(where: str) -> None:
    for example, own in ((JTAI[0], "in Herefordshire"), (JTAI[1], "in Rutland")):
        text = example.text.replace("inspection of Rutland", f"inspection of services {where}").replace(own, where)
        reading = read(text.encode())
        assert isinstance(reading, Report)
        assert reading.authority is None
        assert any("authorit" in problem for problem in reading.problems)
