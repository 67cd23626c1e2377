"""Which channels a change reaches, and how."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.alerting.subscriptions import EXCEPTED, OTHER_CHANGES, OTHER_DOCUMENTS, UNCOVERED, Telling, route, why_not
from bot.channels import hows, scopes
from judgements.authorities import REGISTRY
from judgements.types import Change, ChangeKind, Kind, NotRead, Status
from storage.types import ClaimedChange, DocumentSort, Movements, Subscription
from tests.bot.examples import CHANGES, IN_2023, IN_2026, T0, WEST_SUSSEX, change, inspection, letter, listing

IMPROVED, DECLINED = CHANGES["improved"], CHANGES["declined_with_priority_actions"]
DOCUMENTS, MOVES = list(DocumentSort), list(Movements)


def wish(channel: str = "C1", scope: str = scopes.of_authority(WEST_SUSSEX), **other: Any) -> Subscription:
    values: dict[str, Any] = {"team": "T1", "channel": channel, "scope": scope, "created_by": "U1", "created_at": T0}
    return Subscription(**values | other)


def news(of: Change) -> ClaimedChange:
    return ClaimedChange(change=of, seen_at=T0)


def routed(of: Change, *wishes: Subscription) -> tuple[Telling, ...]:
    return route(news(of), wishes, {}, T0)


@pytest.mark.parametrize(
    "scope",
    [
        scopes.of_authority(WEST_SUSSEX),
        "region:south-east",
        scopes.of_neighbours(WEST_SUSSEX),
        "england",
        *(scopes.of_neighbours(one.urn) for one in REGISTRY.current if WEST_SUSSEX in one.neighbours),
    ],
)
def test_a_change_reaches_every_scope_that_covers_its_authority(scope: str) -> None:
    assert why_not(wish(scope=scope), IMPROVED) == ""
    assert scope in scopes.reaching(WEST_SUSSEX)


def test_and_no_other_scope() -> None:
    for one in REGISTRY.current:
        if one.urn != WEST_SUSSEX:
            assert why_not(wish(scope=scopes.of_authority(one.urn)), IMPROVED) == UNCOVERED
    assert why_not(wish(scope="region:london"), IMPROVED) == UNCOVERED


@pytest.mark.parametrize("gone", [one for one in REGISTRY.all if one.abolished], ids=lambda one: one.slug)
def test_what_happens_to_a_successor_reaches_those_who_subscribed_to_what_it_took_over_from(gone: Any) -> None:
    for heir in gone.successors:
        assert scopes.of_authority(gone.urn) in scopes.reaching(heir)
        assert not why_not(wish(scope=scopes.of_authority(gone.urn)), replace(IMPROVED, urn=heir))
        assert why_not(wish(scope="england", excepted=(gone.urn,)), replace(IMPROVED, urn=heir)) == EXCEPTED


def test_an_authority_that_nobody_knows_yet_is_part_of_england() -> None:
    assert scopes.reaching("999999") == ("authority:999999", "england")
    assert routed(replace(IMPROVED, urn="999999"), wish(scope="england"))


def test_who_is_excepted_is_not_told() -> None:
    assert why_not(wish(scope="england", excepted=(WEST_SUSSEX,)), IMPROVED) == EXCEPTED


@pytest.mark.parametrize(
    ("of", "sorts"),
    [
        (IMPROVED, {DocumentSort.INSPECTIONS}),
        (CHANGES["monitoring_visit"], {DocumentSort.LETTERS}),
        (CHANGES["joint_inspection"], {DocumentSort.LETTERS, DocumentSort.JTAI}),
        (CHANGES["send_declined"], {DocumentSort.SEND}),
        (CHANGES["not_read"], {DocumentSort.INSPECTIONS, DocumentSort.LETTERS}),
        (replace(CHANGES["not_read"], listing=listing(title="Area SEND full inspection")), {DocumentSort.SEND}),
        (
            replace(CHANGES["not_read"], listing=listing(title="Joint area child protection inspection")),
            {DocumentSort.INSPECTIONS, DocumentSort.LETTERS, DocumentSort.JTAI},
        ),
        (
            change(replace(inspection("GGGG", "G", IN_2026), kind=Kind.COUNCIL_REPORT), kind=ChangeKind.NOT_READ),
            {DocumentSort.INSPECTIONS, DocumentSort.LETTERS},
        ),
    ],
)
def test_documents_are_sorted_by_what_they_are_and_unread_ones_by_what_they_may_be(
    of: Change, sorts: set[DocumentSort]
) -> None:
    reasons = {sort: why_not(wish(documents=(sort,)), of) for sort in DocumentSort}
    assert {sort for sort, why in reasons.items() if not why} == sorts
    assert set(reasons.values()) <= {"", OTHER_DOCUMENTS}


@pytest.mark.parametrize(
    ("of", "moves"),
    [
        (IMPROVED, {Movements.UPGRADES}),
        (DECLINED, {Movements.UPGRADES, Movements.DOWNGRADES, Movements.PRIORITY_ACTIONS}),
        (CHANGES["nothing_moved"], set()),
        (CHANGES["first_inspection"], set()),
        (CHANGES["no_overall_any_more"], {Movements.UPGRADES}),
        (CHANGES["focused_visit_with_priority_action"], {Movements.PRIORITY_ACTIONS}),
        (CHANGES["send_declined"], {Movements.DOWNGRADES}),
        (CHANGES["not_read"], set(Movements)),
        (CHANGES["read_in_part"], set(Movements)),
        (replace(IMPROVED, kind=ChangeKind.WITHDRAWN), set(Movements)),
    ],
)
def test_changes_are_filtered_by_what_moved_and_what_is_not_certain_is_told(of: Change, moves: set[Movements]) -> None:
    reasons = {move: why_not(wish(changes=(move,)), of) for move in Movements}
    assert {move for move, why in reasons.items() if not why} == moves
    assert set(reasons.values()) <= {"", OTHER_CHANGES}


def test_a_reorganisation_passes_every_filter() -> None:
    of = replace(
        CHANGES["not_read"],
        kind=ChangeKind.AUTHORITY_ABOLISHED,
        listing=listing(file_id="", title="West Sussex"),
        reading=NotRead(status=Status.NOT_A_REPORT, why=""),
    )
    assert not why_not(wish(documents=(DocumentSort.SEND,), changes=(Movements.UPGRADES,)), of)


_WISHES = st.builds(
    wish,
    st.sampled_from(["C1", "C2", "C3"]),
    st.sampled_from([scopes.of_authority(WEST_SUSSEX), "region:south-east", "region:london", "england"]),
    team=st.sampled_from(["T1", "T2"]),
    excepted=st.sampled_from([(), (WEST_SUSSEX,)]),
    documents=st.lists(st.sampled_from(DOCUMENTS), unique=True, max_size=2).map(tuple),
    changes=st.lists(st.sampled_from(MOVES), unique=True, max_size=2).map(tuple),
    how=st.sampled_from(["now", "daily 09:45", "weekly mon 09:45"]),
    compact=st.booleans(),
    threads=st.booleans(),
    mention=st.sampled_from(["", "<@U1>", "<!subteam^S1>"]),
    mention_on=st.sampled_from([None, *MOVES]),
)
_CHANGES = st.sampled_from(list(CHANGES.values()))


@given(_CHANGES, st.lists(_WISHES, max_size=8))
def test_each_channel_that_wants_to_know_is_told_exactly_once(of: Change, wishes: list[Subscription]) -> None:
    told = [one.place for one in routed(of, *wishes)]
    assert len(told) == len(set(told))
    assert set(told) == {(one.team, one.channel) for one in wishes if not why_not(one, of)}


@given(_CHANGES, _WISHES, st.sampled_from(DOCUMENTS), st.sampled_from(MOVES))
def test_more_words_in_a_filter_never_tell_less(
    of: Change, one: Subscription, sort: DocumentSort, move: Movements
) -> None:
    if not why_not(one, of):
        wider = replace(
            one,
            documents=(*one.documents, sort) if one.documents else (),
            changes=(*one.changes, move) if one.changes else (),
        )
        assert not why_not(wider, of)
        assert not why_not(replace(one, documents=(), changes=(), excepted=()), of)


@given(_CHANGES, st.lists(_WISHES, min_size=1, max_size=6))
def test_the_most_immediate_and_fullest_wish_of_a_channel_counts(of: Change, wishes: list[Subscription]) -> None:
    for telling in routed(of, *wishes):
        mine = [one for one in wishes if (one.team, one.channel) == telling.place and not why_not(one, of)]
        at_once = [one for one in mine if one.how == "now"]
        assert (telling.due is None) is bool(at_once)
        if at_once:
            assert telling.compact is all(one.compact for one in at_once)
            assert telling.threads is any(one.threads for one in at_once)
        else:
            assert telling.due == min(due for one in mine if (due := routed(of, one)[0].due))
            assert telling.due == hows.due(telling.how, T0)


@given(_CHANGES, st.lists(_WISHES, max_size=4), st.integers(-2, 2))
def test_a_muted_channel_is_told_at_once_of_nothing_and_what_is_for_its_digest_waits_all_the_same(
    of: Change, wishes: list[Subscription], hours: int
) -> None:
    muted = {("T1", "C1"): T0 + timedelta(hours=hours)}
    mine = [one for one in wishes if (one.team, one.channel) == ("T1", "C1") and one.how == "now"]
    left = [one for one in wishes if one not in mine] if hours > 0 else wishes
    assert set(route(news(of), wishes, muted, T0)) == set(routed(of, *left))


def test_somebody_is_called_only_for_what_is_certain() -> None:
    on = wish(mention="<!subteam^S1>", mention_on=Movements.DOWNGRADES)
    always = wish(scope="england", mention="<@U1>")
    assert routed(DECLINED, on, always)[0].mentions == ("<!subteam^S1>", "<@U1>")
    assert routed(IMPROVED, on, always)[0].mentions == ("<@U1>",)
    assert routed(CHANGES["not_read"], on)[0].mentions == ()
    assert routed(DECLINED, replace(on, how="daily 09:45"))[0].mentions == ()


@pytest.mark.parametrize("kind", [ChangeKind.WITHDRAWN, ChangeKind.RETURNED])
def test_nobody_is_called_for_priority_actions_because_a_document_that_has_some_came_or_went(kind: ChangeKind) -> None:
    on = wish(mention="<!subteam^S1>", mention_on=Movements.PRIORITY_ACTIONS)
    assert routed(DECLINED, on)[0].mentions == ("<!subteam^S1>",)
    assert routed(replace(DECLINED, kind=kind), on)[0].mentions == ()


def test_a_letter_and_an_inspection_are_told_apart_by_their_reading_and_not_by_the_kind_of_change() -> None:
    corrected = change(letter(Kind.ILACS_FOCUSED_VISIT, IN_2023), kind=ChangeKind.CORRECTED)
    assert not why_not(wish(documents=(DocumentSort.LETTERS,)), corrected)
    assert why_not(wish(documents=(DocumentSort.INSPECTIONS,)), corrected) == OTHER_DOCUMENTS
