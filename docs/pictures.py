"""Takes the picture of the README: the bot at work in a local Slack, photographed by a real browser.

    make pictures      (a developer's tool: it needs a Chromium on the PATH)

Nothing in it is drawn by hand: a local site publishes a report that is made up, the watcher finds and reads it, the
bot posts it.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from playwright.sync_api import ViewportSize, sync_playwright

from bot.app import Desk, build
from bot.deliver import Sender, deliver_due
from bot.fanout import fan_out_waiting
from bot.slack.client import web_client
from bot.slack.socket_mode import connect, disconnect
from inspection_watch import wiring
from inspection_watch.demo.histories import SCENES, build_site
from inspection_watch.demo.site import LocalSite
from inspection_watch.demo.slack import ALICE, CHANNEL, TEAM, LocalSlack, LocalSlackError, running
from inspection_watch.settings import Settings
from storage.store import Store
from storage.types import Subscription
from tests.slack import BINARY, People
from watchers.poll import poll
from watchers.sources import LOCAL_AUTHORITIES

PICTURE = Path(__file__).parent / "alert.png"
CHROMIUMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
FADING_MILLISECONDS = 4000
"""The page marks the message that was linked to for a while."""
LAST_WORDS = "Lead inspector"
"""What the page shows once the thread is open."""
SIZE: ViewportSize = {"width": 1200, "height": 940}
PUBLISHED = datetime(2026, 9, 15, 8, 36, tzinfo=UTC)
"""A Tuesday, six minutes after half past nine in London."""


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
            _photograph(browser, f"{slack.url}/archives/{CHANNEL}/p{moment}?{thread}")
    except LocalSlackError as error:
        return f"{error} “make test” installs it."
    return None


@contextmanager
def _bot(folder: Path, slack: LocalSlack) -> Iterator[None]:
    """The bot, connected, after the watcher has found a new report and a subscribed channel was told."""
    site = build_site(1)
    with LocalSite(site) as address:
        settings = Settings(
            INSPECTION_WATCH_SITE_URL=address, INSPECTION_WATCH_STATE_DIR=folder, INSPECTION_WATCH_GAP=0
        )
        with wiring.store(settings) as store, wiring.world(settings, store, stop=threading.Event()) as world:
            poll(replace(world, clock=lambda: PUBLISHED - timedelta(days=1)), LOCAL_AUTHORITIES)
            site.publish(SCENES["west-sussex"].stage(PUBLISHED.date()))
            poll(replace(world, clock=lambda: PUBLISHED), LOCAL_AUTHORITIES)
            with _told(store, slack):
                yield


@contextmanager
def _told(store: Store, slack: LocalSlack) -> Iterator[None]:
    client = web_client(slack.bot_token, slack.api_url)
    scope = f"authority:{SCENES['west-sussex'].urn}"
    wish = Subscription(team=TEAM, channel=CHANNEL, scope=scope, created_by=ALICE, created_at=PUBLISHED)
    store.put_subscriptions([wish])
    fan_out_waiting(store, "pictures", PUBLISHED)
    moments = (PUBLISHED + timedelta(seconds=turn) for turn in count())
    sender = Sender(store=store, client=client, clock=lambda: next(moments), jitter=lambda: 0.0, owner="pictures")
    while store.coverage().waiting:
        deliver_due(sender)
    handler = connect(build(Desk(store=store, client=client, clock=lambda: PUBLISHED)), slack.app_token, slack.api_url)
    try:
        yield
    finally:
        disconnect(handler)


def _photograph(program: str, address: str) -> None:
    with sync_playwright() as playwright:
        # Without a sandbox it works as root and in a container; it opens nothing but our own page.
        browser = playwright.chromium.launch(executable_path=program, chromium_sandbox=False)
        page = browser.new_page(viewport=SIZE)
        page.goto(address)
        page.get_by_text(LAST_WORDS).last.wait_for()
        page.wait_for_timeout(FADING_MILLISECONDS)
        page.screenshot(path=PICTURE)
        browser.close()


if __name__ == "__main__":
    sys.exit(main())
