"""Takes the pictures of the README: the bot at work in a local Slack, photographed by a real browser.

    make pictures      (a developer's tool: it needs a Chromium on the PATH)

Nothing in them is drawn by hand: a local site publishes documents that are made up, the watcher finds and reads them,
the bot posts them and answers what is typed.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Page, ViewportSize, sync_playwright

from bot import words
from bot.alerting.fanout import fan_out_waiting
from bot.app import Desk, build
from bot.sending.deliver import Sender, deliver_due
from bot.slack.client import web_client
from bot.slack.socket_mode import connect, disconnect
from inspection_watch import wiring
from inspection_watch.demo.histories import SCENES, build_site
from inspection_watch.demo.site import LocalSite, Site
from inspection_watch.demo.slack import (
    ALICE,
    CHANNEL,
    OTHER_CHANNEL,
    TEAM,
    LocalSlack,
    LocalSlackError,
    running,
)
from inspection_watch.settings import Settings
from storage.store import Store
from storage.types import Subscription
from tests.slack import BINARY, People
from watchers.poll import poll
from watchers.sources import LOCAL_AUTHORITIES
from watchers.world import World

FOLDER = Path(__file__).parent
CHROMIUMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
FADING_MILLISECONDS = 4000
"""The page marks the message that was linked to for a while."""
SETTLING_MILLISECONDS = 1000
SHOWN = ".msg, .home-inner, .modal"
"""What is to be seen in the picture, down to its lower edge."""
TOP_OF_THE_CHANNEL = """one => {
    while (one.scrollHeight <= one.clientHeight + 1) one = one.parentElement;
    return one.getBoundingClientRect().top;
}"""
"""Where the part of the page begins that scrolls."""
MARGIN = 24
WIDE: ViewportSize = {"width": 1280, "height": 1000}
"""For a channel with a thread beside it."""
NARROW: ViewportSize = {"width": 1000, "height": 1600}
"""For an answer: as tall as any is; what stays empty is cut off."""
COLOURS = 256
"""In a picture: enough for letters and a few areas, and a third of the bytes."""
BARE = ".topbar, .composer { display: none !important }"
"""Without what belongs to the stand-in, and where somebody would type."""
PUBLISHED = datetime(2026, 9, 15, 8, 36, tzinfo=UTC)
"""A Tuesday, six minutes after half past nine in London."""
NAMES = {CHANNEL: "inspections", OTHER_CHANNEL: "general"}
FIRST = "west-sussex"
"""The scene of the first alert; the others make up a morning."""


@dataclass(kw_only=True)
class Stage:
    """A local site, the watcher that looks at it, the bot that tells, and the people who read."""

    site: Site
    world: World
    store: Store
    slack: LocalSlack
    now: datetime = PUBLISHED

    @property
    def people(self) -> People:
        return People(self.slack)

    def publish(self, scenes: list[str]) -> None:
        """The site publishes them, the watcher finds them, the bot posts them."""
        self.now += timedelta(days=1)
        for name in scenes:
            self.site.publish(SCENES[name].stage(self.now.date()))
        self.look()
        fan_out_waiting(self.store, "pictures", self.now)
        moments = (self.now + timedelta(seconds=turn) for turn in count())
        client = web_client(self.slack.bot_token, self.slack.api_url)
        sender = Sender(store=self.store, client=client, clock=lambda: next(moments), jitter=lambda: 0.0, owner="us")
        while self.store.coverage().waiting:
            deliver_due(sender)

    def look(self) -> None:
        poll(replace(self.world, clock=lambda: self.now), LOCAL_AUTHORITIES)

    def subscribe(self, channel: str, *scopes: str) -> None:
        made = {"team": TEAM, "channel": channel, "created_by": ALICE, "created_at": self.now}
        self.store.put_subscriptions([Subscription(scope=scope, **made) for scope in scopes])


def main() -> str | None:
    """Take the pictures; what went wrong in one sentence, or None."""
    program = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    if program is None:
        return f"There is no browser here to take a picture with; install one of {', '.join(CHROMIUMS)}."
    try:
        with tempfile.TemporaryDirectory() as folder, running(BINARY) as slack, _stage(Path(folder), slack) as stage:
            _photograph(program, stage)
    except LocalSlackError as error:
        return f"{error} “make test” installs it."
    return None


@contextmanager
def _stage(folder: Path, slack: LocalSlack) -> Iterator[Stage]:
    """The bot, connected, after the watcher has taken all histories silently."""
    site = build_site()
    with LocalSite(site) as address:
        settings = Settings(
            INSPECTION_WATCH_SITE_URL=address, INSPECTION_WATCH_STATE_DIR=folder, INSPECTION_WATCH_GAP=0
        )
        with wiring.store(settings) as store, wiring.world(settings, store, stop=threading.Event()) as world:
            stage = Stage(site=site, world=world, store=store, slack=slack)
            stage.look()
            client = web_client(slack.bot_token, slack.api_url)
            desk = Desk(store=store, client=client, clock=lambda: stage.now)
            handler = connect(build(desk), slack.app_token, slack.api_url)
            try:
                yield stage
            finally:
                disconnect(handler)


def _photograph(program: str, stage: Stage) -> None:
    with sync_playwright() as playwright:
        # Without a sandbox it works as root and in a container; it opens nothing but our own page.
        browser = playwright.chromium.launch(executable_path=program, chromium_sandbox=False)
        page = browser.new_page(viewport=WIDE, device_scale_factor=1.5)
        stage.subscribe(CHANNEL, f"authority:{SCENES[FIRST].urn}")
        stage.publish([FIRST])
        _thread(page, stage, CHANNEL)
        _take(page, "alert")
        page.get_by_role("button", name=words.WRONG_BUTTON).first.click()
        page.get_by_text(words.WRONG_QUESTION).wait_for()
        _take(page, "wrong-reading")
        for name, typed in (("card", FIRST), ("history", f"history {FIRST}"), ("region", "region south-east")):
            _answer(page, stage, name, typed)
        stage.people.start_afresh()
        stage.subscribe(OTHER_CHANNEL, "england")
        stage.people.open_home()
        page.set_viewport_size(NARROW)
        _open(page, "inspection-watch", words.HOME_CHANNELS)
        _take(page, "home")
        stage.publish([name for name in SCENES if name != FIRST])
        _thread(page, stage, OTHER_CHANNEL)
        page.evaluate("document.querySelectorAll('*').forEach(one => one.scrollTop = 0)")
        _take(page, "morning")
        browser.close()


def _thread(page: Page, stage: Stage, channel: str) -> None:
    """The first message of a channel, with its thread opened beside it."""
    first, *_, last = stage.people.messages(channel)
    moment = last["ts"].replace(".", "")
    page.set_viewport_size(WIDE)
    page.goto(f"{stage.slack.url}/archives/{channel}/p{moment}?thread_ts={first['ts']}&cid={channel}")
    page.wait_for_timeout(FADING_MILLISECONDS)


def _answer(page: Page, stage: Stage, name: str, typed: str) -> None:
    """What is answered to the command, as the person sees it who typed it."""
    stage.people.start_afresh()
    page.set_viewport_size(NARROW)
    page.goto(stage.slack.url)
    stage.people.say(f"{words.COMMAND} {typed}")
    stage.people.type(typed)
    *_, answer = stage.people.wait_for(2)
    shown = _leads_on(answer, words.SHOW_BUTTON)
    if shown:
        # A picture comes to the asker alone; here it is shown to all, as is done in a meeting.
        stage.people.press(answer, words.SHOW_BUTTON)
        stage.people.wait_for(4)
    _open(page, NAMES[CHANNEL], f"{words.COMMAND} {typed}")
    if shown:
        _down_to_the_last(page, 2)
    _take(page, name)


def _down_to_the_last(page: Page, messages: int) -> None:
    """Make the page so low that it shows the last messages and nothing above them."""
    page.add_style_tag(content=BARE)
    boxes = page.locator(".msg").evaluate_all("all => all.map(one => one.getBoundingClientRect())")[-messages:]
    height, above = boxes[-1]["bottom"] - boxes[0]["top"], page.locator(".msg").first.evaluate(TOP_OF_THE_CHANNEL)
    page.set_viewport_size({"width": NARROW["width"], "height": int(above + height)})
    page.locator(".msg").nth(-messages).evaluate("one => one.scrollIntoView()")
    page.wait_for_timeout(SETTLING_MILLISECONDS)


def _leads_on(answer: dict[str, Any], label: str) -> bool:
    """Whether an answer has a button of that name."""
    return f'"{label}"' in json.dumps(answer, ensure_ascii=False)


def _open(page: Page, item: str, shows: str) -> None:
    page.locator(".sidebar-item", has_text=item).first.click()
    page.get_by_text(shows).first.wait_for()
    page.wait_for_timeout(SETTLING_MILLISECONDS)


def _take(page: Page, name: str) -> None:
    """The page as it is, without the empty space under what there is to see."""
    path = FOLDER / f"{name}.png"
    page.add_style_tag(content=BARE)
    bottom = max(page.locator(SHOWN).evaluate_all("all => all.map(one => one.getBoundingClientRect().bottom)"))
    size = page.viewport_size
    assert size is not None
    page.screenshot(
        path=path, clip={"x": 0, "y": 0, "width": size["width"], "height": min(bottom + MARGIN, size["height"])}
    )
    taken = Image.open(path).convert("RGB")
    taken.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(path, optimize=True)


if __name__ == "__main__":
    sys.exit(main())
