"""`make demo`, as a person runs it: at a terminal, ended with Ctrl-C."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Shown:
    """The demo at a terminal: what stands there so far, and its keyboard."""

    process: subprocess.Popen[bytes]
    keyboard: int
    read: list[bytes]

    @property
    def text(self) -> str:
        """Without colours and line wraps."""
        said = b"".join(self.read).decode(errors="replace")
        return " ".join(re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", said).split())

    def wait_for(self, words: str) -> None:
        soon(lambda: words in self.text, f"the demo to say “{words}”; it said {self.text}", seconds=60)

    def end(self) -> None:
        """Ctrl-C, as a terminal sends it: to the whole group of processes."""
        os.killpg(self.process.pid, signal.SIGINT)
        self.process.wait(timeout=30)


@pytest.fixture
def mark() -> str:
    return f"demo-{uuid.uuid4()}"


@pytest.fixture
def shown(mark: str) -> Iterator[Shown]:
    command = [sys.executable, "-m", "inspection_watch", "demo", "--slack", str(BINARY)]
    ours, theirs = pty.openpty()
    environment = {**os.environ, "MARK": mark, "PYTHONUNBUFFERED": "1", "COLUMNS": "160", "TERM": "xterm"}
    process = subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment, start_new_session=True
    )
    os.close(theirs)
    demo = Shown(process, ours, [])

    def listen() -> None:
        with suppress(OSError):  # that is how a terminal says that nobody writes to it any more
            while chunk := os.read(ours, 65536):
                demo.read.append(chunk)

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    try:
        yield demo
    finally:
        process.terminate()  # never killed: what it started would stay
        process.wait(timeout=20)
        listener.join(timeout=5)
        os.close(ours)
        assert processes_with(mark) == []


@pytest.mark.parametrize("when", ["Ctrl-C ends it", "silently", "A local copy"])
def test_ctrl_c_at_any_moment_ends_it_well_and_leaves_no_process_behind(when: str, shown: Shown, mark: str) -> None:
    shown.wait_for(when)
    shown.end()
    soon(lambda: processes_with(mark) == [], "everything to stop")
    shown.wait_for("All stopped.")
    assert shown.process.returncode == 0
    assert "Traceback" not in shown.text


def test_it_says_what_is_real_what_comes_next_and_when_there_is_no_more(shown: Shown) -> None:
    shown.wait_for("Ctrl-C ends it")
    assert "It lists all 153 authorities" in shown.text
    assert "is invented, and so are its grades" in shown.text
    assert "good → requires improvement to be good" in shown.text
    for slug in ("derbyshire", "devon", "suffolk", "norfolk"):
        shown.wait_for(f"Type /judgements subscribe {slug} in #inspections, then press Enter here.")
        os.write(shown.keyboard, b"\n")
    shown.wait_for("There is nothing more to publish. Ctrl-C ends it.")
    assert shown.text.count("The site publishes") == 4


def test_without_a_local_slack_the_messages_are_shown_in_the_terminal() -> None:
    """And a proxy, which others need to get out of their network, is not asked the way to this machine."""
    nowhere = {**os.environ, "COLUMNS": "160", "HTTP_PROXY": "http://127.0.0.1:9", "http_proxy": "http://127.0.0.1:9"}
    command = [sys.executable, "-m", "inspection_watch", "demo", "--slack", "/nowhere/local-slack"]
    said = subprocess.run(command, capture_output=True, text=True, timeout=60, env=nowhere)
    assert said.returncode == 0
    assert "No local Slack here" in said.stdout
    assert "▼ declined" in said.stdout
    assert "/judgements west-sussex answers" in said.stdout
    assert "is invented, and so are its grades" in said.stdout
    assert said.stdout.endswith("There is nothing more to publish.\nAll stopped.\n")
