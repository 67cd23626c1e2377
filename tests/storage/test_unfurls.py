"""An address is unfolded once in a while, in each channel for itself."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from storage.store import Store
from tests.storage.examples import MINUTE, T0, document, intent, listing

HALF_AN_HOUR = timedelta(minutes=30)
PAGE = "https://reports.example/provider/44/80573"


def unfold(store: Store, channel: str = "C1", minutes: int = 0) -> bool:
    return store.first_unfurl("T1", channel, PAGE, T0 + minutes * MINUTE, HALF_AN_HOUR)


class TestUnfolding:
    def test_the_first_time_counts_and_again_after_a_while(self, store: Store) -> None:
        assert unfold(store)
        assert not unfold(store, minutes=1)
        assert not unfold(store, minutes=29)
        assert unfold(store, minutes=30)
        assert not unfold(store, minutes=31)

    def test_each_channel_counts_for_itself(self, store: Store) -> None:
        assert unfold(store)
        assert unfold(store, channel="C2")

    def test_a_clock_that_was_far_ahead_holds_nothing_up(self, store: Store) -> None:
        assert unfold(store, minutes=600)
        assert unfold(store)


class TestDocumentsWithAnId:
    @pytest.mark.parametrize("urns", [(), ("80573",), ("80573", "80578")])
    def test_a_document_is_found_on_each_page_that_lists_it(self, store: Store, urns: tuple[str, ...]) -> None:
        for urn in urns:
            store.apply(intent(urn, documents=(document(listing("7", urn, date(2024, 1, 2))),)))
        assert [one.listing.urn for one in store.documents_with_id("7")] == list(urns)
