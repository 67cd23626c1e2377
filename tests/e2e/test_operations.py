"""A running service as its operators meet it: alive, ready, counted, copied while it works, and alone on its file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from psycopg.sql import SQL

from inspection_watch.demo.slack import LocalSlack, running
from inspection_watch.settings import Settings
from storage.alone import NotAloneError
from storage.backup import backup, restore
from tests.counterparts import Postgres
from tests.slack import BINARY, People, soon

pytestmark = pytest.mark.e2e

BLOCK = SQL("ALTER DATABASE operations {}")
CUT = SQL("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'operations'")


@pytest.fixture
def slack() -> Iterator[LocalSlack]:
    with running(BINARY) as slack:
        yield slack


@pytest.fixture
def environment(slack: LocalSlack, tmp_path: Path) -> Iterator[dict[str, str]]:
    command = [sys.executable, "-m", "inspection_watch.demo.site", "--histories", "4"]
    clean = {name: value for name, value in os.environ.items() if name not in Settings.model_fields}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as site:
        assert site.stdout is not None
        address = site.stdout.readline().strip()
        yield clean | {
            "SLACK_API_URL": slack.api_url,
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_APP_TOKEN": slack.app_token,
            "INSPECTION_WATCH_SITE_URL": address,
            "INSPECTION_WATCH_FILE_HOSTS": address.removeprefix("http://"),
            "INSPECTION_WATCH_STATE_DIR": str(tmp_path / "state"),
            "INSPECTION_WATCH_POLL": "every 1h",
            "INSPECTION_WATCH_GAP": "0",
            "INSPECTION_WATCH_LISTEN": "127.0.0.1:0",
        }
        site.terminate()


class Service:
    """A running process of the service, and what it says at its port."""

    def __init__(self, log: Path, process: int) -> None:
        self._log = log
        self.process = process

    def events(self, name: str) -> list[dict]:
        lines = [json.loads(line) for line in self._log.read_text().splitlines() if line.startswith("{")]
        return [line for line in lines if line["event"] == name]

    def ask(self, path: str) -> tuple[int, str]:
        (listening,) = self.events("listening")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{listening['port']}{path}", timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def checks(self) -> dict[str, str]:
        """Each check of /readyz with its reason."""
        return {name: check["reason"] for name, check in json.loads(self.ask("/readyz")[1])["checks"].items()}

    def metrics(self) -> dict[str, float]:
        families = text_string_to_metric_families(self.ask("/metrics")[1])
        return {
            "/".join([sample.name, *sample.labels.values()]): sample.value
            for family in families
            for sample in family.samples
        }


@contextmanager
def service(environment: dict[str, str], folder: Path, *words: str) -> Iterator[Service]:
    log = folder / f"log{''.join(words)}"
    with log.open("ab") as written:
        command = [sys.executable, "-m", "inspection_watch", "run", *words]
        process = subprocess.Popen(command, env=environment, cwd=folder, stderr=written)
    try:
        started = Service(log, process.pid)
        soon(lambda: started.events("listening") != [], "the port to be open", seconds=30)
        yield started
    finally:
        process.kill()
        process.wait()


def test_a_service_on_sqlite_is_ready_is_counted_is_copied_and_is_alone(
    environment: dict[str, str], slack: LocalSlack, tmp_path: Path
) -> None:
    with service(environment, tmp_path) as running_service:
        assert running_service.ask("/healthz") == (200, "ok\n")
        soon(lambda: running_service.events("poll") != [], "the baseline", seconds=60)
        soon(lambda: running_service.ask("/readyz")[0] == 200, "the service to be ready", seconds=30)
        assert running_service.checks() == {"database": "", "poll": "", "slack": "", "delivery": ""}

        People(slack).type("west-sussex")
        soon(lambda: running_service.events("command") != [], "the command to be answered")
        shown = running_service.metrics()
        assert shown["inspection_watch_database_up"] == 1
        assert shown["inspection_watch_polls_total/well"] + shown["inspection_watch_polls_total/trouble"] >= 1
        assert shown["inspection_watch_command_seconds_count/show"] == 1
        assert shown["inspection_watch_documents/read"] > 1
        assert shown["inspection_watch_faults_total"] == 0

        url = f"sqlite:///{tmp_path}/state/inspection-watch.sqlite"
        copy = backup(url, tmp_path / "copy")
        with pytest.raises(NotAloneError, match=f"process {running_service.process}\\)"):
            restore(url, copy, datetime.now(UTC))
        assert running_service.ask("/readyz")[0] == 200, "nobody has disturbed it"
        (poll,) = {line["poll"] for line in running_service.events("poll")}
        assert {line["poll"] for line in running_service.events("authority")} == {poll}
    assert restore(url, copy, datetime.now(UTC)) is not None


@pytest.mark.postgres
def test_each_part_of_a_split_service_answers_for_what_it_does(
    environment: dict[str, str], postgres: Postgres, tmp_path: Path
) -> None:
    shared = environment | {"INSPECTION_WATCH_DATABASE_URL": postgres.create("operations")}
    with (
        service(shared, tmp_path, "--only", "watch") as watch,
        service(shared, tmp_path, "--only", "bot") as bot,
        service(shared, tmp_path, "--only", "deliver") as deliver,
    ):
        for part, own in ((watch, "poll"), (bot, "slack"), (deliver, "delivery")):
            soon(lambda part=part: part.ask("/readyz")[0] == 200, "each part to be ready", seconds=60)  # type: ignore[misc]
            assert set(part.checks()) == {"database", own}
        soon(lambda: deliver.metrics()["inspection_watch_documents/read"] > 1, "all to see the same", seconds=60)
        assert bot.metrics()["inspection_watch_poll_ended_timestamp_seconds"] == 0
        soon(lambda: watch.metrics()["inspection_watch_poll_ended_timestamp_seconds"] > 0, "a poll to end", seconds=60)
        postgres.execute(BLOCK.format(SQL("ALLOW_CONNECTIONS false")))
        postgres.execute(CUT)
        soon(lambda: bot.ask("/readyz")[0] == 503, "the loss of the database to be noticed", seconds=30)
        assert bot.checks()["slack"] == ""
        assert "database" in bot.checks()["database"]
        assert bot.ask("/healthz")[0] == 200
        assert bot.metrics()["inspection_watch_database_up"] == 0
        soon(lambda: deliver.metrics()["inspection_watch_storage_errors_total"] > 0, "what was not done to be counted")
        postgres.execute(BLOCK.format(SQL("ALLOW_CONNECTIONS true")))
        soon(lambda: bot.ask("/readyz")[0] == 200, "its return to be noticed", seconds=30)
        assert [part.metrics()["inspection_watch_faults_total"] for part in (watch, bot, deliver)] == [0, 0, 0]
