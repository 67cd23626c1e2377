"""What people type and paste after `subscribe`, and what is understood of it."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels import scopes
from bot.channels.lists import names
from bot.channels.wishes import Options, read, typed
from judgements.authorities import REGISTRY, Authority
from storage.types import DocumentSort, Movements

TODAY = REGISTRY.on(date(2026, 8, 20))


def wanted(text: str) -> list[str]:
    return [scopes.typed(scope) for scope in read(text, TODAY).scopes]


@pytest.mark.parametrize(
    ("text", "scopes_wanted"),
    [
        ("kent", ["kent"]),
        ("Bournemouth, Christchurch and Poole", ["bournemouth-christchurch-and-poole"]),
        ("Brighton and Hove and Telford & Wrekin, kent", ["brighton-and-hove", "telford-and-wrekin", "kent"]),
        ("north yorkshire and york", ["north-yorkshire", "york"]),
        ("bath and north east somerset, bristol", ["bath-and-north-east-somerset", "bristol"]),
        (
            "Bristol, City of, Kingston upon Hull, City of; Herefordshire, County of",
            ["bristol", "kingston-upon-hull", "herefordshire"],
        ),
        ("east and west sussex", ["east-sussex", "west-sussex"]),
        ("kent medway surrey", ["kent", "medway", "surrey"]),
        ("1. Kent; 2) Medway; • Surrey; - York", ["kent", "medway", "surrey", "york"]),
        ("kent, Kent; KENT and 886", ["kent"]),
        ("region south-east", ["region south-east"]),
        ("the South East region and London", ["region south-east", "region london"]),
        ("region south-east and england", ["region south-east", "england"]),
        ("kent, region Yorkshire and the Humber", ["kent", "region yorkshire-and-the-humber"]),
        ("neighbours west-sussex", ["neighbours west-sussex"]),
        ("Kent and its neighbours", ["neighbours kent"]),
        ("neighbors of kent, medway", ["neighbours kent", "medway"]),
        ("england", ["england"]),
        ("everything", ["england"]),
        ("all the London boroughs", ["region london"]),
        ("kent essex region london", ["kent", "essex", "region london"]),
    ],
)
def test_names_are_taken_as_people_write_them(text: str, scopes_wanted: list[str]) -> None:
    wish = read(text, TODAY)
    assert wanted(text) == scopes_wanted
    assert (wish.unsure, wish.mistakes, wish.instead, wish.options) == ((), (), "", Options())


@pytest.mark.parametrize("one", TODAY.current, ids=lambda one: one.slug)
@pytest.mark.parametrize("form", ["{}", "{} and kent", "kent, {}, medway weekly", "{}; kent", "york & {}"])
def test_every_authority_is_found_alone_and_in_a_list(form: str, one: Authority) -> None:
    for name in (one.name, one.spoken, one.slug):
        assert one.slug in wanted(form.format(name))
        assert read(form.format(name), TODAY).unsure == ()


def test_all_names_at_once_in_any_dress_are_all_of_them() -> None:
    everybody = {one.slug for one in TODAY.current}
    for between in (", ", "; ", " and "):
        assert {*wanted(between.join(one.name for one in TODAY.current))} == everybody


def test_what_is_not_known_is_kept_apart_from_what_is() -> None:
    wish = read("Kent; Medwy; East Sussex; Brigton and Hove; sussex; cumbria; region nowhere", TODAY)
    assert [scopes.typed(scope) for scope in wish.scopes] == ["kent", "east-sussex"]
    assert [one.typed for one in wish.unsure] == ["Medwy", "Brigton and Hove", "sussex", "cumbria", "nowhere"]


def test_a_line_of_a_pasted_list_that_is_like_no_name_holds_the_others_up_only_beside_an_option() -> None:
    wish = read("!!!; Kent; Medway; letters daily", TODAY)
    assert (wish.mistakes, [one.typed for one in wish.unsure], len(wish.scopes)) == ((), ["!!!"], 2)
    assert read("Kent; Medway; letters !!!", TODAY).mistakes


def test_an_authority_to_come_is_not_taken_for_its_region_and_its_county() -> None:
    assert wanted("east surrey") == []


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("letters", Options(documents=(DocumentSort.LETTERS,))),
        ("only inspections and send", Options(documents=(DocumentSort.INSPECTIONS, DocumentSort.SEND))),
        ("downgrades, priority actions", Options(changes=(Movements.DOWNGRADES, Movements.PRIORITY_ACTIONS))),
        ("jtai upgrades", Options(documents=(DocumentSort.JTAI,), changes=(Movements.UPGRADES,))),
        ("now", Options(how="now")),
        ("daily", Options(how="daily 09:45")),
        ("daily at 9am", Options(how="daily 09:00")),
        ("daily 17.30", Options(how="daily 17:30")),
        ("weekly", Options(how="weekly mon 09:45")),
        ("weekly on Fridays at 12:00", Options(how="weekly fri 12:00")),
        ("daily at 9", Options(how="daily 09:00")),
        ("daily at 0945", Options(how="daily 09:45")),
        ("weekly mondays at 8", Options(how="weekly mon 08:00")),
        ("weekly at 8 on mondays", Options(how="weekly mon 08:00")),
        ("weekly please", Options(how="weekly mon 09:45")),
        ("every friday 12:00", Options(how="weekly fri 12:00")),
        ("each day", Options(how="daily 09:45")),
        ("weekly thurs noon", Options(how="weekly thu 12:00")),
        ("compact threads off", Options(compact=True, threads=False)),
        ("full threads on", Options(compact=False, threads=True)),
        ("all documents all changes", Options(documents=(), changes=())),
        ("mention <@U012ABC>", Options(mention="<@U012ABC>")),
        (
            "mention <!subteam^S012|@social care> on downgrades",
            Options(mention="<!subteam^S012>", mention_on=Movements.DOWNGRADES),
        ),
        ("mention off", Options(mention="")),
        ("weekly even if empty", Options(how="weekly mon 09:45", even_if_empty=True)),
        ("not if empty", Options(even_if_empty=False)),
    ],
)
def test_options_may_stand_before_behind_and_between_names(text: str, options: Options) -> None:
    for form in ("kent {}", "{} kent", "kent, {}, medway", "kent except york {}"):
        wish = read(form.format(text), TODAY)
        assert (wish.options, wish.mistakes, wish.unsure) == (options, (), ())
        assert wish.scopes[0] == scopes.of_authority("80553") or "kent" in scopes.typed(wish.scopes[0])


def test_what_is_typed_anew_for_another_name_means_the_same() -> None:
    options = "letters downgrades weekly fri 12:00 compact threads off mention <@U1A> on upgrades even if empty"
    wish = read(f"kent except medway {options}", TODAY)
    again = read(f"surrey {wish.typed_options}", TODAY)
    assert (again.options, again.excepted) == (wish.options, wish.excepted)
    assert read(f"kent {typed(Options(documents=(), changes=(), mention=''))}", TODAY).options.mention == ""


@pytest.mark.parametrize(
    ("text", "known", "beyond"),
    [
        ("kent perhaps", "Kent", "perhaps"),
        ("tell us of kent", "Kent", "tell us of"),
        ("kent medway foo", "Kent and Medway", "foo"),
        ("york when ofsted wakes", "York", "when ofsted wakes"),
    ],
)
def test_words_beside_a_certain_name_are_not_thrown_away(text: str, known: str, beyond: str) -> None:
    (unsure,) = read(text, TODAY).unsure
    assert (unsure.known, unsure.beyond) == (known, beyond)
    assert wanted(text) == []


@pytest.mark.parametrize("text", ["bath and north east somrset", "west susex", "medwy", "newcastle upon tine"])
def test_a_mistyped_name_is_no_name_with_words_beside_it(text: str) -> None:
    assert [one.beyond for one in read(text, TODAY).unsure] == [""]


def test_a_number_that_is_an_authority_is_no_time_of_day() -> None:
    wish = read("daily 886", TODAY)
    assert (wanted("daily 886"), wish.options, wish.mistakes) == (["kent"], Options(how="daily 09:45"), ())


@pytest.mark.parametrize("text", ["kent also letters", "also kent letters", "kent letters also", "kent, also letters"])
def test_another_one_is_wished_for_beside_what_there_is(text: str) -> None:
    wish = read(text, TODAY)
    assert (wish.also, wanted(text), wish.options) == (True, ["kent"], Options(documents=(DocumentSort.LETTERS,)))
    assert read(f"york {wish.typed_options}", TODAY).also
    assert not read("kent weekly also if empty", TODAY).also


def test_exceptions_are_scopes_too() -> None:
    wish = read("england except kent, medway and region london weekly", TODAY)
    assert wish.scopes == ("england",)
    assert [scopes.typed(scope) for scope in wish.excepted or ()] == ["kent", "medway", "region london"]
    for without in ("without", "apart from", "minus", "other than", "but not"):
        assert read(f"england {without} kent", TODAY).excepted == read("england except kent", TODAY).excepted
    assert read("england except nobody", TODAY).excepted == ()
    assert read("england", TODAY).excepted is None


@pytest.mark.parametrize(
    "text",
    [
        "kent mention @here on downgrades",
        "kent mention @group",
        "kent mention <!here>",
        "kent mention <!channel|@channel>",
        "kent mention <@U1A> on tuesdays",
        "kent mention <@U1A> on downgrades and upgrades",
        "kent mention <@U1A> on downgrades, upgrades weekly",
        "kent mention <@U1A> and <@U2B> on downgrades",
        "kent mention <@U1A> mention <@U2B>",
        "kent except letters",
        "england excluding downgrades",
        "england except",
        "england except weekly",
        "england except kent and letters",
        "england except letters, kent",
        "england except kent weekly york",
        "kent daily 25:00",
        "kent weekly mon 9:75",
        "kent daily 9:5",
        "kent daily 25",
        "kent at 25:00",
        "kent daily at 945",
        "kent now daily 09:45",
        "kent now monday",
        "kent daily at 9 on tuesday",
        "kent weekly tue at 9 on monday",
        "kent letters hourly",
        "england downgrades weekdays",
        "kent weekly mon tue",
        "england except atlantis",
        ", ".join(f"nowhere {number}" for number in range(30)),
    ],
)
def test_what_cannot_be_meant_is_a_mistake_in_words(text: str) -> None:
    assert read(text, TODAY).mistakes


@pytest.mark.parametrize(
    ("text", "instead"),
    [
        ("kent wekly", "kent weekly"),
        ("kent, medway dowgrades", "kent, medway downgrades"),
        ("kent excpt york", "kent except york"),
        ("kent at 9", "kent daily 09:00"),
        ("kent 9am letters", "kent daily 09:00 letters"),
        ("kent monday 9am", "kent weekly mon 09:00"),
        ("kent, medway on fridays", "kent, medway weekly fri 09:45"),
    ],
)
def test_a_mistyped_option_is_asked_about(text: str, instead: str) -> None:
    assert read(text, TODAY).instead == instead


@settings(deadline=None, max_examples=60)
@given(st.text(alphabet=st.sampled_from(" ,;&|kentysux-@<>!^and except weekly mention 0912:.\u202e"), max_size=200))
def test_whatever_is_typed_comes_to_an_end_and_to_scopes_that_exist(text: str) -> None:
    wish = read(text, TODAY)
    assert all(scopes.covered(scope) for scope in wish.scopes)


@pytest.mark.parametrize("text", ["x " * 1500, "x," * 1500, "kent " * 500, "and " * 700, ";" * 3000, "north, " * 400])
def test_long_lists_are_read_quickly(text: str) -> None:
    certain, unsure = names(text, TODAY)
    assert len(certain) + len(unsure) < 300
