"""Alerts and dashboard name what `/metrics` shows, and every alert has its page in the runbook."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from inspection_watch.metrics import Metrics
from inspection_watch.run import _READY
from storage.types import SourceState, TroubleKind
from storage.vitals import DocumentOutcome, Vitals, Waiting

DEPLOY = Path(__file__).parents[2] / "deploy"
RUNBOOK = (DEPLOY / "RUNBOOK.md").read_text()
ALERTS: list[dict[str, Any]] = [
    rule
    for group in yaml.safe_load((DEPLOY / "prometheus" / "alerts.yaml").read_text())["groups"]
    for rule in group["rules"]
]
BOARD: dict[str, Any] = json.loads((DEPLOY / "grafana" / "inspection-watch.json").read_text())
PANELS = [panel for panel in BOARD["panels"] if panel["type"] != "row"]

NAME = re.compile(r"\b(?:inspection_watch|process)_[a-z_]+")
LABELS = re.compile(r"\b((?:inspection_watch|process)_[a-z_]+)\{(\w+)")
T0 = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.fixture(scope="module")
def shown() -> dict[str, set[str]]:
    """Every sample of `/metrics` with the labels it has, of a process that has done a bit of everything."""
    waiting = Waiting(number=1, since=T0)
    vitals = Vitals(
        sources=(SourceState(key="list", last_ok_at=T0),),
        documents=dict.fromkeys(DocumentOutcome, waiting),
        changes=waiting,
        deliveries=waiting,
        paused_channels=1,
        paused_workspaces=1,
        dead=1,
        troubles={TroubleKind.UNREAD: waiting},
    )
    metrics = Metrics(lambda: T0)
    metrics.read_from(lambda: vitals, lambda: dict.fromkeys(["slack", "delivery", "poll", "database"], ""))
    metrics.observe({"event": "command", "command": "show", "seconds": 0.1})
    families = text_string_to_metric_families(metrics.reply().body.decode())
    return {sample.name: set(sample.labels) for family in families for sample in family.samples}


def expressions() -> list[tuple[str, str]]:
    """Each alert and each panel, with what it asks."""
    asked = [(rule["alert"], rule["expr"]) for rule in ALERTS]
    return asked + [(panel["title"], target["expr"]) for panel in PANELS for target in panel["targets"]]


@pytest.mark.parametrize(("who", "expression"), expressions())
def test_what_is_asked_for_is_shown(who: str, expression: str, shown: dict[str, set[str]]) -> None:
    assert set(NAME.findall(expression)) <= set(shown)
    assert NAME.search(expression) or "up{" in expression
    for name, label in LABELS.findall(expression):
        assert label in shown[name] | {"job"}, name
    for label in re.findall(r"by \((\w+)\)", expression):
        assert any(label in shown[name] | {"le"} for name in NAME.findall(expression))


def test_every_number_of_ours_is_on_the_board_or_has_an_alert(shown: dict[str, set[str]]) -> None:
    asked = {name for _, expression in expressions() for name in NAME.findall(expression)}
    ours = {name for name in shown if name.startswith("inspection_watch_") and not name.endswith(("_created", "_sum"))}
    assert ours - asked == {"inspection_watch_oldest_trouble_timestamp_seconds"}


PROMTOOL = shutil.which("promtool")


@pytest.mark.skipif(PROMTOOL is None, reason="NOT CHECKED: promtool is not here, so no alert was played through")
def test_what_has_to_alert_does_and_what_must_not_does_not() -> None:
    for words in (["check", "rules", "alerts.yaml"], ["test", "rules", "alerts_test.yaml"]):
        ran = subprocess.run([str(PROMTOOL), *words], cwd=DEPLOY / "prometheus", capture_output=True, text=True)
        assert ran.returncode == 0, ran.stdout + ran.stderr


def test_what_is_played_through_names_alerts_and_numbers_that_there_are(shown: dict[str, set[str]]) -> None:
    played = yaml.safe_load((DEPLOY / "prometheus" / "alerts_test.yaml").read_text())
    tried = {one["alertname"] for each in played["tests"] for one in each.get("alert_rule_test", ())}
    assert tried <= {rule["alert"] for rule in ALERTS}
    series = {name for each in played["tests"] for one in each["input_series"] for name in NAME.findall(one["series"])}
    assert series <= set(shown)


def test_each_part_of_the_program_has_its_check_that_somebody_does_it() -> None:
    (rule,) = [rule for rule in ALERTS if rule["alert"] == "InspectionWatchNotWorking"]
    assert set(re.findall(r'absent\(inspection_watch_ready\{check="(\w+)"\}', rule["expr"])) == set(_READY.values())


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: rule["alert"])
def test_every_alert_has_its_page_which_says_what_it_means_what_to_look_at_and_what_to_do(rule: dict[str, Any]) -> None:
    heading = f"### {rule['alert']}\n"
    assert heading in RUNBOOK
    page = RUNBOOK.split(heading)[1].split("\n##")[0]
    assert "*Means*: " in page
    if rule["alert"] != "InspectionWatchTrouble":  # its page is a table, a row for each kind
        assert page.index("*Means*: ") < page.index("\n*Look*: ") < page.index("\n*Do*: ")
    assert rule["annotations"]["runbook_url"] == f"deploy/RUNBOOK.md#{rule['alert'].lower()}"
    assert rule["annotations"]["summary"]
    assert rule["labels"]["severity"] in ("page", "ticket")


def test_no_page_is_left_of_an_alert_that_is_gone() -> None:
    assert re.findall(r"^### (\w+)$", RUNBOOK, re.MULTILINE) == [rule["alert"] for rule in ALERTS]


def test_every_kind_of_trouble_has_its_row() -> None:
    page = RUNBOOK.split("### InspectionWatchTrouble\n")[1].split("\n##")[0]
    assert set(re.findall(r"`([a-z_]+)`", page)) == set(TroubleKind)


def test_every_panel_has_its_own_place_and_asks_something() -> None:
    ids = [panel["id"] for panel in BOARD["panels"]]
    assert len(set(ids)) == len(ids)
    for panel in PANELS:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24
        assert panel["targets"]
        assert {target["datasource"]["uid"] for target in panel["targets"]} == {"${datasource}"}
    by_row = sorted(BOARD["panels"], key=lambda panel: (panel["gridPos"]["y"], panel["gridPos"]["x"]))
    for left, right in pairwise(one["gridPos"] for one in by_row):
        assert right["y"] >= left["y"] + left["h"] or right["x"] >= left["x"] + left["w"]


def test_prometheus_asks_every_part_of_compose() -> None:
    scraped = yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yaml").read_text())
    (job,) = scraped["scrape_configs"]
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    parts = [name for name, service in services.items() if service.get("command", [""])[0] == "run"]
    assert job["dns_sd_configs"][0]["names"] == parts
    assert job["job_name"] == "inspection-watch"
    assert scraped["rule_files"] == ["alerts.yaml"]
    assert job["dns_sd_configs"][0]["port"] == int(
        services["watch"]["environment"]["INSPECTION_WATCH_LISTEN"].rpartition(":")[2]
    )
