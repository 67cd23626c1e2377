from __future__ import annotations

import contextlib
import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import structlog

from bot.app import Desk, build
from bot.slack.client import web_client
from inspection_watch import logs
from inspection_watch.settings import load
from storage.store import Store
from tests.bot.examples import T0

TOKENS = ("xoxb-1234-abcDEF", "xapp-1-A0-99-deadbeef", "postgresql+psycopg://watch:hunter2@db/x")


def test_no_secret_gets_into_a_log_line_by_any_way(capsys: pytest.CaptureFixture[str]) -> None:
    logs.start()
    for token in TOKENS:
        structlog.get_logger().info("event", plain=token, nested={"a": [token]}, error=ValueError(token))
        logging.getLogger("slack_sdk").error("refused %s", token)
        try:
            raise RuntimeError(token)
        except RuntimeError:
            structlog.get_logger().exception("failed")
            logging.getLogger("slack_bolt").exception("failed")
    written = capsys.readouterr().err
    lines = written.splitlines()
    assert len(lines) == 4 * len(TOKENS)
    assert written.count("[secret]") >= 6 * len(TOKENS)
    for secret in ("abcDEF", "deadbeef", "hunter2"):
        assert secret not in written


@pytest.mark.parametrize(
    "text",
    [
        "postgresql+psycopg://watch:hun/ter2@db/x",
        "postgresql+psycopg://watch:hun@ter2@db/x",
        "redis://:hunter2@cache/0",
        "postgresql://db/x?user=watch&password=hunter2&sslmode=require",
        "wss://wss.slack.example/link/?ticket=hunter2&app_id=1",
        "https://files.example/x?token=hunter2",
        "connection failed: host=db password=hunter2 dbname=x",
        "xoxb-hun…ter2 is no token",
        "ValueError: Invalid header value b'Bearer xapp-hunter2\\r'",
        "host=db user=watch password='hun ter2' dbname=x",
        'password="hun ter2"',
        '{"password": "hunter2"}',
        "{'password': 'hunter2', 'host': 'db'}",
        "connect(host='db', password='hunter2')",
        "PGPASSWORD=hunter2",
        "https://hooks.slack.com/commands/T1/2/hunter2",
        "https://hooks.slack.com/actions/T1/2/hunter2",
        "https://files.slack.com/upload/v1/hunter2",
        "Proxy-Authorization: Basic hunter2==",
        "{'authorization': 'Bearer hunter2'}",
        "AUTHORIZATION: Bearer hunter2",
        "x?T\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}CKET=hunter2",
    ],
)
def test_a_secret_is_blotted_out_in_whatever_form_it_comes(text: str) -> None:
    blotted = logs.without_secrets(text)
    assert "[secret]" in blotted
    assert "ter2" not in blotted
    assert "hun" not in blotted


def test_one_secret_among_other_fields_is_blotted_and_they_stay_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    logs.start()
    token = TOKENS[0]
    structlog.get_logger().info("event", before="a", token=token, after=None, number=7, nested=["b", {"c": token}])
    line = json.loads(capsys.readouterr().err)
    assert (line["before"], line["token"], line["after"], line["number"]) == ("a", "[secret]", None, 7)
    assert line["nested"] == ["b", {"c": "[secret]"}]


def test_lines_written_together_are_all_written_in_their_order_whatever_happens(
    capsys: pytest.CaptureFixture[str],
) -> None:
    logs.start()
    log = structlog.get_logger()
    with contextlib.suppress(ZeroDivisionError), logs.together():
        log.info("first")
        log.info("second")
        assert capsys.readouterr().err == ""
        raise ZeroDivisionError
    log.info("third")
    assert [json.loads(line)["event"] for line in capsys.readouterr().err.splitlines()] == ["first", "second", "third"]


def test_what_is_no_plain_value_is_written_as_it_reads_and_blotted_too(capsys: pytest.CaptureFixture[str]) -> None:
    class Sly:
        def __repr__(self) -> str:
            return TOKENS[0]

        def __str__(self) -> str:
            return "public"

    logs.start()
    structlog.get_logger().info("event", one=Sly(), path=Path("/a"), moment=datetime(2026, 1, 2, tzinfo=UTC))
    line = json.loads(capsys.readouterr().err)
    assert (line["one"], line["path"], line["moment"]) == ("public", "/a", "2026-01-02 00:00:00+00:00")


UNBUFFERED_AND_SLOWLY_READ = """
import threading, structlog
from inspection_watch import logs
logs.start()
log = structlog.get_logger()
def many():
    with logs.together():
        for number in range(2000):
            log.info("held", number=number, said="x" * 100)
others = [threading.Thread(target=many) for _ in range(3)]
for one in others:
    one.start()
for number in range(2000):
    log.info("alone", number=number)
for one in others:
    one.join()
"""


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_no_line_is_torn_or_lost_whoever_writes_beside_it(unbuffered: str) -> None:
    environment = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
    command = [sys.executable, "-c", UNBUFFERED_AND_SLOWLY_READ]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stderr is not None
        lines = [json.loads(line) for line in process.stderr]
    assert len(lines) == 8000


def test_what_is_said_of_secrets_stays_readable() -> None:
    for words in (
        "must begin with xoxb-.",
        "(xapp-…, scope x)",
        "postgresql+psycopg://user:password@host/name",
        "SLACK_BOT_TOKEN: Slack refuses this token (invalid_auth).",
        "take the signing secret: it is under Basic Information",
    ):
        assert logs.without_secrets(words) == words


@pytest.fixture
def _no_secret_left_behind() -> Iterator[None]:
    yield
    logs.keep_secret(())


@pytest.mark.usefixtures("_no_secret_left_behind")
def test_what_is_secret_in_the_settings_is_blotted_wherever_it_stands(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    signing, written, meant = "0123456789abcdef0123456789abcdef", "gr%40fitti%2Fx", "gr@fitti/x"
    monkeypatch.setenv("SLACK_SIGNING_SECRET", signing)
    monkeypatch.setenv("INSPECTION_WATCH_DATABASE_URL", f"postgresql+psycopg://watch:{written}@db/x")
    load()
    logs.start()
    structlog.get_logger().info("event", bare=signing, inside=f"a{meant}b", encoded=written, other="abcdef")
    line = json.loads(capsys.readouterr().err)
    assert (line["bare"], line["inside"], line["encoded"]) == ("[secret]", "a[secret]b", "[secret]")
    assert line["other"] == "abcdef"


@pytest.mark.usefixtures("_no_secret_left_behind")
def test_a_secret_that_may_be_any_word_is_not_blotted_everywhere_and_a_part_of_another_hides_none_of_it() -> None:
    logs.keep_secret(["watch", "a-secret", "a-secret-and-more"])
    assert logs.without_secrets("inspection-watch a-secret-and-more") == "inspection-watch [secret]"


def test_the_app_says_nothing_of_the_token_it_finds_in_the_environment(
    monkeypatch: pytest.MonkeyPatch, sqlite_store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1")
    logs.start()
    build(Desk(store=sqlite_store, client=web_client("xoxb-1", "http://127.0.0.1:1/api/"), clock=lambda: T0))
    logging.getLogger("slack_bolt.App").warning("something else")
    assert [json.loads(line)["event"] for line in capsys.readouterr().err.splitlines()] == ["something else"]


def test_a_thread_that_fails_is_one_line_without_its_secret(capsys: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        raise ValueError("xapp-hunter2")

    logs.start()
    thread = threading.Thread(target=fail, name="deliver")
    thread.start()
    thread.join()
    line = json.loads(capsys.readouterr().err)
    assert (line["event"], line["level"], line["thread"]) == ("thread failed", "critical", "deliver")
    assert "ValueError: [secret]" in line["exception"]


def test_a_line_is_json_with_a_level_and_a_time(capsys: pytest.CaptureFixture[str]) -> None:
    logs.start()
    structlog.get_logger().info("poll", seen=153, why="café")
    line = json.loads(capsys.readouterr().err)
    assert (line["event"], line["level"], line["seen"]) == ("poll", "info", 153)
    assert line["timestamp"].endswith("Z")
