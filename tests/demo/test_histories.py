from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import httpx
import pytest

from inspection_watch.demo.histories import PAST, SCENES, build_site, council, file_id, place, publications
from judgements.authorities import REGISTRY
from judgements.parse import read
from judgements.types import Grade, Kind, Report

DAY = date(2026, 11, 20)


def test_every_authority_of_today_is_listed_whether_it_has_documents_or_not() -> None:
    listed = build_site().listed()
    assert {provider.urn for provider, _ in listed} == {one.urn for one in REGISTRY.current}
    assert sum(latest is not None for _, latest in listed) == 107


def test_the_real_history_of_west_sussex_is_there() -> None:
    found = build_site().timeline("80578")
    assert found is not None
    assert [(one.title, one.published) for one in found[1]] == [
        ("Area SEND full inspection", date(2024, 2, 29)),
        ("Children's services inspection", date(2023, 5, 11)),
        ("Children's services inspection", date(2019, 5, 8)),
        ("Single inspection of LA children's services as pdf", date(2016, 1, 20)),
    ]


def test_an_authority_made_by_a_reorganisation_shows_when_it_was_registered() -> None:
    found = build_site().timeline("2733690")
    assert found is not None
    assert found[0].registered == date(2023, 4, 1)


def test_a_smaller_site_lists_everybody_and_has_the_histories_of_the_scenes_first() -> None:
    small = {provider.urn: latest for provider, latest in build_site(len(SCENES)).listed()}
    assert len(small) == 153
    assert {urn for urn, latest in small.items() if latest} == {scene.urn for scene in SCENES.values()}
    assert [provider.urn for provider, latest in build_site(1).listed() if latest] == ["80578"]


def test_file_ids_are_unique_and_grow_with_the_day() -> None:
    ids = [publication.file_id for publication in publications()]
    assert len(set(ids)) == len(PAST)
    assert ids == sorted(ids)
    assert file_id(DAY, 39) < file_id(DAY + timedelta(days=1), 0)


def test_no_document_is_printed_before_it_is_asked_for() -> None:
    begun = time.process_time()
    build_site()
    assert time.process_time() - begun < 0.5, "421 documents would take some six seconds"


def test_names_are_printed_so_that_they_can_be_known_again() -> None:
    for authority in REGISTRY.current:
        assert REGISTRY.printed(place(authority), on=DAY) == authority
        assert REGISTRY.printed(council(authority), on=DAY) == authority


def staged(name: str, day: date = DAY) -> Report:
    publication = SCENES[name].stage(day)
    site = build_site()
    site.publish(publication)
    found = site.timeline(SCENES[name].urn)
    assert found is not None
    assert found[1][0] == publication, "a scene is the newest on its page"
    body = site.file(publication.file_id)
    assert body is not None
    report = read(body)
    assert isinstance(report, Report)
    assert report.problems == ()
    assert report.authority == publication.urn
    return report


def test_west_sussex_improves_in_two_judgements_and_declines_in_one() -> None:
    report = staged("west-sussex")
    assert (report.kind, report.edition, report.overall) == (Kind.ILACS_INSPECTION, "2026", None)
    before = next(one.grades for one in PAST if one.authority.urn == "80578" and one.published == date(2023, 5, 11))
    order = [Grade.INADEQUATE, Grade.REQUIRES_IMPROVEMENT, Grade.GOOD, Grade.OUTSTANDING]
    moved = {one.theme: order.index(Grade(one.grade)) - order.index(Grade(before[one.theme])) for one in report.graded}
    assert {theme: (steps > 0) - (steps < 0) for theme, steps in moved.items()} == {
        "leadership": 0,
        "help_and_protection": 1,
        "in_care": -1,
        "care_leavers": 1,
    }
    assert len(report.improvements or ()) == 4


def test_west_sussex_before_the_third_edition_would_have_had_an_overall_grade() -> None:
    report = staged("west-sussex", date(2026, 4, 20))
    assert report.edition == "2023"
    assert report.overall is not None


def test_an_inspection_ends_on_a_friday_some_six_weeks_before_its_report() -> None:
    for offset in range(7):
        report = staged("west-sussex", DAY + timedelta(days=offset))
        assert report.inspection is not None
        assert report.inspection.end.weekday() == 4
        assert 39 <= (DAY + timedelta(days=offset) - report.inspection.end).days <= 45


@pytest.mark.parametrize(
    ("name", "kind", "priorities"),
    [
        ("focused-visit", Kind.ILACS_FOCUSED_VISIT, 1),
        ("monitoring-visit", Kind.ILACS_MONITORING_VISIT, 0),
        ("send", Kind.AREA_SEND_INSPECTION, 0),
        ("joint-inspection", Kind.JTAI_LETTER, 1),
    ],
)
def test_the_other_scenes_are_what_they_are_called(name: str, kind: Kind, priorities: int) -> None:
    report = staged(name)
    assert (report.kind, len(report.priority_actions)) == (kind, priorities)


def test_a_scene_staged_twice_on_one_day_replaces_itself() -> None:
    assert len({SCENES[name].stage(DAY).file_id for name in SCENES}) == len(SCENES)
    assert SCENES["send"].stage(DAY).file_id == SCENES["send"].stage(DAY).file_id


def test_documents_asked_for_at_once_are_the_same_as_one_by_one() -> None:
    alone, together = build_site(), build_site()
    ids = [publication.file_id for publication in publications(PAST[-12:])]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(together.file, ids)) == [alone.file(one) for one in ids]


@pytest.mark.e2e
def test_the_site_runs_as_a_program_of_its_own_publishes_when_told_and_stops_when_told() -> None:
    command = [sys.executable, "-m", "inspection_watch.demo.site", "--histories", "5"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        try:
            told = httpx.post(f"{address}/_demo/publish", json={"scene": "west-sussex", "day": "2026-11-20"}).json()
            page = httpx.get(f"{address}/provider/44/80578").text
            document = read(httpx.get(f"{address}/v1/file/{told['file_id']}").content)
        finally:
            process.terminate()
        assert process.wait(timeout=5) == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""
    assert "pdf - 20 November 2026" in page
    assert isinstance(document, Report)
    assert document.authority == "80578"
