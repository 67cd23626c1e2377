from __future__ import annotations

import json
import logging

import pytest
import structlog

from inspection_watch import logs

TOKENS = ("xoxb-1234-abcDEF", "xapp-1-A0-99-deadbeef", "postgresql+psycopg://watch:hunter2@db/x")


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> object:
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    yield
    root.handlers[:], root.level = before
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


def test_a_line_is_json_with_a_level_and_a_time(capsys: pytest.CaptureFixture[str]) -> None:
    logs.start()
    structlog.get_logger().info("poll", seen=153, why="café")
    line = json.loads(capsys.readouterr().err)
    assert (line["event"], line["level"], line["seen"]) == ("poll", "info", 153)
    assert line["timestamp"].endswith("Z")
