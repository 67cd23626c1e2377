"""Takes the picture of the README: the bot at work in a local Slack, photographed by a real browser.

    python -m docs.pictures      (a developer's tool: it needs local-slack, see the Makefile, and a Chromium)

Nothing in it is drawn by hand; what the report says is made up in tests/bot/examples.py.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from bot.app import build, connect, disconnect, web_client
from bot.deliver import Step, deliver_next, fan_out_next
from inspection_watch.demo.slack import ALICE, CHANNEL, TEAM, LocalSlack, LocalSlackError, running
from storage.engine import open_engine, upgrade
from storage.store import Store
from storage.types import Subscription
from tests.bot.examples import CHANGES, T0, WEST_SUSSEX, intent
from tests.slack import BINARY, People

PICTURE = Path(__file__).parent / "alert.png"
CHROMIUMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
FADING_SECONDS = 4
"""The page marks the message that was linked to for a while."""
LAST_WORDS = "Lead inspector"
"""What the page shows once the thread is open."""
SIZE = (1200, 940)


def main() -> str | None:
    """Take the picture; what went wrong in one sentence, or None."""
    browser = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    if browser is None:
        return f"There is no browser here to take a picture with; install one of {', '.join(CHROMIUMS)}."
    try:
        with tempfile.TemporaryDirectory() as folder, running(BINARY) as slack, _bot(Path(folder), slack):
            headline, detail = People(slack).messages()
            moment = detail["ts"].replace(".", "")
            thread = f"thread_ts={headline['ts']}&cid={CHANNEL}"
            _photograph(browser, f"{slack.url}/archives/{CHANNEL}/p{moment}?{thread}", Path(folder))
    except LocalSlackError as error:
        return f"{error} “make test” installs it."
    return None


@contextmanager
def _bot(folder: Path, slack: LocalSlack) -> Iterator[None]:
    """The bot, connected, after it has told a subscribed channel of a new report."""
    engine = open_engine(f"sqlite:///{folder}/watch.sqlite")
    upgrade(engine)
    store, client = Store(engine), web_client(slack.bot_token, slack.api_url)
    store.subscribe(Subscription(team=TEAM, channel=CHANNEL, urn=WEST_SUSSEX, created_by=ALICE, created_at=T0))
    store.apply(intent(changes=(CHANGES["improved"],)))
    fan_out_next(store, T0)
    while deliver_next(store, client, lambda: T0, lambda: 0.0) is Step.SENT:
        pass
    handler = connect(build(store, client, lambda: T0), slack.app_token, slack.api_url)
    try:
        yield
    finally:
        disconnect(handler)
        engine.dispose()


class Browser:
    """A Chromium driven over its debugging pipe: JSON messages ended by a zero byte, on its file handles 3 and 4."""

    def __init__(self, program: str, folder: Path) -> None:
        their_in, our_out = os.pipe()
        our_in, their_out = os.pipe()
        options = (
            "--headless",
            "--no-sandbox",  # so that it works as root, in a container; it opens nothing but our own page
            "--hide-scrollbars",
            "--remote-debugging-pipe",
            f"--user-data-dir={folder / 'browser'}",
            f"--window-size={SIZE[0]},{SIZE[1]}",
        )
        self._process = subprocess.Popen(
            ["bash", "-c", f'exec "$@" 3<&{their_in} 4>&{their_out}', "bash", program, *options],
            pass_fds=(their_in, their_out),
            stderr=subprocess.DEVNULL,
        )
        os.close(their_in)
        os.close(their_out)
        self._out, self._in = os.fdopen(our_out, "wb"), os.fdopen(our_in, "rb")
        self._asked = 0

    def ask(self, method: str, session: str | None = None, **parameters: object) -> dict[str, Any]:
        """The result of one method of the DevTools protocol; what happens meanwhile is not listened to."""
        self._asked += 1
        asked = {"id": self._asked, "method": method, "params": parameters}
        self._out.write(json.dumps(asked | ({"sessionId": session} if session else {})).encode() + b"\0")
        self._out.flush()
        while (said := self._next()).get("id") != self._asked:
            pass
        return dict(said["result"])

    def _next(self) -> dict[str, Any]:
        said = b""
        while not said.endswith(b"\0"):
            if not (byte := self._in.read(1)):
                raise EOFError("the browser has ended")
            said += byte
        return dict(json.loads(said[:-1]))

    def close(self) -> None:
        self.ask("Browser.close")
        self._process.wait()
        self._out.close()
        self._in.close()


def _photograph(program: str, address: str, folder: Path) -> None:
    with closing(Browser(program, folder)) as browser:
        target = browser.ask("Target.createTarget", url=address)["targetId"]
        session = browser.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        ready = f"document.body && document.body.innerText.includes({json.dumps(LAST_WORDS)})"
        while not browser.ask("Runtime.evaluate", session, expression=ready)["result"].get("value"):
            time.sleep(0.1)
        time.sleep(FADING_SECONDS)
        picture = browser.ask("Page.captureScreenshot", session)["data"]
    PICTURE.write_bytes(base64.b64decode(picture))


if __name__ == "__main__":
    sys.exit(main())
