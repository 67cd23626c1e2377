"""What `/metrics` shows, of log lines and of the database, and that each line it counts is really logged."""

from __future__ import annotations

import ast
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from inspection_watch import metrics as instruments
from inspection_watch.metrics import MOST_OTHERS, Metrics
from storage.engine import StorageError
from storage.types import SourceState, TroubleKind
from storage.vitals import DocumentOutcome, Vitals, Waiting
from watchers.world import PollSummary

T0 = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
ROOT = Path(__file__).parents[2]

NOTHING = Waiting(number=0, since=None)
VITALS = Vitals(
    sources=(SourceState(key="list", last_ok_at=T0, failures=2, seen=153),),
    documents={
        DocumentOutcome.READ: Waiting(number=700, since=T0),
        DocumentOutcome.UNREAD: Waiting(number=3, since=T0),
        DocumentOutcome.AWAITED: NOTHING,
    },
    changes=NOTHING,
    deliveries=Waiting(number=7, since=T0),
    paused_channels=2,
    paused_workspaces=1,
    dead=1,
    troubles={TroubleKind.PAGE_SUSPECT: Waiting(number=2, since=T0)},
)


@pytest.fixture
def metrics() -> Metrics:
    return Metrics(lambda: T0)


def shown(metrics: Metrics) -> Mapping[str, float]:
    """Every sample as Prometheus reads it: name{label="value"} -> number."""
    families = text_string_to_metric_families(metrics.reply().body.decode())
    return {
        sample.name + "".join(f"{{{name}={value}}}" for name, value in sample.labels.items()): sample.value
        for family in families
        for sample in family.samples
    }


@pytest.mark.parametrize(
    ("line", "sample"),
    [
        ({"event": "poll", "troubles": (), "stopped": False}, "polls_total{outcome=well}"),
        ({"event": "poll", "troubles": ("x",), "stopped": False}, "polls_total{outcome=trouble}"),
        ({"event": "poll", "troubles": (), "stopped": True}, "polls_total{outcome=stopped}"),
        ({"event": "poll skipped"}, "polls_total{outcome=skipped}"),
        ({"event": "poll failed", "level": "error"}, "polls_total{outcome=failed}"),
        ({"event": "poll failed", "level": "error"}, "faults_total"),
        ({"event": "fanned out"}, "changes_fanned_out_total"),
        ({"event": "delivered", "step": "sent"}, "delivery_attempts_total{outcome=sent}"),
        ({"event": "refused", "reason": "ratelimited"}, "delivery_attempts_total{outcome=refused}"),
        ({"event": "refused", "reason": "ratelimited"}, "slack_errors_total{reason=ratelimited}"),
        ({"event": "paused", "reason": "is_archived"}, "slack_errors_total{reason=is_archived}"),
        ({"event": "paused", "reason": "not_in_channel"}, "delivery_attempts_total{outcome=paused}"),
        ({"event": "given up", "reason": "is_archived"}, "delivery_attempts_total{outcome=given up}"),
        ({"event": "given up", "reason": "is_archived"}, "slack_errors_total{reason=is_archived}"),
        ({"event": "command", "command": "show", "seconds": 0.2}, "command_seconds_count{command=show}"),
        ({"event": "thread failed", "level": "critical"}, "faults_total"),
        ({"event": "delivery failed", "level": "warning", "storage": "no room"}, "storage_errors_total"),
    ],
)
def test_a_line_of_the_log_is_counted(metrics: Metrics, line: Mapping[str, object], sample: str) -> None:
    name = f"inspection_watch_{sample}"
    assert shown(metrics).get(name, 0 if "command_seconds" in name else None) == 0, "it begins at nought"
    metrics.observe(line)
    assert shown(metrics)[name] == 1


def test_a_poll_says_when_it_ended(metrics: Metrics) -> None:
    metrics.observe({"event": "poll skipped"})
    assert shown(metrics)["inspection_watch_poll_ended_timestamp_seconds"] == T0.timestamp()


def test_a_command_is_put_beside_the_three_seconds_slack_allows(metrics: Metrics) -> None:
    metrics.observe({"event": "command", "command": "show", "seconds": 2.5})
    bucket = "inspection_watch_command_seconds_bucket{{command=show}}{{le={}}}"
    assert (shown(metrics)[bucket.format("2.0")], shown(metrics)[bucket.format("3.0")]) == (0, 1)


def test_a_line_that_cannot_be_counted_is_a_fault_and_stops_nobody(metrics: Metrics) -> None:
    for line in ({"event": "refused"}, {"event": "command", "command": "show", "seconds": "soon"}):
        metrics.observe(line)
    assert shown(metrics)["inspection_watch_faults_total"] == 2


def test_reasons_nobody_has_heard_of_do_not_pile_up(metrics: Metrics) -> None:
    for number in range(MOST_OTHERS + 5):
        metrics.observe({"event": "refused", "reason": f"new_{number}"})
    found = shown(metrics)
    assert len([name for name in found if "slack_errors_total{reason=new_" in name]) == MOST_OTHERS
    assert found["inspection_watch_slack_errors_total{reason=other}"] == 5


def test_a_message_that_is_given_up_is_no_fault_of_the_program(metrics: Metrics) -> None:
    metrics.observe({"event": "given up", "level": "error", "reason": "is_archived"})
    assert shown(metrics)["inspection_watch_faults_total"] == 0


def test_what_storage_did_not_let_be_done_is_no_fault_of_the_program(metrics: Metrics) -> None:
    metrics.observe({"event": "poll failed", "level": "warning", "storage": "The database could not do its work."})
    assert shown(metrics)["inspection_watch_polls_total{outcome=failed}"] == 1
    assert shown(metrics)["inspection_watch_faults_total"] == 0


def test_what_the_database_knows_is_asked_at_the_scrape(metrics: Metrics) -> None:
    metrics.read_from(lambda: VITALS)
    found = shown(metrics)
    assert found["inspection_watch_database_up"] == 1
    assert found["inspection_watch_source_failures{source=list}"] == 2
    assert found["inspection_watch_source_authorities_seen{source=list}"] == 153
    assert found["inspection_watch_source_last_ok_timestamp_seconds{source=list}"] == T0.timestamp()
    assert found["inspection_watch_documents{outcome=unread}"] == 3
    assert found["inspection_watch_documents{outcome=awaited}"] == 0
    assert found["inspection_watch_oldest_document_timestamp_seconds{outcome=unread}"] == T0.timestamp()
    assert "inspection_watch_oldest_document_timestamp_seconds{outcome=awaited}" not in found
    assert found["inspection_watch_delivery_queue"] == 7
    assert found["inspection_watch_delivery_queue_oldest_timestamp_seconds"] == T0.timestamp()
    assert "inspection_watch_change_queue_oldest_timestamp_seconds" not in found, "none waits"
    assert found["inspection_watch_deliveries_dead"] == 1
    assert (found["inspection_watch_channels_paused"], found["inspection_watch_workspaces_paused"]) == (2, 1)
    assert found["inspection_watch_troubles{kind=page_suspect}"] == 2
    assert found["inspection_watch_oldest_trouble_timestamp_seconds{kind=page_suspect}"] == T0.timestamp()


def test_each_check_of_readyz_is_a_number(metrics: Metrics) -> None:
    metrics.read_from(lambda: VITALS, lambda: {"slack": "the line to Slack does not stand", "delivery": ""})
    found = shown(metrics)
    assert found["inspection_watch_ready{check=slack}"] == 0
    assert found["inspection_watch_ready{check=delivery}"] == 1


def test_a_database_that_hangs_or_fails_leaves_out_its_numbers_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()

    def hang() -> Vitals:
        over.wait()
        return VITALS

    def fail() -> Vitals:
        raise StorageError("The database could not do its work.")

    monkeypatch.setattr(instruments, "InTime", lambda work: work if work is fail else instruments_in_time(work, 0.01))
    for vitals in (hang, fail):
        metrics = Metrics(lambda: T0)
        metrics.read_from(vitals)
        found = shown(metrics)
        assert found["inspection_watch_database_up"] == 0
        assert "inspection_watch_delivery_queue" not in found, "a nought would look well"
        assert "inspection_watch_changes_fanned_out_total" in found
    over.set()


instruments_in_time = instruments.InTime


def logged() -> dict[str, list[set[str]]]:
    """The fields of each line that any room logs, by the line's event."""
    found: dict[str, list[set[str]]] = {}
    for room in ("bot", "watchers", "storage", "inspection_watch"):
        for path in (ROOT / room).rglob("*.py"):
            for call in filter(is_a_line, ast.walk(ast.parse(path.read_text(encoding="utf-8")))):
                found.setdefault(call.args[0].value, []).append(fields_of(call))
    return found


def is_a_line(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="log")), args=[ast.Constant()]):
            return True
    return False


def fields_of(call: ast.Call) -> set[str]:
    spread = set(PollSummary().fields) if any(word.arg is None for word in call.keywords) else set()
    return {word.arg for word in call.keywords if word.arg} | spread


@pytest.mark.parametrize(
    ("event", "fields"),
    [
        ("poll", {"troubles", "stopped"}),
        ("poll skipped", set()),
        ("poll failed", set()),
        ("fanned out", set()),
        ("delivered", {"step"}),
        ("refused", {"reason"}),
        ("paused", {"reason"}),
        ("given up", {"reason"}),
        ("command", {"command", "seconds"}),
    ],
)
def test_every_line_that_is_counted_is_logged_somewhere_with_what_is_read_from_it(event: str, fields: set[str]) -> None:
    assert event in logged()
    for line in logged()[event]:
        assert fields <= line


def test_no_line_is_counted_that_is_not_in_the_list_above() -> None:
    (listed,) = [
        mark.args[1]
        for mark in test_every_line_that_is_counted_is_logged_somewhere_with_what_is_read_from_it.pytestmark  # type: ignore[attr-defined]
    ]
    assert {event for event, _ in listed} == set(instruments._COUNTED)
