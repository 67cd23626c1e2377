"""Starts local-slack, a stand-in for Slack on this machine with a page to look at, for the demo and the tests.

It listens on every interface of the machine and cannot be told not to: tokens and messages in it are made up.
"""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

START_SECONDS = 20
STOP_SECONDS = 3
HOST = "127.0.0.1"

TEAM = "T0LOCAL"
BOT_USER = "U0BOT"
ALICE, BOB = "U01ALICE", "U02BOB"
CHANNEL, OTHER_CHANNEL = "C01INSPECT", "C02GENERAL"

APP = {
    "appId": "A0WATCH",
    "botUserId": BOT_USER,
    "botName": "inspection-watch",
    "botToken": "xoxb-local-bot",
    "appToken": "xapp-local-app",
}
WORKSPACE = {
    "workspace": {"name": "Children's services", "domain": "childrens-services", "teamId": TEAM},
    "users": [{"id": ALICE, "name": "alice", "real_name": "Alice"}, {"id": BOB, "name": "bob", "real_name": "Bob"}],
    "channels": [
        {"id": CHANNEL, "name": "inspections", "members": [ALICE, BOB, BOT_USER]},
        {"id": OTHER_CHANNEL, "name": "general", "members": [ALICE, BOB, BOT_USER]},
    ],
}


SIGNING_SECRET = "0123456789abcdef0123456789abcdef"


class LocalSlackError(Exception):
    """One sentence that says why local-slack does not run here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalSlack:
    """A running local-slack. `url` is its page for people, `control_url` what tests drive it by."""

    url: str
    bot_token: str = "xoxb-local-bot"
    app_token: str = "xapp-local-app"
    signing_secret: str = SIGNING_SECRET

    @property
    def api_url(self) -> str:
        return f"{self.url}/api/"

    @property
    def control_url(self) -> str:
        return f"{self.url}/_control"


@contextmanager
def running(binary: Path, posts_to: str = "") -> Iterator[LocalSlack]:
    """A new, empty workspace on a free port until the end of the block. Raises `LocalSlackError`.

    The app in it keeps a line to Slack (Socket Mode), or with `posts_to` Slack posts signed requests to that address.
    """
    with tempfile.TemporaryDirectory(prefix="inspection-watch-slack-") as directory:
        config = Path(directory) / "workspace.json"
        config.write_text(json.dumps(_workspace(posts_to)), encoding="utf-8")
        process = _start(binary, config)
        try:
            yield LocalSlack(url=_address(process))
        finally:
            _stop(process)


def _workspace(posts_to: str) -> dict[str, object]:
    mode = {"mode": "events", "requestUrl": posts_to} if posts_to else {"mode": "socket"}
    return {**WORKSPACE, "app": {**APP, **mode, "signingSecret": SIGNING_SECRET}}


def _start(binary: Path, config: Path) -> subprocess.Popen[str]:
    arguments = ["--config", str(config), "--port", "0", "--base-host", HOST]
    try:
        # In a session of its own: Ctrl-C is for us, and we stop it when we have finished with it.
        return subprocess.Popen(
            [str(binary), *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
    except OSError as error:
        raise LocalSlackError(f"local-slack cannot be started from {binary} ({error.strerror}).") from error


def _address(process: subprocess.Popen[str]) -> str:
    """Its address, which it prints once it is ready; from then on whatever it prints is thrown away."""
    assert process.stdout is not None
    too_late = threading.Timer(START_SECONDS, process.kill)
    too_late.daemon = True  # Ctrl-C may leave it behind, and nobody is to wait for it then
    too_late.start()
    said = ""
    for line in process.stdout:
        said += line
        if found := re.search(r"Web UI:\s+(http://\S+)", line):
            too_late.cancel()
            threading.Thread(target=process.stdout.read, name="local-slack's words", daemon=True).start()
            return found[1]
    too_late.cancel()
    raise LocalSlackError(f"local-slack ended before it was ready: {' '.join(said.split()) or 'it said nothing'}.")


def _stop(process: subprocess.Popen[str]) -> None:
    with process:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
