"""What a card says of an authority, and what it leaves out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from bot.answers import cards
from bot.types import Bullets, Card, Grades, Link, Paragraph
from judgements.authorities import REGISTRY
from judgements.types import Kind, NotRead, Outcome, Status
from storage.types import Coverage, KnownAuthority, KnownDocument, KnownTrouble, SourceState, TroubleKind
from tests.bot.examples import (
    HISTORY,
    IN_2019,
    IN_2026,
    T0,
    TODAY,
    UNREAD,
    WEST_SUSSEX,
    document,
    inspection,
    items,
    letter,
    listing,
    send,
)


def card(*documents: KnownDocument) -> Card:
    one = REGISTRY.by_urn(WEST_SUSSEX)
    assert one is not None
    known = KnownAuthority(urn=WEST_SUSSEX, baseline_at=T0, documents=documents)
    return cards.authority(known, one, TODAY, subscribed=None)


def lists(of: Card) -> dict[str, Bullets]:
    return {block.title: block for block in of.blocks if isinstance(block, Bullets)}


def focused_visit(days: tuple[date, date], published: date, file_id: str) -> KnownDocument:
    return document(listing(published, file_id), letter(Kind.ILACS_FOCUSED_VISIT, days))


def test_the_newest_graded_report_is_shown_whatever_the_order() -> None:
    assert card(*HISTORY).sentence == card(*reversed(HISTORY)).sentence
    assert "published 12 May 2023" in card(*HISTORY).sentence


def test_letters_are_listed_only_if_they_came_after_the_newest_report() -> None:
    old = focused_visit((date(2021, 5, 4), date(2021, 5, 5)), date(2021, 6, 8), "50170001")
    assert "Letters since then" not in lists(card(*HISTORY[:2], old))
    assert len(lists(card(*HISTORY, old))["Letters since then"].items) == 1


def test_areas_for_priority_action_are_flagged_in_the_report_its_letters_and_the_outcome() -> None:
    flagged = replace(send(Outcome.SYSTEMIC_FAILINGS, IN_2026), priority_actions=items(5))
    outcome = document(listing(TODAY, "50260009"), flagged)
    assert "⚠ 5 areas for priority action" in str(
        lists(card(*HISTORY[:2], outcome))["Latest area SEND inspection"].items
    )
    urgent = document(listing(), inspection("IIII", "I", IN_2026, priority_actions=items(2)))
    (said, *_) = [block for block in card(urgent).blocks if isinstance(block, Paragraph)]
    assert ("⚠ 2 areas for priority action",) in said.lines


def test_a_card_leads_to_the_form_for_a_wrong_reading_of_its_report() -> None:
    assert [button.command for button in card(*HISTORY).buttons if button.action] == ["80578/50216432"]
    assert not [button for button in card(UNREAD).buttons if button.action]


def test_only_the_newest_letters_are_listed_and_the_others_counted() -> None:
    visits = [
        focused_visit((date(2024, month, 2),) * 2, date(2024, month, 20), f"502{month:05}") for month in range(1, 8)
    ]
    listed = lists(card(*HISTORY[:2], *visits))["Letters since then"]
    assert (len(listed.items), listed.left_out) == (5, 2)
    assert "20 July 2024" in str(listed.items[0])


def test_a_newer_document_that_was_not_read_stands_above_the_grades() -> None:
    first = card(*HISTORY, UNREAD).blocks[0]
    assert isinstance(first, Bullets)
    assert first.title == "Documents not yet read"


def test_an_old_document_that_was_not_read_is_not_mentioned() -> None:
    old = document(listing(date(2012, 3, 1), "1900001"), NotRead(status=Status.UNRECOGNISED, why="no such framework"))
    assert card(*HISTORY, old) == card(*HISTORY)


def test_a_report_read_in_part_says_what_is_missing() -> None:
    partial = document(listing(), replace(inspection("GGGG", "G", (TODAY, TODAY)), problems=("no dates",)))
    (unread,) = [block for title, block in lists(card(partial)).items() if title.startswith("Parts of this report")]
    assert unread.items == (("no dates",),)


def test_a_councils_own_report_is_not_where_an_authority_stands() -> None:
    own = document(listing(), replace(inspection("OOOO", "O", (TODAY, TODAY)), kind=Kind.COUNCIL_REPORT))
    assert card(*HISTORY, own) == card(*HISTORY)


def test_a_report_without_inspection_dates_is_shown_with_its_publication() -> None:
    undated = document(listing(), inspection("GGGG", "G", IN_2019, inspection=None))
    shown = card(undated)
    assert any(isinstance(block, Grades) for block in shown.blocks)
    lines = [line for block in shown.blocks if isinstance(block, Paragraph) for line in block.lines]
    assert lines[1][0] == "Published 20 August 2026 (today)."


def told(on: date = TODAY, **source: object) -> list[str]:
    state = SourceState(key="ofsted-local-authorities", **source)  # type: ignore[arg-type]
    coverage = Coverage(
        authorities_known=100, authorities_baselined=97, newest=None, sources=(state,), waiting=0, dead=0
    )
    (block,) = cards.status(coverage, on, whole=True).blocks
    assert isinstance(block, Paragraph)
    return [str(line[0]) for line in block.lines]


def test_a_second_number_of_a_document_is_not_a_second_document() -> None:
    again = replace(HISTORY[-2], listing=replace(HISTORY[-2].listing, file_id="50999999"), same_as="50250001")
    assert card(*HISTORY, again) == card(*HISTORY)


def test_status_says_what_is_wrong_without_keys_and_queries() -> None:
    trouble = "https://reports.ofsted.gov.uk/search?q=&rows=100: answered 500."
    said = told(last_ok_at=T0, listed_at=T0, seen=153, failures=4, trouble=trouble)
    assert "Trouble at the last 4 looks: https://reports.ofsted.gov.uk/search: answered 500." in said
    assert "ofsted-local-authorities" not in str(said)


def test_status_sets_a_short_list_beside_the_country() -> None:
    assert "97 of the 100 authorities that Ofsted lists (of England's 153 authorities)" in told(seen=100)[0]
    assert "97 of the 153 authorities that Ofsted lists are stored" in told(seen=153)[0]


def test_status_counts_the_country_of_the_day() -> None:
    """East and West Surrey take over from Surrey on 1 April 2027."""
    eve, day = (told(seen=153, on=date(2027, *each))[0] for each in ((3, 31), (4, 1)))
    assert "97 of the 153 authorities that Ofsted lists are stored" in eve
    assert "97 of the 153 authorities that Ofsted lists (of England's 154 authorities) are stored" in day


def test_status_before_the_first_look_says_so() -> None:
    assert told()[:2] == [
        "The histories of 97 of England's 153 authorities are stored; no document is stored yet.",
        "Ofsted's list has not been read yet.",
    ]


def test_status_keeps_apart_when_the_list_was_read_and_when_all_was_well() -> None:
    days_ago = T0 - timedelta(days=3)
    read = "Ofsted's list was last read at 09:36 BST on 20 August 2026."
    assert told(last_ok_at=T0, listed_at=T0)[1:3] == [read, "No message is waiting to be sent."]
    one_page_fails = told(last_ok_at=days_ago, listed_at=T0, failures=9, trouble="Kent: it answered 410.")
    assert one_page_fails[1:3] == [
        read,
        "All that is watched was last read without trouble at 09:36 BST on 17 August 2026.",
    ]
    list_fails = told(last_ok_at=days_ago, listed_at=days_ago, failures=9, trouble="The list: it answered 500.")
    assert list_fails[1:3] == [
        "Ofsted's list was last read at 09:36 BST on 17 August 2026.",
        "Trouble at the last 9 looks: The list: it answered 500.",
    ]
    first_walk = told(listed_at=T0)
    assert first_walk[1:3] == [read, "Not all that is watched has been read without trouble yet."]


def test_status_tells_when_the_list_is_read_again_and_the_newest_document() -> None:
    source = SourceState(key="x", last_ok_at=T0, seen=153, next_check_at=T0 + timedelta(minutes=30))
    coverage = Coverage(
        authorities_known=153, authorities_baselined=153, newest=listing(), sources=(source,), waiting=0, dead=0
    )
    (block,) = cards.status(coverage, TODAY, whole=True).blocks
    assert isinstance(block, Paragraph)
    assert (Link("Newest document: West Sussex, “Children's services inspection”", listing().url),) in block.lines
    assert ("It is read again at 10:06 BST on 20 August 2026, or a little later.",) in block.lines


def test_status_tells_the_next_look_of_the_plan_unless_the_source_rests_for_longer() -> None:
    source = SourceState(key="x", last_ok_at=T0, seen=153, next_look_at=T0 + timedelta(minutes=5))
    for at, state in (("09:41", source), ("10:36", replace(source, next_check_at=T0 + timedelta(hours=1)))):
        coverage = Coverage(
            authorities_known=153, authorities_baselined=153, newest=None, sources=(state,), waiting=0, dead=0
        )
        (block,) = cards.status(coverage, TODAY, whole=True).blocks
        assert isinstance(block, Paragraph)
        assert (f"It is read again at {at} BST on 20 August 2026, or a little later.",) in block.lines


def test_status_tells_operators_what_they_know_but_not_twice_that_a_source_fails() -> None:
    def trouble(kind: TroubleKind, sentence: str) -> KnownTrouble:
        return KnownTrouble(key=sentence, kind=kind, sentence=sentence, since=T0, last_at=T0)

    coverage = Coverage(
        authorities_known=153,
        authorities_baselined=153,
        newest=None,
        sources=(),
        waiting=0,
        dead=0,
        troubles=(trouble(TroubleKind.SOURCE_FAILING, "failing"), trouble(TroubleKind.UNREAD, "Two are not read.")),
    )
    (_, block) = cards.status(coverage, TODAY, whole=True).blocks
    assert isinstance(block, Bullets)
    assert block.items == (("Since 20 August 2026: Two are not read.",),)
    (others,) = cards.status(coverage, TODAY, whole=False).blocks
    assert isinstance(others, Paragraph)
    assert others.lines[-1] == ("The people who run this bot have been told about 1 problem.",)


def test_status_says_what_is_not_told_yet_only_while_there_is_something() -> None:
    coverage = Coverage(authorities_known=153, authorities_baselined=153, newest=None, sources=(), waiting=0, dead=0)
    assert "told everywhere" not in str(cards.status(coverage, TODAY, whole=True))
    assert "2 changes found and not told everywhere yet." in str(
        cards.status(replace(coverage, untold=2), TODAY, whole=True)
    )


def test_of_two_reports_on_one_inspection_the_later_publication_is_where_an_authority_stands() -> None:
    wrong = document(listing(date(2026, 8, 1), "50260001"), inspection("GGGG", "G", (TODAY, TODAY)))
    right = document(listing(date(2026, 8, 20), "50260002"), inspection("RRRR", "R", (TODAY, TODAY)))
    assert "published 20 August 2026" in card(wrong, right).sentence
    assert "published 20 August 2026" in card(right, wrong).sentence


def test_an_inspection_whose_grades_were_all_left_out_stands_above_the_grades() -> None:
    doubtful = replace(inspection("GGGG", "G", (TODAY, TODAY)), judgements=(), overall=None, problems=("two tables",))
    first = card(*HISTORY, document(listing(date(2026, 8, 20), "50260001"), doubtful)).blocks[0]
    assert isinstance(first, Bullets)
    assert first.title == "Documents not yet read"


def test_grades_are_not_compared_over_an_inspection_that_was_not_read() -> None:
    newest = document(listing(date(2026, 8, 20), "50260001"), inspection("GGGG", "G", (TODAY, TODAY)))
    gap = document(listing(date(2025, 8, 20), "50250001"), NotRead(status=Status.UNREADABLE, why="cut off"))
    (grades,) = [block for block in card(*HISTORY, gap, newest).blocks if isinstance(block, Grades)]
    assert {row.movement for row in grades.rows} == {""}
    assert "20 August 2025) has not been read, so nothing is compared" in str(card(*HISTORY, gap, newest).blocks[-1])
