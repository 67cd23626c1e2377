"""From a published report to a message in Slack, with real processes: site, Slack stand-in, `inspection-watch run`."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from slack_sdk import WebClient

from inspection_watch.demo.slack import CHANNEL, LocalSlack, running
from tests.counterparts import Postgres
from tests.slack import BINARY, People, soon

pytestmark = pytest.mark.e2e

HISTORIES = 8


@dataclass(frozen=True)
class Program:
    """A running `inspection-watch run` and what it logs."""

    process: subprocess.Popen[bytes]
    log: Path

    def events(self, name: str) -> list[dict]:
        lines = [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]
        return [line for line in lines if line["event"] == name]


@pytest.fixture(scope="module")
def slack() -> Iterator[LocalSlack]:
    with running(BINARY) as slack:
        yield slack


@pytest.fixture
def people(slack: LocalSlack) -> People:
    people = People(slack)
    people.start_afresh()
    return people


@pytest.fixture
def site() -> Iterator[str]:
    command = [sys.executable, "-m", "inspection_watch.demo.site", "--histories", str(HISTORIES)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.terminate()


def publish(site: str, scene: str) -> None:
    body = json.dumps({"scene": scene}).encode()
    with urllib.request.urlopen(urllib.request.Request(f"{site}/_demo/publish", body), timeout=10) as answer:
        answer.read()


@pytest.fixture
def environment(site: str, slack: LocalSlack, database_url: str, tmp_path: Path) -> dict[str, str]:
    return {
        **os.environ,
        "SLACK_API_URL": slack.api_url,
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
        "INSPECTION_WATCH_SITE_URL": site,
        "INSPECTION_WATCH_FILE_HOSTS": site.removeprefix("http://"),
        "INSPECTION_WATCH_DATABASE_URL": database_url,
        "INSPECTION_WATCH_STATE_DIR": str(tmp_path / "state"),
        "INSPECTION_WATCH_POLL": "every 1s",
        "INSPECTION_WATCH_GAP": "0",
        "INSPECTION_WATCH_LISTEN": "127.0.0.1:0",
    }


@contextmanager
def program(environment: dict[str, str], folder: Path) -> Iterator[Program]:
    log = folder / "log"
    with log.open("ab") as written:
        command = [sys.executable, "-m", "inspection_watch", "run"]
        process = subprocess.Popen(command, env=environment, cwd=folder, stderr=written)
    try:
        yield Program(process, log)
    finally:
        process.kill()
        process.wait()


def history(slack: LocalSlack) -> list[dict]:
    """The channel as Slack's own history has it: no threads, nothing that one person alone sees."""
    messages = WebClient(slack.bot_token, base_url=slack.api_url).conversations_history(channel=CHANNEL)["messages"]
    return [message for message in reversed(messages) if "ephemeral_to" not in message]


def replies(people: People, to: dict) -> list[dict]:
    return [one for one in people.messages() if one.get("thread_ts") == to["ts"] and one["ts"] != to["ts"]]


def test_a_published_report_becomes_one_alert_with_old_and_new_grades(
    environment: dict[str, str], site: str, slack: LocalSlack, people: People, tmp_path: Path
) -> None:
    with program(environment, tmp_path) as running_program:
        soon(lambda: running_program.events("connected to Slack") != [], "the bot to connect")
        people.type("subscribe west-sussex")
        soon(lambda: running_program.events("poll") != [], "the baseline", seconds=60)
        people.wait_for(1)
        assert len(history(slack)) == 1, "the baseline is silent: only the subscription was answered"

        publish(site, "west-sussex")
        soon(lambda: len(history(slack)) == 2, "the alert")
        polls = len(running_program.events("poll"))
        soon(lambda: len(running_program.events("poll")) > polls + 1, "two more polls")
        (_, alert) = history(slack)
        assert "West Sussex" in alert["text"]
        assert "requires improvement to be good → good" in alert["text"]
        assert "good → requires improvement to be good" in alert["text"]
        assert "no longer judged" in alert["text"]
        soon(lambda: len(replies(people, alert)) == 1, "the detail, a second after its headline")

        people.type("west-sussex")
        soon(lambda: any("ephemeral_to" in one for one in people.messages()), "the answer")
        (answer,) = [one for one in people.messages() if "ephemeral_to" in one]
        assert "West Sussex" in answer["text"]

        command = [sys.executable, "-m", "inspection_watch", "judgements", "--channel", CHANNEL, "subscribe", "kent"]
        asked = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=True)
        assert "Subscribed to Kent" in asked.stdout
        soon(lambda: len(history(slack)) == 3, "what was asked at the terminal to be said in the channel")
        assert "report or letter on Kent" in history(slack)[-1]["text"]

        begun = time.monotonic()
        running_program.process.send_signal(signal.SIGTERM)
        assert running_program.process.wait(timeout=30) == 0
        assert time.monotonic() - begun < 5
    assert running_program.events("stopped")


def test_a_kill_in_the_middle_loses_nothing_and_says_nothing_twice(
    environment: dict[str, str], site: str, slack: LocalSlack, people: People, tmp_path: Path
) -> None:
    with program(environment, tmp_path) as first:
        soon(lambda: first.events("connected to Slack") != [], "the bot to connect")
        people.type("subscribe west-sussex")
        soon(lambda: len(first.events("authority")) >= 2, "the baseline to begin")
        first.process.kill()
        first.process.wait()
    # Its lease on the source ends within the minute: as if that had passed.
    _end_leases(environment["INSPECTION_WATCH_DATABASE_URL"])
    with program(environment, tmp_path) as second:
        soon(lambda: second.events("poll") != [], "the rest of the baseline", seconds=60)
        publish(site, "west-sussex")
        soon(lambda: any("published" in one["text"] for one in history(slack)), "the alert")
    _end_leases(environment["INSPECTION_WATCH_DATABASE_URL"])
    with program(environment, tmp_path) as third:
        polls = len(third.events("poll"))
        soon(lambda: len(third.events("poll")) > polls + 1, "two more polls")
        assert len([one for one in history(slack) if "published" in one["text"]]) == 1


def told(slack: LocalSlack) -> int:
    return len([one for one in history(slack) if "published" in one["text"]])


def command(environment: dict[str, str], folder: Path, *words: str) -> None:
    program = [sys.executable, "-m", "inspection_watch", *words]
    subprocess.run(program, env=environment, cwd=folder, check=True, timeout=60, stdout=subprocess.DEVNULL)


def test_what_was_told_after_the_copy_is_not_told_again_when_it_is_put_back(
    environment: dict[str, str],
    site: str,
    slack: LocalSlack,
    people: People,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    """With each database's own way to make a copy and put it back, as the runbook has them."""
    on_sqlite = environment["INSPECTION_WATCH_DATABASE_URL"].startswith("sqlite")
    with program(environment, tmp_path) as first:
        soon(lambda: first.events("connected to Slack") != [], "the bot to connect")
        people.type("subscribe west-sussex")
        soon(lambda: first.events("poll") != [], "the baseline", seconds=60)
        if on_sqlite:
            command(environment, tmp_path, "db", "backup", "copy.sqlite")
    if not on_sqlite:
        postgres: Postgres = request.getfixturevalue("postgres")
        copy = postgres.create("put_back", template="watch")
    with program(environment, tmp_path) as second:
        publish(site, "west-sussex")
        soon(lambda: told(slack) == 1, "the alert")
        soon(lambda: second.events("delivered") != [], "it to be recorded")
    if on_sqlite:
        command(environment, tmp_path, "db", "restore", "copy.sqlite")
    else:
        environment |= {"INSPECTION_WATCH_DATABASE_URL": copy}
        command(environment, tmp_path, "db", "restored")
    _end_leases(environment["INSPECTION_WATCH_DATABASE_URL"])
    before = len(people.messages())
    with program(environment, tmp_path) as third:
        fanned_out = len(third.events("fanned out"))
        soon(lambda: len(third.events("fanned out")) > fanned_out, "it to be noticed again", seconds=60)
        soon(lambda: any("found" in one["step"] for one in third.events("delivered")), "it to be found in the channel")
        polls = len(third.events("poll"))
        soon(lambda: len(third.events("poll")) > polls + 1, "two more polls")
    assert told(slack) == 1
    assert len(people.messages()) <= before + 1, "its detail, if the program was ended before it was sent"


def _end_leases(url: str) -> None:
    from storage.engine import open_engine
    from storage.schema import leases

    engine = open_engine(url)
    with engine.begin() as connection:
        connection.execute(leases.delete())
    engine.dispose()
