"""Being told to stop, while somebody we asked does not answer."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from inspection_watch.settings import Settings

pytestmark = pytest.mark.e2e

PATIENCE_SECONDS = 20


@pytest.fixture
def silent() -> Iterator[socket.socket]:
    """A server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(PATIENCE_SECONDS)
        yield server


def program(silent: socket.socket, folder: Path, command: str) -> subprocess.Popen[str]:
    address = f"http://127.0.0.1:{silent.getsockname()[1]}"
    clean = {name: value for name, value in os.environ.items() if name not in Settings.model_fields}
    settings = {
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_APP_TOKEN": "xapp-1",
        "SLACK_API_URL": f"{address}/api/",
        "INSPECTION_WATCH_SITE_URL": address,
        "INSPECTION_WATCH_STATE_DIR": str(folder / "state"),
        "INSPECTION_WATCH_LISTEN": "127.0.0.1:0",
    }
    words = [sys.executable, "-m", "inspection_watch", command]
    return subprocess.Popen(words, env=clean | settings, cwd=folder, stderr=subprocess.PIPE, text=True)


def test_a_slack_that_never_answers_does_not_keep_the_service_from_stopping(
    silent: socket.socket, tmp_path: Path
) -> None:
    with program(silent, tmp_path, "run") as process:
        asked, _ = silent.accept()
        begun = time.monotonic()
        process.terminate()
        _, said = process.communicate(timeout=PATIENCE_SECONDS)
        asked.close()
    assert time.monotonic() - begun < 5
    assert process.returncode == 0
    assert "stopped without waiting for a request that hangs" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("command", ["run", "poll"])
def test_a_second_ctrl_c_ends_at_once(silent: socket.socket, tmp_path: Path, command: str) -> None:
    with program(silent, tmp_path, command) as process:
        asked, _ = silent.accept()
        begun = time.monotonic()
        process.send_signal(signal.SIGINT)
        if command == "poll":
            assert process.stderr is not None
            assert process.stderr.readline().startswith("Stopping as soon as")
        process.send_signal(signal.SIGINT if command == "poll" else signal.SIGTERM)
        _, said = process.communicate(timeout=PATIENCE_SECONDS)
        asked.close()
    assert time.monotonic() - begun < 2
    assert process.returncode == (130 if command == "poll" else 0)
    assert "Traceback" not in said
