"""`/metrics` for Prometheus: what this process did, counted from its own log lines, and what the database says.

One unit of work is one log line (`logs.py`), and so one line is one observation: no room of the house knows of this
file. A line is counted if its event stands in `_COUNTED`; a test sees that each of these is logged somewhere, with the
fields that are read here. A line with a field `storage` says that work failed because of the database or the archive.
What the database knows is asked at the moment of the scrape, with a time limit, by every process: whichever of them is
asked, the answer is the same.

Times are seconds since 1970, as Prometheus has them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from bot.slack import outcomes
from inspection_watch.health import InTime
from inspection_watch.listen import Reply
from storage.engine import StorageError
from storage.types import SourceState, TroubleKind
from storage.vitals import DocumentOutcome, Vitals, Waiting

Line = Mapping[str, Any]
"""A log line before it is written: "event", and the fields of the unit of work."""

LATENCIES = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 10.0, 30.0)
"""Seconds, in the queue too. Slack allows three for the acknowledgement, which comes before all of this."""
REASONS = (*outcomes.CODES, "unreachable", "no_sense", "http_500", "http_502", "http_503", "http_504")
MOST_OTHERS = 20
"""Reasons that nobody has heard of yet which are told apart; all further ones are `OTHER`."""
OTHER = "other"
GIVEN_UP = "given up"


class Metrics:
    """The counters of one process. Threads may share it."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        """Only what this process did is shown, until `read_from` says where the rest is."""
        self._clock = clock
        self.registry = CollectorRegistry()
        self._reasons = {OTHER, *REASONS}
        own = self.registry
        self.polls = Counter("inspection_watch_polls", "Looks at a source by how they ended", ["outcome"], registry=own)
        self.poll_ended = Gauge(
            "inspection_watch_poll_ended_timestamp_seconds",
            "When a look at a source last ended here",
            registry=own,
        )
        self.fanned_out = Counter("inspection_watch_changes_fanned_out", "Changes turned into messages", registry=own)
        self.attempts = Counter(
            "inspection_watch_delivery_attempts",
            "Attempts to send a message, by how they ended",
            ["outcome"],
            registry=own,
        )
        self.slack_errors = Counter(
            "inspection_watch_slack_errors", "What Slack refused, by reason", ["reason"], registry=own
        )
        self.commands = Histogram(
            "inspection_watch_command_seconds",
            "From a command's arrival here to its answer",
            ["command"],
            buckets=LATENCIES,
            registry=own,
        )
        self.storage_errors = Counter(
            "inspection_watch_storage_errors", "Work that the database or the archive did not let be done", registry=own
        )
        self.faults = Counter("inspection_watch_faults", "What nobody foresaw; the log has the story", registry=own)
        ProcessCollector(registry=self.registry)
        self._begin_at_nought()

    def _begin_at_nought(self) -> None:
        """A number that first appears as one has not risen, to Prometheus, and would alert nobody."""
        for outcome in ("well", "trouble", "stopped", "skipped", "failed"):
            self.polls.labels(outcome=outcome)
        for outcome in ("sent", "refused", "paused", GIVEN_UP):
            self.attempts.labels(outcome=outcome)
        for reason in self._reasons:
            self.slack_errors.labels(reason=reason)

    def read_from(self, vitals: Callable[[], Vitals], checks: Callable[[], Mapping[str, str]] = dict) -> None:
        """Show what the database says, too, and what `/readyz` says."""
        self.registry.register(_Stored(InTime(vitals)))
        self.registry.register(_Ready(checks))

    def observe(self, line: Line) -> None:
        """Count what this log line says was done. It never raises: who logs is in the middle of something."""
        event = str(line.get("event"))
        try:
            if count := _COUNTED.get(event):
                count(self, line)
        except (LookupError, TypeError, ValueError):
            self.faults.inc()
        if "storage" in line:
            self.storage_errors.inc()
        # A message that is given up is bad news and no fault: Slack had its reasons.
        if line.get("level") in ("error", "critical") and event != GIVEN_UP:
            self.faults.inc()

    def ended_a_poll(self) -> None:
        self.poll_ended.set(self._clock().timestamp())

    def reason(self, words: object) -> str:
        """The reason as a label; of those not heard of before, only so many."""
        said = str(words or OTHER)
        if said not in self._reasons and len(self._reasons) > len(REASONS) + MOST_OTHERS:
            return OTHER
        self._reasons.add(said)
        return said

    def reply(self) -> Reply:
        """What a scrape gets. A database that does not answer in time leaves out its part and says so."""
        return Reply(headers=(("Content-Type", CONTENT_TYPE_PLAIN_0_0_4),), body=generate_latest(self.registry))


def _poll(metrics: Metrics, line: Line) -> None:
    outcome = "stopped" if line["stopped"] else "trouble" if line["troubles"] else "well"
    metrics.polls.labels(outcome=outcome).inc()
    metrics.ended_a_poll()


def _poll_skipped(metrics: Metrics, _line: Line) -> None:
    metrics.polls.labels(outcome="skipped").inc()
    metrics.ended_a_poll()


def _poll_failed(metrics: Metrics, _line: Line) -> None:
    metrics.polls.labels(outcome="failed").inc()


def _fanned_out(metrics: Metrics, _line: Line) -> None:
    metrics.fanned_out.inc()


def _delivered(metrics: Metrics, line: Line) -> None:
    metrics.attempts.labels(outcome=str(line["step"])).inc()


def _not_sent(metrics: Metrics, line: Line) -> None:
    metrics.attempts.labels(outcome=str(line["event"])).inc()
    metrics.slack_errors.labels(reason=metrics.reason(line["reason"])).inc()


def _command(metrics: Metrics, line: Line) -> None:
    metrics.commands.labels(command=str(line["command"])).observe(float(line["seconds"]))


_COUNTED: Mapping[str, Callable[[Metrics, Line], None]] = {
    "poll": _poll,
    "poll skipped": _poll_skipped,
    "poll failed": _poll_failed,
    "fanned out": _fanned_out,
    "delivered": _delivered,
    "refused": _not_sent,
    "paused": _not_sent,
    GIVEN_UP: _not_sent,
    "command": _command,
}


class _Stored(Collector):
    """What the database says, asked anew at every scrape."""

    def __init__(self, vitals: Callable[[], Vitals]) -> None:
        self._vitals = vitals

    def describe(self) -> list[GaugeMetricFamily]:
        """The names alone: the registry asks for them when it starts, and the database need not answer for that."""
        return list(_families(None))

    def collect(self) -> Iterator[GaugeMetricFamily]:
        try:
            vitals = self._vitals()
        except (StorageError, TimeoutError):
            vitals = None
        yield from _families(vitals)


class _Ready(Collector):
    """Which checks of `/readyz` are well: each part of the program has its own, so their names say what runs here."""

    def __init__(self, checks: Callable[[], Mapping[str, str]]) -> None:
        self._checks = checks

    def describe(self) -> list[GaugeMetricFamily]:
        return [_gauge("ready", "", "check")]

    def collect(self) -> Iterator[GaugeMetricFamily]:
        ready = _gauge("ready", "Whether a check of /readyz is well, by check", "check")
        for name, why in self._checks().items():
            ready.add_metric([name], not why)
        yield ready


def _families(vitals: Vitals | None) -> Iterator[GaugeMetricFamily]:
    up = "Whether the database answered this scrape in time"
    yield GaugeMetricFamily("inspection_watch_database_up", up, value=vitals is not None)
    yield from _sources(vitals.sources if vitals else ())
    yield from _documents(vitals.documents if vitals else {})
    yield from _queue("change", "Changes found and not yet turned into messages", vitals.changes if vitals else None)
    yield from _queue("delivery", "Messages owed and not sent", vitals.deliveries if vitals else None)
    yield from _troubles(vitals.troubles if vitals else {})
    yield _number("deliveries_dead", "Messages given up", vitals and vitals.dead)
    yield _number("channels_paused", "Channels that take no messages", vitals and vitals.paused_channels)
    yield _number(
        "workspaces_paused", "Workspaces whose token Slack does not accept", vitals and vitals.paused_workspaces
    )


def _sources(sources: Iterable[SourceState]) -> Iterator[GaugeMetricFamily]:
    ok = _gauge("source_last_ok_timestamp_seconds", "When a source was last read without any trouble", "source")
    failures = _gauge("source_failures", "Looks at a source in a row that ended in trouble", "source")
    seen = _gauge("source_authorities_seen", "Authorities that the list of a source showed last", "source")
    for source in sources:
        failures.add_metric([source.key], source.failures)
        seen.add_metric([source.key], source.seen)
        if source.last_ok_at is not None:
            ok.add_metric([source.key], source.last_ok_at.timestamp())
    yield from (ok, failures, seen)


def _documents(documents: Mapping[DocumentOutcome, Waiting]) -> Iterator[GaugeMetricFamily]:
    number = _gauge("documents", "Listed documents by what became of them", "outcome")
    since = _gauge("oldest_document_timestamp_seconds", "When the oldest of them was first seen", "outcome")
    for outcome, waiting in documents.items():
        number.add_metric([outcome], waiting.number)
        if waiting.since is not None:
            since.add_metric([outcome], waiting.since.timestamp())
    yield from (number, since)


def _troubles(troubles: Mapping[TroubleKind, Waiting]) -> Iterator[GaugeMetricFamily]:
    number = _gauge("troubles", "What is wrong now with what is watched, by kind", "kind")
    since = _gauge("oldest_trouble_timestamp_seconds", "Since when the oldest of them lasts", "kind")
    for kind, waiting in troubles.items():
        number.add_metric([kind], waiting.number)
        if waiting.since is not None:
            since.add_metric([kind], waiting.since.timestamp())
    yield from (number, since)


def _gauge(name: str, help_: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"inspection_watch_{name}", help_, labels=labels)


def _number(name: str, help_: str, number: int | Vitals | None) -> GaugeMetricFamily:
    gauge = _gauge(name, help_)
    if isinstance(number, int):
        gauge.add_metric([], number)
    return gauge


def _queue(name: str, help_: str, waiting: Waiting | None) -> Iterator[GaugeMetricFamily]:
    """How many wait and since when the oldest does; nothing where that is not known, for a nought would look well."""
    number = _gauge(f"{name}_queue", help_)
    since = _gauge(f"{name}_queue_oldest_timestamp_seconds", "Since when the oldest of them waits, if any does")
    if waiting is not None:
        number.add_metric([], waiting.number)
        if waiting.since is not None:
            since.add_metric([], waiting.since.timestamp())
    yield from (number, since)
