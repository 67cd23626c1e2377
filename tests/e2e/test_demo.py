"""`make demo`, as a person runs it: at a terminal, ended with Ctrl-C."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import uuid
from pathlib import Path

import pytest

from tests.slack import BINARY, soon

pytestmark = pytest.mark.e2e


def processes_with(mark: str) -> list[str]:
    """The command lines of all processes that carry the mark in their environment: whatever the demo started."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if mark.encode() in (process / "environ").read_bytes():
                found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:
            continue  # it ended while we looked, or is somebody else's
    return found


@pytest.mark.parametrize("when", ["Ctrl-C ends it", "silently"])
def test_ctrl_c_leaves_no_process_behind(when: str, tmp_path: Path) -> None:
    mark = f"demo-{uuid.uuid4()}"
    command = [sys.executable, "-m", "inspection_watch", "demo", "--slack", str(BINARY)]
    ours, theirs = pty.openpty()
    log = tmp_path / "log"
    with log.open("wb") as written:
        process = subprocess.Popen(
            command,
            stdin=theirs,
            stdout=written,
            stderr=written,
            env={**os.environ, "MARK": mark, "PYTHONUNBUFFERED": "1", "COLUMNS": "160"},
            start_new_session=True,
        )
    os.close(theirs)
    try:
        soon(lambda: when in log.read_text(), f"the demo to say “{when}”", seconds=60)
        os.killpg(process.pid, 2)
        process.wait(timeout=10)
        soon(lambda: processes_with(mark) == [], "everything to stop")
    finally:
        process.kill()
        process.wait()
        os.close(ours)
    if when == "Ctrl-C ends it":
        said = log.read_text()
        assert process.returncode == 0
        assert "good → requires improvement to be good" in " ".join(said.split())
        assert "Traceback" not in said


def test_without_a_local_slack_the_messages_are_shown_in_the_terminal() -> None:
    """And a proxy, which others need to get out of their network, is not asked the way to this machine."""
    nowhere = {**os.environ, "COLUMNS": "160", "HTTP_PROXY": "http://127.0.0.1:9", "http_proxy": "http://127.0.0.1:9"}
    command = [sys.executable, "-m", "inspection_watch", "demo", "--slack", "/nowhere/local-slack"]
    said = subprocess.run(command, capture_output=True, text=True, timeout=60, env=nowhere)
    assert said.returncode == 0
    assert "No local Slack here" in said.stdout
    assert "▼ declined" in said.stdout
    assert "/judgements west-sussex answers" in said.stdout
