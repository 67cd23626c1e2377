"""What storage promises about subscriptions and channels, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Engine

from storage.store import Store
from storage.types import ChannelState, DeliveryStatus, DigestItem, DocumentSort, Movements, Owed, Part, Sent
from tests.storage.examples import (
    MINUTE,
    SCOPE,
    SECOND,
    T0,
    URN,
    change,
    claimed,
    ended,
    fan_out,
    intent,
    listing,
    message,
    owed,
    put_right,
    send_next,
    subscription,
    tell,
)


class TestSubscriptions:
    def test_a_wish_is_kept_as_it_was_put(self, store: Store) -> None:
        wish = replace(
            subscription(scope="england"),
            excepted=(URN,),
            documents=(DocumentSort.LETTERS, DocumentSort.SEND),
            changes=(Movements.DOWNGRADES,),
            how="weekly mon 09:45",
            compact=True,
            threads=False,
            mention="<!subteam^S012>",
            mention_on=Movements.PRIORITY_ACTIONS,
            even_if_empty=True,
            digest_at=T0,
            edited_by="U2",
            edited_at=T0 + MINUTE,
        )
        store.put_subscriptions([wish, subscription()])
        assert store.subscriptions("T1", "C1") == (subscription(), wish)
        assert store.is_subscribed("T1", "C1", "england")
        assert not store.is_subscribed("T1", "C2", "england")

    def test_a_wish_that_is_put_again_is_altered_but_for_who_began_it_and_when(self, store: Store) -> None:
        store.put_subscriptions([subscription()])
        again = replace(subscription(created_at=T0 + MINUTE), created_by="U9", how="daily 09:45")
        store.put_subscriptions([again])
        assert store.subscriptions("T1", "C1") == (replace(subscription(), how="daily 09:45"),)

    def test_wishes_for_one_scope_that_are_narrowed_otherwise_stand_side_by_side(self, store: Store) -> None:
        letters = replace(subscription(), documents=(DocumentSort.LETTERS,))
        downgrades = replace(subscription(), changes=(Movements.DOWNGRADES,))
        store.put_subscriptions([subscription(), letters, downgrades])
        store.put_subscriptions([replace(letters, how="daily 09:45")])
        assert {one.narrowed: one.how for one in store.subscriptions("T1", "C1")} == {
            "": "now",
            "letters": "daily 09:45",
            "downgrades": "now",
        }
        assert len(store.reached_by([SCOPE])) == 3
        store.remove_subscriptions([letters], [])
        assert [one.narrowed for one in store.subscriptions("T1", "C1")] == ["", "downgrades"]

    def test_a_wish_that_is_narrowed_otherwise_takes_the_place_of_the_one_before(self, store: Store) -> None:
        store.put_subscriptions([subscription()])
        narrowed = replace(subscription(), documents=(DocumentSort.SEND, DocumentSort.LETTERS))
        store.put_subscriptions([narrowed], instead_of=[subscription()])
        assert store.subscriptions("T1", "C1") == (narrowed,)

    def test_the_order_of_the_words_makes_no_other_wish(self) -> None:
        one = replace(subscription(), documents=(DocumentSort.SEND, DocumentSort.LETTERS))
        assert one.narrowed == replace(one, documents=one.documents[::-1]).narrowed == "letters send"

    def test_a_channel_unsubscribes_once(self, store: Store) -> None:
        mine = [subscription(), subscription(scope="england")]
        store.put_subscriptions(mine)
        assert store.remove_subscriptions([*mine, subscription(scope="region:london")], [URN]) == 2
        assert store.remove_subscriptions(mine, [URN]) == 0
        assert store.subscriptions("T1", "C1") == ()

    def test_unsubscribing_touches_no_other_workspace_channel_or_scope(self, store: Store) -> None:
        others = (subscription(team="T2"), subscription(channel="C2"), subscription(scope="authority:80574"))
        store.put_subscriptions([subscription(), *others])
        store.remove_subscriptions([subscription()], [URN])
        assert store.subscriptions("T2", "C1") == (others[0],)
        assert store.subscriptions("T1", "C2") == (others[1],)
        assert store.subscriptions("T1", "C1") == (others[2],)

    def test_those_whom_a_scope_reaches_come_from_every_workspace_oldest_first(self, store: Store) -> None:
        late, early = subscription(created_at=T0 + MINUTE), subscription(team="T2", channel="C9", scope="england")
        store.put_subscriptions([late, early, subscription(scope="authority:80574")])
        assert store.reached_by([SCOPE, "england"]) == (early, late)

    def test_a_workspace_has_the_wishes_of_all_its_channels(self, store: Store) -> None:
        mine = [subscription(), subscription(scope="england"), subscription("C2")]
        store.put_subscriptions([*mine, subscription(team="T2")])
        assert store.count_subscriptions("T1") == (3, 2)
        assert store.workspace_subscriptions("T1", 0, 9) == tuple(mine)
        assert store.workspace_subscriptions("T1", 1, 1) == (mine[1],)
        assert store.count_subscriptions("T3") == (0, 0)

    def test_workspaces_are_known_by_whatever_is_stored_of_them(self, store: Store) -> None:
        assert store.teams() == ()
        store.put_subscriptions([subscription(team="T2"), subscription("C2", team="T2")])
        store.mute("T1", "C1", T0, "U1")
        assert store.teams() == ("T1", "T2")

    def test_unsubscribing_drops_what_the_channel_is_still_owed_about_this_authority(
        self, store: Store, engine: Engine
    ) -> None:
        store.put_subscriptions([subscription()])
        tell(store, change("sent"))
        sent = send_next(store)
        tell(store, change("waiting", listing("2")), ["C1", "C2"], T0 + SECOND)
        tell(store, change("others", listing("3", urn="80574")), seen_at=T0 + SECOND)
        tell(store, change("theirs", listing("4")), seen_at=T0 + SECOND, team="T2")
        store.remove_subscriptions([subscription()], [URN])
        for key in ("waiting/T1/C1/headline", "waiting/T1/C1/detail"):
            assert ended(engine, key)[:3] == (DeliveryStatus.DROPPED, None, "the channel unsubscribed")
        assert ended(engine, str(sent))[0] is DeliveryStatus.SENT
        left = [
            f"{key}/{part}"
            for key in ("others/T1/C1", "theirs/T2/C1", "waiting/T1/C2")
            for part in ("headline", "detail")
        ]
        assert sorted(iter(lambda: send_next(store, T0 + MINUTE), None)) == sorted([*left, "sent/T1/C1/detail"])
        assert store.coverage().dead == 0, "nobody misses them"

    def test_what_tells_of_others_too_is_not_dropped(self, store: Store) -> None:
        store.put_subscriptions([subscription()])
        for one in (change("mine"), change("theirs", listing("3", urn="80574"))):
            store.apply(intent(one.urn, T0, changes=(one,)))
        headline, _ = owed(change("mine"))
        store.owe([replace(headline, tells=("mine", "theirs"))], T0)
        store.remove_subscriptions([subscription()], [URN])
        assert store.coverage().waiting == 1

    def test_what_corrects_a_message_that_stands_is_still_owed_and_what_corrects_a_dropped_one_is_not(
        self, store: Store, engine: Engine
    ) -> None:
        store.put_subscriptions([subscription()])
        tell(store, change("sent"))
        assert [send_next(store), send_next(store)] == ["sent/T1/C1/headline", "sent/T1/C1/detail"]
        tell(store, change("waiting", listing("2")))
        store.owe([one for key in ("sent", "waiting") for one in put_right(change(key))], T0)
        store.remove_subscriptions([subscription()], [URN])
        left = [f"sent/over/{part}" for part in ("headline", "detail", "note")]
        assert list(iter(lambda: send_next(store, T0 + MINUTE), None)) == left
        for part in ("headline", "detail", "note"):
            assert ended(engine, f"waiting/over/{part}")[0] is DeliveryStatus.DROPPED
        assert store.coverage().dead == 0, "nobody misses them"

    def test_what_is_on_its_way_is_not_called_back_nor_what_belongs_to_it(self, store: Store) -> None:
        store.put_subscriptions([subscription()])
        tell(store, change())
        store.owe(put_right(change()), T0)
        headline = claimed(store)
        store.remove_subscriptions([subscription()], [URN])
        store.record([Sent(delivery=headline, ts="1.0", next_at=T0)], T0)
        left = ["new/T1/C1/detail", "new/over/headline", "new/over/detail", "new/over/note"]
        assert list(iter(lambda: send_next(store, T0 + MINUTE), None)) == left

    def test_what_waits_for_a_digest_is_dropped_too(self, store: Store) -> None:
        store.put_subscriptions([subscription(), subscription("C2")])
        others = change("others", listing("3", urn="80574"))
        for one in (change(), others):
            store.apply(intent(one.urn, T0, changes=(one,)))
        items = [
            DigestItem(team="T1", channel=channel, change_key=key, how="daily 09:31", due_at=T0)
            for channel in ("C1", "C2")
            for key in ("new", "others")
        ]
        fan_out(store, ["new", "others"], later=items)
        store.remove_subscriptions([subscription()], [URN])
        assert [one.change_keys for one in store.due_digests(T0)] == [("others",), ("new", "others")]

    def test_who_was_not_subscribed_is_still_told_what_is_owed(self, store: Store) -> None:
        tell(store, change())
        assert store.remove_subscriptions([subscription()], [URN]) == 0
        assert store.coverage().waiting == 2


class TestChannels:
    def test_a_channel_nobody_spoke_about_is_as_usual(self, store: Store) -> None:
        assert store.channel("T1", "C1") == ChannelState(muted_until=None, muted_by=None, unfurls=True)

    def test_a_mute_is_kept_until_it_is_taken_back(self, store: Store) -> None:
        store.mute("T1", "C1", T0 + MINUTE, "U1", since=T0)
        store.mute("T1", "C2", T0, "U1")
        assert store.channel("T1", "C1") == ChannelState(muted_until=T0 + MINUTE, muted_since=T0, muted_by="U1")
        assert store.muted(T0) == {("T1", "C1"): T0 + MINUTE}
        assert store.muted(T0 + MINUTE) == {}
        store.mute("T1", "C1", None, "U2")
        assert store.channel("T1", "C1") == ChannelState()

    def test_what_is_said_of_a_channel_leaves_alone_what_was_said_before(self, store: Store) -> None:
        tell(store, change())
        store.set_unfurls("T1", "C1", False)
        assert send_next(store) == "new/T1/C1/headline"
        store.mute("T1", "C1", T0 + timedelta(days=1), "U1")
        assert store.channel("T1", "C1") == ChannelState(
            muted_until=T0 + timedelta(days=1), muted_by="U1", unfurls=False
        )

    def test_a_muted_channel_is_not_told_what_it_was_still_to_be_told_but_what_stands_is_put_right(
        self, store: Store, engine: Engine
    ) -> None:
        tell(store, change("sent"))
        send_next(store)
        tell(store, change("waiting", listing("2")), ["C1", "C2"])
        notice = Owed(key="trouble", team="T1", channel="C1", part=Part.NOTICE, message=message())
        store.owe([*put_right(change("sent")), *put_right(change("waiting")), notice], T0)
        store.mute("T1", "C1", T0 + timedelta(days=1), "U1")
        sent = list(iter(lambda: send_next(store, T0 + MINUTE), None))
        assert [key for key in sent if "C2" not in key] == [
            "sent/T1/C1/detail",
            "sent/over/headline",
            "sent/over/detail",
            "sent/over/note",
            "trouble",
        ]
        assert [key for key in sent if "C2" in key] == ["waiting/T1/C2/headline", "waiting/T1/C2/detail"]
        assert ended(engine, "waiting/T1/C1/headline")[2] == "the channel was muted"
        assert store.coverage().dead == 0

    def test_the_end_of_a_mute_drops_nothing(self, store: Store) -> None:
        tell(store, change())
        store.mute("T1", "C1", None, "U1")
        assert send_next(store) == "new/T1/C1/headline"


class TestFamilies:
    def test_a_change_what_it_amends_and_what_amends_it_belong_together(self, store: Store) -> None:
        root, other = change("root"), change("other", listing("2"))
        first = replace(change("first"), amends="root")
        second = replace(change("second"), amends="root")
        third = replace(change("third"), amends="second")
        for number, one in enumerate((root, other, first, second, third)):
            store.apply(intent(one.urn, T0 + number * MINUTE, changes=(one,)))
        for asked in ("root", "first", "third"):
            found = store.family([asked])
            assert [one.change for one in found] == [root, first, second, third]
        assert [one.change for one in store.family(["other"])] == [other]
        assert store.family([]) == ()

    def test_what_amends_a_change_that_is_not_there_stands_by_itself(self, store: Store) -> None:
        orphan = replace(change("orphan"), amends="long ago")
        store.apply(intent(changes=(orphan,)))
        assert [one.change for one in store.family(["orphan"])] == [orphan]
