"""Which addresses are unfolded, and what is shown under them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot import unfurling
from bot.messages import render
from judgements.authorities import REGISTRY
from judgements.types import NotRead, Status
from storage.types import KnownAuthority, KnownDocument, Standing
from tests.bot.examples import HISTORY, T0, WEST_SUSSEX
from tests.bot.histories import histories
from tests.bot.said import lines
from tests.bot.validators import check_unfurl

PAGE = f"https://reports.ofsted.gov.uk/provider/44/{WEST_SUSSEX}"
FILE = "https://files.ofsted.gov.uk/v1/file/50216786"
TODAY = date(2026, 8, 20)


class TestTargets:
    def test_an_authoritys_page_and_a_document_are_known(self) -> None:
        page, file = unfurling.targets([PAGE, FILE])
        assert page == unfurling.Target(url=PAGE, urn=WEST_SUSSEX)
        assert file == unfurling.Target(url=FILE, file_id="50216786")

    def test_the_older_host_of_documents_counts_too(self) -> None:
        (file,) = unfurling.targets(["https://files.api.ofsted.gov.uk/v1/file/50004324"])
        assert file.file_id == "50004324"

    @pytest.mark.parametrize(
        "url",
        [
            "https://reports.ofsted.gov.uk/",
            "https://reports.ofsted.gov.uk.evil.example/provider/44/80578",
            "https://evil.example/provider/44/80578",
            "https://files.ofsted.gov.uk/v1/file/12x",
            "https://files.ofsted.gov.uk/v1/file/1234567890123",
            "ftp://files.ofsted.gov.uk/v1/file/123",
            "https://[",
            "",
        ],
    )
    def test_other_addresses_are_left_alone(self, url: str) -> None:
        assert unfurling.targets([url]) == ()

    def test_three_addresses_are_a_list_and_are_not_unfolded(self) -> None:
        assert unfurling.targets([PAGE, FILE, "https://elsewhere.example/"]) == ()
        assert len(unfurling.targets([PAGE, FILE, PAGE])) == 2, "the same address twice is one"


class TestCards:
    def test_an_authoritys_page_shows_where_it_stands(self) -> None:
        one = REGISTRY.by_urn(WEST_SUSSEX)
        assert one is not None
        card = unfurling.of_authority(KnownAuthority(urn=WEST_SUSSEX, documents=HISTORY), one, TODAY)
        assert card is not None
        assert card.title == "West Sussex"
        assert card.buttons == ()

    def test_of_an_authority_without_documents_there_is_nothing_to_show(self) -> None:
        one = REGISTRY.by_urn(WEST_SUSSEX)
        assert one is not None
        assert unfurling.of_authority(KnownAuthority(urn=WEST_SUSSEX), one, TODAY) is None

    @pytest.mark.parametrize("document", HISTORY, ids=lambda one: one.listing.file_id)
    def test_a_document_shows_what_was_read_of_it(self, document: KnownDocument) -> None:
        card = unfurling.of_document(document)
        assert card is not None
        assert card.title.startswith("West Sussex: ")
        assert render(card).text

    def test_a_document_that_was_withdrawn_is_marked_under_any_of_its_numbers(self) -> None:
        gone = replace(HISTORY[1], withdrawn_at=T0)
        second = replace(HISTORY[1], same_as=gone.listing.file_id)
        for card in (unfurling.of_document(gone), unfurling.of_document(second, gone)):
            assert card is not None
            assert card.title.endswith(" (withdrawn)")
            assert lines(card)[1].startswith(
                "Withdrawn: Ofsted no longer lists this document (noticed at 09:36 BST on 20 August 2026"
            )
        assert "ithdrawn" not in str(unfurling.of_document(second, HISTORY[1]))

    def test_a_document_that_was_not_read_shows_nothing(self) -> None:
        unread = NotRead(status=Status.UNREADABLE, why="It is a scan.")
        document = KnownDocument(listing=HISTORY[0].listing, standing=Standing.READ, first_seen_at=T0, reading=unread)
        assert unfurling.of_document(document) is None

    def test_of_every_authority_and_document_it_is_what_slack_takes(self) -> None:
        known = histories()
        for urn, documents in known.items():
            one = REGISTRY.by_urn(urn)
            assert one is not None
            of_it = unfurling.of_authority(KnownAuthority(urn=urn, documents=documents), one, TODAY)
            shown = [of_it, *map(unfurling.of_document, documents)] if documents else [of_it]
            for card in filter(None, shown):
                check_unfurl(render(card).blocks)
        assert sum(map(len, known.values())) > 400
