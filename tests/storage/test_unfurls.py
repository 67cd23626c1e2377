"""An address is unfolded once in a while, in each channel for itself."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from storage.store import Store
from tests.storage.examples import MINUTE, T0, document, intent, listing

HALF_AN_HOUR = timedelta(minutes=30)
PAGE = "https://reports.example/provider/44/80573"


def unfold(store: Store, channel: str = "C1", minutes: int = 0) -> None:
    store.record_unfurls("T1", channel, [PAGE], T0 + minutes * MINUTE)


def lately(store: Store, channel: str = "C1", minutes: int = 0) -> frozenset[str]:
    now = T0 + minutes * MINUTE
    return store.unfurled_since("T1", channel, now - HALF_AN_HOUR, now)


class TestUnfolding:
    def test_what_was_unfolded_lately_is_known_for_a_while(self, store: Store) -> None:
        assert lately(store) == frozenset()
        unfold(store)
        assert lately(store) == lately(store, minutes=29) == {PAGE}
        assert lately(store, minutes=30) == frozenset()
        unfold(store, minutes=31)
        assert lately(store, minutes=60) == {PAGE}

    def test_each_channel_counts_for_itself(self, store: Store) -> None:
        unfold(store)
        assert lately(store, channel="C2") == frozenset()
        assert store.unfurled_since("T2", "C1", T0 - HALF_AN_HOUR, T0) == frozenset()

    def test_a_clock_that_was_far_ahead_holds_nothing_up(self, store: Store) -> None:
        unfold(store, minutes=600)
        assert lately(store) == frozenset()
        unfold(store)
        assert lately(store) == {PAGE}


class TestDocumentsWithAnId:
    @pytest.mark.parametrize("urns", [(), ("80573",), ("80573", "80578")])
    def test_a_document_is_found_on_each_page_that_lists_it(self, store: Store, urns: tuple[str, ...]) -> None:
        for urn in urns:
            store.apply(intent(urn, documents=(document(listing("7", urn, date(2024, 1, 2))),)))
        assert [one.listing.urn for one in store.documents_with_id("7")] == list(urns)
