from __future__ import annotations

import json
import logging
import threading

import pytest
import structlog

from inspection_watch import logs

TOKENS = ("xoxb-1234-abcDEF", "xapp-1-A0-99-deadbeef", "postgresql+psycopg://watch:hunter2@db/x")


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> object:
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    hook = threading.excepthook
    yield
    root.handlers[:], root.level = before
    threading.excepthook = hook
    structlog.reset_defaults()


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
    ],
)
def test_a_secret_is_blotted_out_in_whatever_form_it_comes(text: str) -> None:
    blotted = logs.without_secrets(text)
    assert "[secret]" in blotted
    assert "ter2" not in blotted
    assert "hun" not in blotted


def test_what_is_said_of_secrets_stays_readable() -> None:
    for words in ("must begin with xoxb-.", "(xapp-…, scope x)", "postgresql+psycopg://user:password@host/name"):
        assert logs.without_secrets(words) == words


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
