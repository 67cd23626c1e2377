"""Every message the bot can make is one that Slack takes, and nothing in it pings anybody."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import messages
from bot.alerting import alerts
from bot.messages import render, shortened, tidied
from bot.types import (
    Block,
    Bullets,
    Button,
    Card,
    GradeRow,
    Grades,
    Grid,
    Line,
    Link,
    Paragraph,
    Person,
    SmallPrint,
    Table,
)
from tests.bot.examples import CHANGES, HOSTILE
from tests.bot.messages_said import MESSAGES
from tests.bot.validators import buttons, check, marks, texts

HUGE = Card(
    title=f"{HOSTILE} " * 20,
    sentence=f"{HOSTILE} " * 300,
    blocks=(
        Paragraph(((f"{HOSTILE} " * 400,),)),
        Bullets(title=HOSTILE, items=tuple((HOSTILE,) for _ in range(400)), left_out=3, elsewhere="there"),
        Grades(
            tuple(GradeRow(name=HOSTILE, sign="▲", movement="improved", after=HOSTILE, why=HOSTILE) for _ in range(60))
        ),
        Table(columns=("a", "b"), rows=tuple(((HOSTILE,), (Person("U01ALICE"),)) for _ in range(153))),
        Grid(columns=(HOSTILE, "b"), rows=((HOSTILE, ((HOSTILE,), ())),) * 3),
        Grid(columns=(HOSTILE, "b"), rows=((HOSTILE, ((HOSTILE,), ())),) * 3, upright=True),
        SmallPrint(((HOSTILE,),)),
    ),
    buttons=tuple(Button(label=HOSTILE * 2, command=f"subscribe {n}" + "x" * 1900) for n in range(12)),
)
CALLED = {"alert_without_threads": ("!subteam^S1",), "burst_without_threads": ("@U01ALICE",)}
"""Who is to be called in which message."""
ALL = {**MESSAGES, "huge": render(HUGE)}
EVERY = pytest.mark.parametrize("name", ALL)


@EVERY
def test_slack_would_take_it(name: str) -> None:
    check(ALL[name], CALLED.get(name, ()))


@EVERY
def test_its_links_lead_to_documents_and_nowhere_else(name: str) -> None:
    found = [mark for one in texts(ALL[name].blocks) if one["type"] == "mrkdwn" for mark in marks(one["text"])]
    people = ("@U01ALICE", "!subteam^S1")
    assert all(mark.startswith(SITES) or mark in people for mark in found)


SITES = ("https://files.ofsted.gov.uk/", "https://reports.ofsted.gov.uk/provider/")


@pytest.mark.parametrize("name", CHANGES)
def test_an_alerts_fallback_names_authority_and_date(name: str) -> None:
    assert alerts.said(CHANGES[name]).split(":")[0] in ALL[f"alert_{name}"].text
    assert " 20 August 2026" in ALL[f"alert_{name}"].text


def test_what_does_not_fit_is_left_out_and_the_message_says_so() -> None:
    last = [block for block in ALL["huge"].blocks if block["type"] != "actions"][-1]
    assert last["elements"][0]["text"].startswith("… there is more than fits")
    assert len(buttons(ALL["huge"].blocks)) == 12


def test_in_parts_nothing_is_left_out_and_each_part_says_which_it_is() -> None:
    items = tuple((f"Area {number}: " + "x" * 500,) for number in range(60))
    card = Card(
        title="West Sussex in detail",
        sentence="West Sussex in detail: 60 areas for improvement.",
        blocks=(Paragraph((("First",),)), Bullets(title="60 areas", items=items), SmallPrint((("Source: Ofsted",),))),
        buttons=(Button(label="History", command="history"),),
    )
    parts = messages.render_in_parts(card)
    for part in parts:
        check(part)
    assert [str(part.blocks).count("Area ") for part in parts] == [15, 15, 15, 15]
    assert [part.blocks[0]["text"]["text"] for part in parts] == [
        f"West Sussex in detail ({n} of 4)" for n in range(1, 5)
    ]
    assert [part.text for part in parts[:2]] == [card.sentence, "West Sussex in detail (2 of 4)."]
    assert [str(part.blocks).count("*60 areas (continued)*") for part in parts] == [0, 1, 1, 1]
    assert "Source: Ofsted" in str(parts[-1].blocks)
    assert [len(buttons(part.blocks)) for part in parts] == [0, 0, 0, 1]


def test_many_short_blocks_are_parted_too() -> None:
    card = Card(title="Many", sentence="Many.", blocks=tuple(SmallPrint(((str(n),),)) for n in range(120)))
    parts = messages.render_in_parts(card)
    assert [len(part.blocks) for part in parts] == [50, 50, 23]


def test_what_fits_into_one_message_is_one_with_nothing_added() -> None:
    card = Card(title="One", sentence="One.", blocks=(Paragraph((("Word",),)),))
    assert messages.render_in_parts(card) == (render(card),)


def _paragraph(line: Line) -> str:
    (block,) = render(Card(title="", sentence="x", blocks=(Paragraph((line,)),))).blocks
    return str(block["text"]["text"])


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "ftp://files.example/a", "https://a b", "https://a|b", "https://a>b"]
)
def test_an_address_that_is_not_one_of_the_web_is_shown_as_words(url: str) -> None:
    assert _paragraph((Link("Read the report", url),)) == "Read the report"


def test_an_address_keeps_its_query_and_its_words_cannot_end_the_link() -> None:
    assert _paragraph((Link("a|b>", "https://x.example/?a=1&b=2"),)) == "<https://x.example/?a=1&amp;b=2|a¦b&gt;>"


def test_a_persons_id_that_is_none_is_shown_as_words() -> None:
    assert _paragraph((Person("!channel>"),)) == "!channel&gt;"


def test_spaces_between_runs_are_kept() -> None:
    assert _paragraph(("one ", Link("two", "https://x.example"), " three")) == "one <https://x.example|two> three"


def test_text_is_brought_on_one_line_without_what_cannot_be_seen() -> None:
    assert (
        tidied("  a\r\n\tb\u202ec\u2066d\u00ade\x00f \U0001f469\u200d\U0001f467 ")
        == "a bcde f \U0001f469\u200d\U0001f467"
    )


@given(st.text(alphabet="&<>a;| ", max_size=60), st.integers(1, 40))
def test_shortening_never_cuts_an_entity(text: str, most: int) -> None:
    short = shortened(messages.escaped(text), most)
    assert len(short) <= most
    assert short.replace("&amp;", "").replace("&lt;", "").replace("&gt;", "").count("&") == 0


def _texts(*blocks: Block) -> list[str]:
    return [str(block["text"]["text"]) for block in render(Card(title="", sentence="x", blocks=blocks)).blocks]


def test_a_grid_is_read_across_and_says_nothing_of_empty_cells() -> None:
    grid = Grid(columns=("good", "inadequate"), rows=(("Leadership", (("3",), ())), ("Adoption", (("1",), ("2",)))))
    assert _texts(grid) == ["*Leadership*: 3 good\n*Adoption*: 1 good, 2 inadequate"]


def test_an_upright_grid_has_a_line_for_each_cell() -> None:
    grid = Grid(columns=("Kent", "Essex"), rows=(("Leadership", (("good",), ("outstanding",))),), upright=True)
    assert _texts(grid) == ["*Leadership*\n• Kent: good\n• Essex: outstanding"]


def test_a_table_with_a_title_needs_no_columns_in_a_message() -> None:
    rows = ((("Kent",), (), ("2025",)),)
    assert _texts(Table(title="Good (1)", columns=("a", "b", "c"), rows=rows)) == ["*Good (1)*\n• Kent · 2025"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("*bold* _italic_ ~struck~ `code`", "∗bold∗ ˍitalicˍ ∼struck∼ ˋcodeˋ"),
        ("a footnote*", "a footnote∗"),
        ("snake_case, 5 * 3, a*b and O`Neill", "snake_case, 5 * 3, a*b and O`Neill"),
        ("> quoted > not", "› quoted &gt; not"),
        ("at 09:45: :tada: said 1:2", "at 09∶45: ∶tada: said 1:2"),
        ("(*both*)", "(∗both∗)"),
    ],
)
def test_what_would_be_formatted_is_shown_as_it_is_written(text: str, shown: str) -> None:
    assert messages.escaped(text) == shown


@given(st.text(alphabet="*_~`:>a1 .(", max_size=30))
def test_no_text_of_others_begins_or_ends_a_format(text: str) -> None:
    said = messages.escaped(text)
    assert not re.search(r"(?<![a-z0-9])[*_~`](?=\S)", said)
    assert not re.search(r"(?<=\S)[*_~`](?![a-z0-9])", said)
    assert not re.search(r":[a-z0-9_+'-]+:", said)
    assert not said.startswith("&gt;")


def test_no_button_runs_a_command_that_was_cut() -> None:
    whole = Button(label="whole", command="e" * messages.MOST_VALUE)
    card = Card(title="", sentence="", buttons=(whole, Button(label="cut", command=f"{whole.command}x")))
    assert [one["text"]["text"] for one in buttons(render(card).blocks)] == ["whole"]
    assert render(Card(title="", sentence="", buttons=card.buttons[1:])).blocks == ()
