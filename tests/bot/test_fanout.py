"""From changes to what channels are owed: once each, together where they come together, corrected where they stand."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from bot.alerting import alerts, fanout
from bot.alerting.fanout import (
    SETTLING,
    FanOut,
    fan_out_digests,
    fan_out_waiting,
    is_settled,
    notice_silence,
    tell_operators,
)
from bot.alerting.telling import Form, form_of
from bot.channels import scopes
from bot.messages import escaped, render_in_parts
from judgements.authorities import REGISTRY
from judgements.types import Change, ChangeKind, Report
from storage.store import Store
from storage.types import (
    ClaimedChange,
    Delivery,
    DocumentSort,
    Holding,
    Intent,
    Movements,
    Sent,
    SourceState,
    Subscription,
    TroubleKind,
)
from tests.bot.examples import BEFORE, CHANGES, IN_2026, T0, TODAY, WEST_SUSSEX, change, inspection, items
from tests.bot.validators import check
from tests.slack import soon

IMPROVED, NOT_READ = CHANGES["improved"], CHANGES["not_read"]
KENT, LEEDS = (next(one.urn for one in REGISTRY.current if one.slug == slug) for slug in ("kent", "leeds"))
WS = scopes.of_authority(WEST_SUSSEX)
LETTERS = DocumentSort.LETTERS
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def wish(channel: str = "C1", scope: str = "england", **other: Any) -> Subscription:
    values: dict[str, Any] = {"team": "T1", "channel": channel, "scope": scope, "created_by": "U1", "created_at": T0}
    return Subscription(**values | other)


def of(urn: str, like: Change = IMPROVED) -> Change:
    """The same news, of another authority."""
    listed = replace(like.listing, urn=urn, file_id=f"{like.listing.file_id}{urn}")
    return replace(like, urn=urn, listing=listed, key=f"{like.kind}:{urn}:{listed.file_id}")


def amending(kind: ChangeKind, root: Change, reading: Report, turn: int = 1) -> Change:
    compared = change(reading, BEFORE, kind)
    key = f"{kind}:{root.urn}:{root.listing.file_id}:{turn}"
    return replace(compared, key=key, urn=root.urn, listing=root.listing, amends=root.key, instead_of=root.reading)


CORRECTED = amending(ChangeKind.CORRECTED, IMPROVED, inspection("GRRG", "I", IN_2026, improvements=items(1)))
READ = replace(amending(ChangeKind.READ_AT_LAST, NOT_READ, inspection("GRGG", "G", IN_2026)), instead_of=None)
WITHDRAWN = replace(IMPROVED, key="withdrawn:1", kind=ChangeKind.WITHDRAWN, amends=IMPROVED.key)
RETURNED = replace(IMPROVED, key="returned:1", kind=ChangeKind.RETURNED, amends=IMPROVED.key)


def find(store: Store, *changes: Change, at: datetime = T0) -> None:
    for one in changes:
        store.apply(
            Intent(urn=one.urn, now=at, latest_report=TODAY, baseline=False, documents=(), changes=(one,), reason="")
        )


def publish(store: Store, *changes: Change, at: datetime = T0) -> None:
    """Let changes be found and fanned out."""
    find(store, *changes, at=at)
    fan_out_waiting(store, "me", at)


def deliver(store: Store, at: datetime = T0) -> list[Delivery]:
    """Everything that is owed, as if Slack had taken it, in the order in which each channel gets it."""
    sent: list[Delivery] = []
    while claimed := store.claim_deliveries(at, MINUTE, "me", 50):
        store.record([Sent(delivery=one, ts=f"{one.id}.0", next_at=at) for one in claimed], at)
        sent += claimed
    for one in sent:
        if one.message.blocks[0]["type"] != "rich_text":
            check(one.message, ("!subteam^S1", "@U1"))
    return sent


def forms(sent: Sequence[Delivery], channel: str = "C1") -> list[Form | None]:
    return [form_of(one.key) for one in sent if one.channel == channel]


def digests_of(store: Store, at: datetime) -> list[Delivery]:
    """What is delivered once the digests that are due then have been composed."""
    fan_out_digests(store, "me", at)
    return deliver(store, at)


def said(delivery: Delivery) -> str:
    return f"{delivery.message.text} {delivery.message.blocks}"


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, [Form.HEADLINE, Form.DETAIL]),
        ({"threads": False}, [Form.ALONE]),
        ({"compact": True}, [Form.LINE, Form.WHOLE]),
        ({"compact": True, "threads": False}, [Form.LINE]),
    ],
)
def test_a_change_is_told_in_the_form_that_was_asked_for(
    options: dict[str, Any], expected: list[Form], store: Store
) -> None:
    store.put_subscriptions([wish(**options)])
    publish(store, IMPROVED)
    sent = deliver(store)
    assert forms(sent) == expected
    assert [one.thread_of for one in sent] == [None, sent[0].key][: len(sent)]
    assert "in the thread" not in str(sent[0].message.blocks) or Form.DETAIL in expected


def test_where_the_headline_says_it_all_there_is_no_detail(store: Store) -> None:
    store.put_subscriptions([wish()])
    publish(store, NOT_READ)
    assert forms(deliver(store)) == [Form.HEADLINE]


def test_a_change_is_fanned_out_once(store: Store) -> None:
    store.put_subscriptions([wish(), wish(scope=scopes.of_authority(WEST_SUSSEX)), wish("C2", "region:london")])
    publish(store, IMPROVED)
    assert fan_out_waiting(store, "you", T0) == 0
    assert {one.channel for one in deliver(store)} == {"C1"}


def test_two_authorities_in_one_morning_are_one_card_with_a_message_for_each_below(store: Store) -> None:
    store.put_subscriptions([wish(), wish("C2", scopes.of_authority(KENT)), wish("C3", threads=False)])
    publish(store, IMPROVED, of(KENT), of(LEEDS, NOT_READ))
    sent = deliver(store)
    assert forms(sent) == [Form.BURST, Form.WHOLE, Form.WHOLE, Form.WHOLE]
    assert forms(sent, "C2") == [Form.HEADLINE, Form.DETAIL]
    assert forms(sent, "C3") == [Form.BURST_ALONE]
    burst, *below = [one for one in sent if one.channel == "C1"]
    assert {one.thread_of for one in below} == {burst.key}
    assert "3 authorities with news" in burst.message.text
    told = {each.key: each.change_keys for each in store.told([IMPROVED.key, of(KENT).key, of(LEEDS, NOT_READ).key])}
    assert len(told[burst.key]) == 3


def test_a_morning_that_one_card_cannot_name_has_several_and_calls_in_the_first(store: Store) -> None:
    store.put_subscriptions([wish(mention="<!subteam^S1>"), wish("C2", threads=False)])
    many = [of(one.urn) for one in REGISTRY.current[:45]]
    publish(store, *many)
    sent = deliver(store)
    for channel, form in (("C1", Form.BURST), ("C2", Form.BURST_ALONE)):
        cards = [one for one in sent if one.channel == channel and form_of(one.key) is form]
        assert [one.message.text[:38] for one in cards] == [
            "25 authorities with news from Ofsted (",
            "20 authorities with news from Ofsted (",
        ]
        assert all("Source: Ofsted" in said(one) for one in cards)
        told = [one for one in REGISTRY.current[:45] if any(escaped(one.spoken) in said(card) for card in cards)]
        assert len(told) == 45
    first, second = [one for one in sent if form_of(one.key) is Form.BURST]
    assert [said(one).count("<!subteam^S1>") for one in (first, second)] == [1, 0]
    below = [one.thread_of for one in sent if form_of(one.key) is Form.WHOLE]
    assert [below.count(one.key) for one in (first, second)] == [25, 20]
    for corrected in (many[0], many[-1]):
        publish(store, amending(ChangeKind.CORRECTED, corrected, inspection("GRRG", "I", IN_2026)), at=T0 + HOUR)
    anew = {one.edits: one for one in deliver(store, T0 + HOUR)}
    assert anew[first.key].message.text.startswith("25 authorities with news from Ofsted (1 of 2): ▼ ")
    assert anew[second.key].message.text.startswith("20 authorities with news from Ofsted (2 of 2): ▼ ")


LONG = tuple(replace(items(1)[0], text=f"Area {number}: {'what has to change ' * 40}") for number in range(40))


@pytest.mark.parametrize(("options", "form"), [({}, Form.DETAIL), ({"compact": True}, Form.WHOLE)])
def test_a_long_detail_is_told_in_several_replies_with_nothing_left_out(
    options: dict[str, Any], form: Form, store: Store
) -> None:
    store.put_subscriptions([wish(**options)])
    publish(store, change(inspection("GRGG", "G", IN_2026, improvements=LONG), BEFORE))
    head, *replies = deliver(store)
    assert [form_of(one.key) for one in replies] == [form] * 5
    assert {one.thread_of for one in replies} == {head.key}
    told = " ".join(said(one) for one in replies)
    assert all(f"• Area {number}: " in told for number in range(40))
    assert "more than fits" not in told
    assert "Where each grade was read" in said(replies[-1])
    assert form is Form.DETAIL or "Source: " in said(replies[-1])


def test_a_correction_is_written_over_every_part_of_a_detail_and_adds_or_empties_some(store: Store) -> None:
    store.put_subscriptions([wish()])
    root = change(inspection("GRGG", "G", IN_2026, improvements=LONG[:20]), BEFORE)
    publish(store, root)
    head, *three = deliver(store)
    assert [form_of(one.key) for one in three] == [Form.DETAIL] * 3
    longer = amending(ChangeKind.CORRECTED, root, inspection("GRGG", "G", IN_2026, improvements=LONG))
    publish(store, longer, at=T0 + MINUTE)
    sent = deliver(store, T0 + MINUTE)
    new = [one for one in sent if form_of(one.key) is Form.DETAIL and not one.edits]
    assert [one.edits for one in sent] == [head.key, *(one.key for one in three), None, None, None]
    assert [one.thread_of for one in new] == [head.key] * 2
    assert "(5 of 5)" in said(new[-1])
    shorter = amending(ChangeKind.CORRECTED, root, inspection("GRGG", "G", IN_2026, improvements=LONG[:20]), turn=2)
    publish(store, shorter, at=T0 + 2 * MINUTE)
    over = {one.edits: one.message.text for one in deliver(store, T0 + 2 * MINUTE) if one.edits}
    assert list(over) == [head.key, *(one.key for one in three), *(one.key for one in new)]
    assert [key for key, text in over.items() if text.startswith("Since the correction there is nothing")] == [
        one.key for one in new
    ]


def test_a_mark_of_withdrawal_that_needs_room_moves_what_is_behind_it_into_another_reply(store: Store) -> None:
    """Lengths are tried until one just fills its reply."""
    parts: list[int] = []
    for number in range(40):
        wide = replace(LONG[0], text="y" * (1 + 20 * number))
        report = inspection("GRGG", "G", IN_2026, improvements=(*LONG[:9], wide))
        root = replace(change(report, BEFORE), key=f"root:{number}")
        told = [alerts.whole(root, T0), alerts.withdrawn(alerts.whole(root, T0), T0)]
        parts = [len(render_in_parts(card)) for card in told]
        if parts == [1, 2]:
            break
    assert parts == [1, 2]
    store.put_subscriptions([wish(compact=True)])
    publish(store, root)
    line, whole = deliver(store)
    publish(store, replace(root, key="gone", kind=ChangeKind.WITHDRAWN, amends=root.key), at=T0 + MINUTE)
    marked, first, second, *notice = deliver(store, T0 + MINUTE)
    assert [marked.edits, first.edits, second.edits] == [line.key, whole.key, None]
    assert second.thread_of == line.key
    assert ("Source: " in said(whole), "Source: " in said(first), "Source: " in said(second)) == (True, False, True)
    assert forms(notice) == [Form.LINE, Form.WHOLE]


def test_two_documents_of_one_authority_are_two_alerts(store: Store) -> None:
    store.put_subscriptions([wish()])
    other = replace(of(WEST_SUSSEX, CHANGES["monitoring_visit"]), key="another")
    publish(store, IMPROVED, other)
    assert sorted(map(str, forms(deliver(store)))) == ["detail", "headline", "headline"]


def test_who_is_called_is_called_in_the_headline_alone(store: Store) -> None:
    store.put_subscriptions([wish(mention="<!subteam^S1>")])
    publish(store, IMPROVED)
    headline, detail = deliver(store)
    assert "<!subteam^S1>" in said(headline)
    assert "subteam" not in said(detail)
    publish(store, of(KENT), of(LEEDS), at=T0 + MINUTE)
    burst, *below = deliver(store, T0 + MINUTE)
    assert said(burst).count("<!subteam^S1>") == 1
    assert not any("subteam" in said(one) for one in below)


def test_a_correction_is_written_over_headline_and_detail_with_a_note_below(store: Store) -> None:
    store.put_subscriptions([wish()])
    publish(store, IMPROVED)
    headline, detail = deliver(store)
    publish(store, CORRECTED, at=T0 + MINUTE)
    anew, anew_detail, note = deliver(store, T0 + MINUTE)
    assert (anew.edits, anew_detail.edits, note.edits) == (headline.key, detail.key, None)
    assert "declined overall" in anew.message.text
    assert "Corrected at 09:37 BST" in said(anew)
    assert "inadequate" in said(anew_detail)
    assert note.thread_of == headline.key
    assert "good → inadequate" in note.message.text


def test_another_date_is_written_over_what_told_the_first_one_and_told_nowhere_else(store: Store) -> None:
    wrong = replace(IMPROVED.listing, published=date(2062, 8, 20))
    store.put_subscriptions([wish()])
    publish(store, replace(IMPROVED, listing=wrong))
    headline, detail = deliver(store)
    store.put_subscriptions([wish("C2")])
    publish(store, CHANGES["redated"], at=T0 + MINUTE)
    anew, anew_detail, note = deliver(store, T0 + MINUTE)
    assert (anew.edits, anew_detail.edits, note.thread_of) == (headline.key, detail.key, headline.key)
    assert "2062" in said(headline)
    assert "2062" not in said(anew)
    assert "20 August 2062 → 20 August 2026" in note.message.text


def test_what_is_dated_anew_before_anybody_was_told_of_it_is_told_with_its_new_date(store: Store) -> None:
    wrong = replace(IMPROVED.listing, published=date(2062, 8, 20))
    store.put_subscriptions([wish()])
    find(store, replace(IMPROVED, listing=wrong))
    publish(store, CHANGES["redated"], at=T0 + MINUTE)
    headline, detail = deliver(store, T0 + MINUTE)
    assert (headline.edits, detail.thread_of) == (None, headline.key)
    assert "improved" in said(headline)
    assert "2062" not in said(headline)


def test_a_channel_that_unsubscribed_is_corrected_and_a_channel_that_knows_nothing_is_told(store: Store) -> None:
    store.put_subscriptions([wish()])
    publish(store, IMPROVED)
    deliver(store)
    store.remove_subscriptions([wish()], [])
    store.put_subscriptions([wish("C2")])
    publish(store, CORRECTED, at=T0 + MINUTE)
    sent = deliver(store, T0 + MINUTE)
    assert [one.edits is not None for one in sent if one.channel == "C1"] == [True, True, False]
    assert forms(sent, "C2") == [Form.HEADLINE, Form.DETAIL]
    (headline, _) = [one for one in sent if one.channel == "C2"]
    assert "republished this document" in said(headline)


def test_a_second_correction_is_written_over_the_first_message(store: Store) -> None:
    store.put_subscriptions([wish()])
    publish(store, IMPROVED)
    headline, detail = deliver(store)
    publish(store, CORRECTED, at=T0 + MINUTE)
    deliver(store, T0 + MINUTE)
    again = amending(ChangeKind.CORRECTED, IMPROVED, inspection("OOOO", "O", IN_2026), turn=2)
    publish(store, again, at=T0 + 2 * MINUTE)
    sent = deliver(store, T0 + 2 * MINUTE)
    assert [one.edits for one in sent] == [headline.key, detail.key, None]
    assert "outstanding" in sent[0].message.text


def test_what_is_read_at_last_gets_a_headline_and_the_detail_it_lacked(store: Store) -> None:
    store.put_subscriptions([wish()])
    publish(store, NOT_READ)
    (headline,) = deliver(store)
    publish(store, READ, at=T0 + MINUTE)
    anew, detail, note = deliver(store, T0 + MINUTE)
    assert anew.edits == headline.key
    assert "this message said that it had not been read yet" in said(anew)
    assert (form_of(detail.key), detail.edits, detail.thread_of) == (Form.DETAIL, None, headline.key)
    assert note.thread_of == headline.key


DECLINED = replace(amending(ChangeKind.READ_AT_LAST, NOT_READ, inspection("IIII", "I", IN_2026)), instead_of=None)


@pytest.mark.parametrize("how", ["now", "daily 09:45"])
def test_who_is_called_on_downgrades_is_called_in_the_note_once_it_is_certain(how: str, store: Store) -> None:
    store.put_subscriptions([wish(how=how, mention="<!subteam^S1>", mention_on=Movements.DOWNGRADES)])
    publish(store, NOT_READ)
    assert not any("subteam" in said(one) for one in digests_of(store, T0 + HOUR))
    publish(store, DECLINED, at=T0 + 2 * HOUR)
    *_, note = sent = deliver(store, T0 + 2 * HOUR)
    assert ["<!subteam^S1>" in said(one) for one in sent] == [one is note for one in sent]
    assert form_of(note.key) is Form.NOTE
    again = amending(ChangeKind.CORRECTED, DECLINED, inspection("IIIG", "I", IN_2026))
    publish(store, again, at=T0 + 3 * HOUR)
    assert not any("subteam" in said(one) for one in deliver(store, T0 + 3 * HOUR)), "they know"


@pytest.mark.parametrize(
    "options",
    [
        {"mention_on": Movements.UPGRADES},
        {"mention_on": None},
        {"mention_on": Movements.DOWNGRADES, "excepted": (WEST_SUSSEX,)},
    ],
    ids=str,
)
def test_nobody_else_is_called_in_a_note(options: dict[str, Any], store: Store) -> None:
    store.put_subscriptions([wish()])
    publish(store, NOT_READ)
    deliver(store)
    store.put_subscriptions([wish(mention="<!subteam^S1>", **options)])
    publish(store, DECLINED, at=T0 + MINUTE)
    assert not any("subteam" in said(one) for one in deliver(store, T0 + MINUTE))


def test_the_line_in_the_card_of_a_morning_is_corrected_too(store: Store) -> None:
    store.put_subscriptions([wish()])
    publish(store, IMPROVED, of(KENT))
    burst, *_ = sent = deliver(store)
    mine = next(one for one in sent if one.key.startswith(IMPROVED.key) and form_of(one.key) is Form.WHOLE)
    publish(store, CORRECTED, at=T0 + MINUTE)
    anew = deliver(store, T0 + MINUTE)
    assert {one.edits for one in anew} == {burst.key, mine.key, None}
    card = next(one for one in anew if one.edits == burst.key)
    assert "▼ West Sussex declined overall" in card.message.text
    assert "▲ Kent improved overall" in card.message.text
    assert next(one for one in anew if one.edits is None).thread_of == burst.key


def test_in_a_muted_channel_nothing_new_is_posted_but_what_is_wrong_is_put_right(store: Store) -> None:
    store.put_subscriptions([wish()])
    publish(store, IMPROVED)
    deliver(store)
    store.mute("T1", "C1", T0 + timedelta(days=1), "U1")
    publish(store, CORRECTED, of(KENT), at=T0 + MINUTE)
    assert all(one.edits for one in deliver(store, T0 + MINUTE))
    publish(store, of(LEEDS), at=T0 + timedelta(days=2))
    assert forms(deliver(store, T0 + timedelta(days=2))) == [Form.HEADLINE, Form.DETAIL]


def test_what_was_told_before_a_mute_gets_its_detail_in_it_and_no_note(store: Store) -> None:
    store.put_subscriptions([wish()])
    publish(store, NOT_READ)
    (headline,) = deliver(store)
    store.mute("T1", "C1", T0 + timedelta(days=1), "U1")
    publish(store, READ, at=T0 + MINUTE)
    anew, detail = deliver(store, T0 + MINUTE)
    assert (anew.edits, detail.thread_of, form_of(detail.key)) == (headline.key, headline.key, Form.DETAIL)


def test_a_withdrawal_is_news_and_marks_what_was_said(store: Store) -> None:
    store.put_subscriptions([wish()])
    publish(store, IMPROVED)
    headline, _ = deliver(store)
    publish(store, WITHDRAWN, at=T0 + MINUTE)
    sent = deliver(store, T0 + MINUTE)
    assert {one.edits for one in sent} == {headline.key, None}, "nothing in the detail is otherwise"
    marked = next(one for one in sent if one.edits == headline.key)
    assert marked.message.text.startswith("Withdrawn: Ofsted no longer lists this document (noticed at 09:37 BST")
    publish(store, RETURNED, at=T0 + 2 * MINUTE)
    back = next(one for one in deliver(store, T0 + 2 * MINUTE) if one.edits == headline.key)
    assert back.message == headline.message, "as it was, for nothing in it was corrected"


def test_a_withdrawn_document_is_not_called_corrected_and_a_corrected_one_keeps_its_own_time(store: Store) -> None:
    store.put_subscriptions([wish()])
    publish(store, IMPROVED)
    headline, _ = deliver(store)
    publish(store, WITHDRAWN, at=T0 + MINUTE)
    assert not any("orrected" in said(one) for one in deliver(store, T0 + MINUTE))
    publish(store, CORRECTED, at=T0 + 2 * MINUTE)
    publish(store, RETURNED, at=T0 + 3 * MINUTE)
    back = [one for one in deliver(store, T0 + 3 * MINUTE) if one.edits == headline.key][-1]
    assert "Corrected at 09:38 BST" in said(back)


def test_a_correction_that_was_told_as_news_is_not_said_to_be_altered_when_it_is_withdrawn(store: Store) -> None:
    store.put_subscriptions([wish()])
    publish(store, replace(CORRECTED, amends=""))
    headline, _ = deliver(store)
    publish(store, replace(WITHDRAWN, amends=CORRECTED.key), at=T0 + MINUTE)
    marked = next(one for one in deliver(store, T0 + MINUTE) if one.edits == headline.key)
    assert "this message was updated" not in said(marked)
    assert "republished this document" in said(marked)


@pytest.mark.parametrize("options", [{}, {"compact": True}, {"threads": False}], ids=str)
def test_a_notice_of_a_withdrawal_stays_what_it_is_whatever_becomes_of_the_document(
    options: dict[str, Any], store: Store
) -> None:
    store.put_subscriptions([wish(**options)])
    publish(store, IMPROVED)
    alert = {one.key for one in deliver(store)}
    publish(store, WITHDRAWN, at=T0 + MINUTE)
    notice = {one.key for one in deliver(store, T0 + MINUTE) if not one.edits}
    publish(store, RETURNED, at=T0 + 2 * MINUTE)
    publish(store, CORRECTED, at=T0 + 3 * MINUTE)
    sent = deliver(store, T0 + 3 * MINUTE)
    assert notice
    assert {one.edits for one in sent if one.edits} == alert
    assert [said(one) for one in sent if not one.edits and "back on the site" in said(one)]


def test_what_is_in_a_card_of_several_stays_what_it_was_told_to_be(store: Store) -> None:
    store.put_subscriptions([wish()])
    publish(store, IMPROVED)
    deliver(store)
    publish(store, WITHDRAWN, of(KENT), at=T0 + MINUTE)
    burst = next(one for one in deliver(store, T0 + MINUTE) if form_of(one.key) is Form.BURST)
    correction = amending(ChangeKind.CORRECTED, of(KENT), inspection("GRRG", "I", IN_2026))
    publish(store, RETURNED, correction, at=T0 + 2 * MINUTE)
    (anew,) = [one for one in deliver(store, T0 + 2 * MINUTE) if one.edits == burst.key]
    assert "▼ Kent declined overall" in anew.message.text
    assert "West Sussex: inspection of children's services withdrawn" in anew.message.text


def test_a_channel_with_a_digest_hears_in_it_of_a_withdrawal_and_of_a_return(store: Store) -> None:
    store.put_subscriptions([wish(how="daily 09:45")])
    publish(store, IMPROVED)
    first, *_ = digests_of(store, T0 + HOUR)
    publish(store, WITHDRAWN, at=T0 + 2 * HOUR)
    (marked,) = deliver(store, T0 + 2 * HOUR)
    assert (marked.edits, "(withdrawn)" in said(marked)) == (first.key, True)
    (second,) = digests_of(store, T0 + 25 * HOUR)
    assert "West Sussex: inspection of children's services withdrawn" in second.message.text
    publish(store, RETURNED, at=T0 + 26 * HOUR)
    (anew,) = deliver(store, T0 + 26 * HOUR)
    assert (anew.edits, anew.message) == (first.key, first.message)
    (third,) = digests_of(store, T0 + 49 * HOUR)
    assert "West Sussex: inspection of children's services back on the site" in third.message.text


def test_what_came_and_went_between_two_digests_is_one_line(store: Store) -> None:
    store.put_subscriptions([wish(how="daily 09:45")])
    publish(store, IMPROVED)
    publish(store, WITHDRAWN, at=T0 + MINUTE)
    (digest,) = digests_of(store, T0 + HOUR)
    assert digest.message.text.startswith("Daily digest: 1 piece of news on 1 authority: ▲ West Sussex improved")
    assert "(withdrawn)" in digest.message.text


def test_what_waited_for_a_digest_and_was_corrected_at_once_is_not_told_again(store: Store) -> None:
    store.put_subscriptions([wish(how="daily 09:45")])
    publish(store, IMPROVED)
    store.put_subscriptions([wish()])
    publish(store, CORRECTED, at=T0 + MINUTE)
    assert forms(deliver(store, T0 + MINUTE)) == [Form.HEADLINE, Form.DETAIL]
    assert digests_of(store, T0 + HOUR) == []


def test_what_was_corrected_or_withdrawn_before_anybody_was_told_is_told_once_as_it_is(store: Store) -> None:
    store.put_subscriptions([wish()])
    find(store, IMPROVED, of(KENT))
    publish(store, CORRECTED, replace(of(KENT, WITHDRAWN), amends=of(KENT).key), at=T0 + MINUTE)
    burst, *below = deliver(store, T0 + MINUTE)
    assert forms([burst, *below]) == [Form.BURST, Form.WHOLE, Form.WHOLE]
    assert "▼ West Sussex declined overall" in burst.message.text
    assert "→ good (withdrawn)" in burst.message.text
    assert [one.message.text[:9] for one in below].count("Withdrawn") == 1
    publish(store, amending(ChangeKind.CORRECTED, IMPROVED, inspection("OOOO", "O", IN_2026), turn=2), at=T0 + HOUR)
    assert burst.key in {one.edits for one in deliver(store, T0 + HOUR)}


def test_a_correction_is_the_newest_also_of_what_a_clock_that_was_a_year_ahead_noticed(store: Store) -> None:
    store.put_subscriptions([wish()])
    future, polling = T0 + timedelta(days=365), Holding(name="source:search", owner="me")
    publish(store, IMPROVED, at=future)
    headline, *_ = deliver(store, future)
    store.release_source(SourceState(key="search", last_ok_at=future))
    store.claim_source("search", polling, T0, MINUTE)
    store.end_lease(polling)
    publish(store, CORRECTED, at=T0 + MINUTE)
    over = next(one for one in deliver(store, T0 + MINUTE) if one.edits == headline.key)
    assert "declined" in said(over)


def test_a_digest_waits_and_tells_each_thing_once(store: Store) -> None:
    store.put_subscriptions([wish(how="daily 09:45")])
    publish(store, IMPROVED, of(KENT))
    publish(store, of(LEEDS, NOT_READ), at=T0 + MINUTE)
    assert deliver(store) == []
    assert fan_out_digests(store, "me", T0 + 8 * MINUTE) == 0
    due = T0 + 9 * MINUTE
    assert fan_out_digests(store, "me", due) == 1
    assert fan_out_digests(store, "me", due) == 0
    (digest,) = deliver(store, due)
    assert digest.message.text.startswith("Daily digest: 3 pieces of news on 3 authorities")
    assert fan_out_digests(store, "me", due + timedelta(days=1)) == 0, "an empty one is not sent"


def test_an_empty_digest_is_sent_where_it_is_wished_for_and_says_how_fresh_it_is(store: Store) -> None:
    how = "daily 09:45"
    store.put_subscriptions([wish(how=how, even_if_empty=True, digest_at=T0 + 9 * MINUTE, documents=(LETTERS,))])
    assert digests_of(store, T0 + 8 * MINUTE) == []
    (empty,) = digests_of(store, T0 + 9 * MINUTE)
    check(empty.message)
    assert empty.message.text == (
        "Daily digest: nothing new. "
        "Nothing has been published on all of England (letters) that has not already been posted here."
    )
    assert "Not all that is watched has been read without trouble yet" in said(empty)
    assert digests_of(store, T0 + HOUR) == []
    publish(store, IMPROVED, at=T0 + 2 * HOUR)
    assert len(digests_of(store, T0 + timedelta(days=1, hours=1))) == 1, "what it does not want to know is nothing"


def test_a_digest_with_something_to_tell_is_not_empty_as_well(store: Store) -> None:
    store.put_subscriptions([wish(how="daily 09:45", even_if_empty=True, digest_at=T0 + 9 * MINUTE)])
    publish(store, IMPROVED)
    (digest,) = digests_of(store, T0 + 9 * MINUTE)
    assert digest.message.text.startswith("Daily digest: 1 piece of news")
    assert digests_of(store, T0 + HOUR) == []
    (again,) = digests_of(store, T0 + timedelta(days=1, minutes=9))
    assert "nothing new" in again.message.text


def test_a_digest_says_what_is_so_when_it_is_sent(store: Store) -> None:
    store.put_subscriptions([wish(how="daily 09:45")])
    publish(store, IMPROVED)
    publish(store, CORRECTED, at=T0 + MINUTE)
    fan_out_digests(store, "me", T0 + 9 * MINUTE)
    (digest,) = deliver(store, T0 + 9 * MINUTE)
    assert "1 piece of news" in digest.message.text
    assert "declined overall" in digest.message.text
    again = amending(ChangeKind.CORRECTED, IMPROVED, inspection("OOOO", "O", IN_2026), turn=2)
    publish(store, again, at=T0 + 10 * MINUTE)
    anew, note = deliver(store, T0 + 10 * MINUTE)
    assert (anew.edits, note.thread_of) == (digest.key, digest.key)
    assert anew.message.text.startswith("Daily digest: 1 piece of news on 1 authority: ▲ West Sussex improved overall")


def test_a_digest_is_not_sent_to_whom_does_not_want_it_any_more(store: Store) -> None:
    store.put_subscriptions([wish(how="weekly thu 09:45")])
    publish(store, IMPROVED)
    narrower = wish(how="weekly thu 09:45", documents=(DocumentSort.LETTERS,))
    store.put_subscriptions([narrower], instead_of=[wish()])
    assert digests_of(store, T0 + 9 * MINUTE) == []
    assert store.due_digests(T0 + timedelta(days=9)) == ()


def test_what_waits_for_a_digest_when_the_channel_unsubscribes_is_forgotten(store: Store) -> None:
    store.put_subscriptions(
        [wish(scope=WS, how="weekly mon 09:45"), wish(scope=scopes.of_authority(KENT), how="weekly mon 09:45")]
    )
    publish(store, IMPROVED, of(KENT))
    store.remove_subscriptions([wish(scope=WS)], [WEST_SUSSEX])
    store.put_subscriptions([wish(scope=WS)])
    (digest,) = digests_of(store, T0 + timedelta(days=7))
    assert digest.message.text.startswith("Weekly digest: 1 piece of news on 1 authority: ▲ Kent")


@pytest.mark.parametrize("how", ["now", "weekly mon 09:45"])
def test_what_waits_for_a_daily_digest_comes_in_one_however_the_channel_is_told_since(how: str, store: Store) -> None:
    store.put_subscriptions([wish(how="daily 09:45")])
    publish(store, IMPROVED)
    store.put_subscriptions([wish(how=how)])
    (digest,) = digests_of(store, T0 + HOUR)
    assert digest.message.text.startswith("Daily digest: 1 piece of news")


def test_a_daily_and_a_weekly_digest_that_are_due_together_are_two(store: Store) -> None:
    store.put_subscriptions([wish(how="weekly thu 09:45"), wish(scope=scopes.of_authority(KENT), how="daily 09:45")])
    publish(store, IMPROVED, of(KENT))
    said_ = sorted(one.message.text for one in digests_of(store, T0 + HOUR))
    assert [text.split(" improved")[0] for text in said_] == [
        "Daily digest: 1 piece of news on 1 authority: ▲ Kent",
        "Weekly digest: 1 piece of news on 1 authority: ▲ West Sussex",
    ]


def test_a_digest_calls_whom_its_wishes_call_for_what_is_certain_in_it(store: Store) -> None:
    store.put_subscriptions([wish(how="daily 09:45", mention="<!subteam^S1>", mention_on=Movements.DOWNGRADES)])
    publish(store, IMPROVED)
    (quiet,) = digests_of(store, T0 + HOUR)
    assert "subteam" not in said(quiet)
    publish(store, of(KENT), of(LEEDS, CHANGES["declined_with_priority_actions"]), at=T0 + 2 * HOUR)
    (loud,) = digests_of(store, T0 + 25 * HOUR)
    assert said(loud).count("<!subteam^S1>") == 1


def test_a_digest_that_falls_due_in_a_mute_comes_when_it_is_over_with_what_happened_in_it(store: Store) -> None:
    store.put_subscriptions([wish(how="weekly thu 09:45"), wish("C2")])
    publish(store, IMPROVED)
    deliver(store)
    for channel in ("C1", "C2"):
        store.mute("T1", channel, T0 + 2 * HOUR, "U1")
    publish(store, of(KENT), at=T0 + MINUTE)
    assert digests_of(store, T0 + HOUR) == []
    (digest,) = digests_of(store, T0 + 2 * HOUR)
    assert digest.channel == "C1"
    assert digest.message.text.startswith("Weekly digest: 2 pieces of news on 2 authorities")


def test_a_mute_that_is_over_before_the_digest_takes_nothing_out_of_it(store: Store) -> None:
    store.put_subscriptions([wish(how="weekly thu 09:45")])
    store.mute("T1", "C1", T0 - timedelta(days=5), "U1")
    publish(store, IMPROVED, at=T0 - timedelta(days=6))
    assert len(digests_of(store, T0 + HOUR)) == 1


def test_a_change_that_is_wanted_at_once_and_in_a_digest_is_told_in_the_digest_of_a_muted_channel(store: Store) -> None:
    store.put_subscriptions([wish(), wish(scope=WS, how="daily 09:45")])
    store.mute("T1", "C1", T0 + MINUTE, "U1")
    publish(store, IMPROVED, of(KENT))
    (digest,) = digests_of(store, T0 + HOUR)
    assert digest.message.text.startswith("Daily digest: 1 piece of news on 1 authority: ▲ West Sussex")


def test_a_poll_that_is_going_on_may_find_more_for_a_minute_at_most(store: Store) -> None:
    store.put_subscriptions([wish()])
    poll = Holding(name="source:the list", owner="watcher")
    store.claim_lease(poll, T0, timedelta(hours=1))
    publish(store, IMPROVED)
    publish(store, of(KENT), at=T0 + SETTLING / 2)
    assert deliver(store) == []
    assert fan_out_waiting(store, "me", T0 + SETTLING) == 2
    store.end_lease(poll)
    publish(store, of(LEEDS), at=T0 + SETTLING)
    assert forms(deliver(store, T0 + SETTLING)) == [Form.BURST, Form.WHOLE, Form.WHOLE, Form.HEADLINE, Form.DETAIL]


def test_nobody_waits_for_a_poll_that_is_over() -> None:
    waiting = [ClaimedChange(change=IMPROVED, seen_at=T0)]
    assert is_settled(waiting, T0, polling=False)
    assert not is_settled(waiting, T0 + SETTLING / 2, polling=True)
    assert is_settled(waiting, T0 + SETTLING, polling=True)


def test_only_one_process_fans_out_at_a_time(store: Store) -> None:
    store.put_subscriptions([wish()])
    other = Holding(name="fan-out", owner="you")
    store.claim_lease(other, T0, timedelta(minutes=1))
    publish(store, IMPROVED)
    assert deliver(store) == []
    assert fan_out_waiting(store, "me", T0 + MINUTE) == 1


def test_operators_are_told_once_when_it_begins_and_once_when_it_is_over(store: Store) -> None:
    store.raise_trouble("list", TroubleKind.LIST_SUSPECT, "The list shows 100 of 153 authorities.", T0)
    assert [tell_operators(store, ("T1", "COPS"), T0) for _ in range(2)] == [1, 0]
    (begun,) = deliver(store)
    assert begun.channel == "COPS"
    assert "The list shows 100 of 153 authorities." in begun.message.text
    store.end_trouble("list", T0 + MINUTE)
    later = T0 + timedelta(hours=2)
    assert [tell_operators(store, ("T1", "COPS"), later) for _ in range(2)] == [1, 0]
    (over,) = deliver(store, later)
    assert over.message.text.startswith("Over: Ofsted's list is not as it should be.")


def test_operators_are_told_again_each_time_it_has_grown(store: Store) -> None:
    told: list[str] = []
    for hour in range(4):
        at, about = T0 + timedelta(hours=hour), ["a", "b", "c"][: hour + 1]
        store.raise_trouble("unread", TroubleKind.UNREAD, f"{len(about)} are not read.", at, about=about)
        tell_operators(store, ("T1", "COPS"), at)
        told += [one.message.text for one in deliver(store, at)]
    kind = "some documents could not be read"
    assert told == [
        f"⚠ Trouble: {kind}. 1 are not read.",
        f"⚠ More trouble: {kind}. 2 are not read.",
        f"⚠ More trouble: {kind}. 3 are not read.",
    ]


DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("state", "is_told"),
    [
        (SourceState(key="list"), False),  # never polled
        (SourceState(key="list", last_ok_at=T0, listed_at=T0), True),
        (SourceState(key="list", last_ok_at=T0 + MINUTE, listed_at=T0), False),
        (
            SourceState(key="list", last_ok_at=T0 - 9 * DAY, listed_at=T0 + MINUTE),
            False,
        ),  # a watcher lives to say so
        (SourceState(key="list", last_ok_at=T0 - 9 * DAY, listed_at=T0, failures=9), True),
    ],
)
def test_with_every_watcher_dead_whoever_delivers_says_that_nobody_looks(
    state: SourceState, is_told: bool, store: Store
) -> None:
    store.release_source(state)
    for _ in range(2):
        notice_silence(store, T0 + DAY)
    found = [(one.key, one.kind, one.times) for one in store.open_troubles()]
    assert found == ([("no-good-poll:list", TroubleKind.NO_GOOD_POLL, 1)] if is_told else [])


def test_that_nobody_looks_reaches_operators_from_the_process_that_delivers(sqlite_store: Store) -> None:
    stop = threading.Event()
    sqlite_store.release_source(SourceState(key="list", last_ok_at=T0, listed_at=T0))
    work = FanOut(store=sqlite_store, clock=lambda: T0 + DAY, owner="me", operators=("T1", "COPS"))
    thread = threading.Thread(target=fanout.run, args=(work,), kwargs={"stop": stop})
    thread.start()
    try:
        soon(lambda: sqlite_store.coverage().waiting == 1, "operators to be owed a message")
    finally:
        stop.set()
        thread.join()
    (told,) = deliver(sqlite_store, T0 + DAY)
    assert "Nothing has been read of Ofsted's list since 09:36 BST on 20 August 2026" in told.message.text


def test_every_kind_of_trouble_has_its_words() -> None:
    assert set(fanout.operators.words.TROUBLE_KINDS) == set(TroubleKind)
