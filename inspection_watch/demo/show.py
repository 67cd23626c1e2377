"""`inspection-watch demo`: the whole product on this machine, between a local site and a local Slack.

    local site  <--  inspection-watch run (a process of its own)  -->  local Slack
        ^                                                                  |
        |  we publish a report                    we see what it posted    v

The program that is shown does not know it: only addresses and tokens differ. Where no local Slack runs, the same
watcher and the same messages are shown in the terminal.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any
from urllib.request import getproxies_environment

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from bot import commands
from bot.alerting import alerts
from bot.words import joined
from inspection_watch import terminal, wiring
from inspection_watch.demo import slack
from inspection_watch.demo.catalogue import Scene
from inspection_watch.demo.histories import SCENES, build_site
from inspection_watch.demo.site import LocalSite, Site
from inspection_watch.settings import Settings
from judgements.authorities import REGISTRY, Authority
from storage.store import Store
from watchers.poll import poll
from watchers.rota import london_day
from watchers.sources import LOCAL_AUTHORITIES

HISTORIES = 30
"""As many authorities as come with what is known of their past, few enough that it is taken in some seconds."""
PATIENCE_SECONDS = 60.0
SLUG = "west-sussex"
_told = threading.Event()
"""Somebody wants it to end."""
_asking = threading.Event()
"""A library is asked something: what is raised while the interpreter tidies up behind it is dropped, and shown."""

INVENTED = (
    "What is published here while you look on is invented, and so are its grades. The dates and grades of the "
    "histories are facts, taken from what was really published; the documents around them were made for this."
)
THE_END = "There is nothing more to publish."


class DemoError(Exception):
    """One sentence that says why the demonstration cannot go on."""


def demo(console: Console, binary: Path | None, *, once: bool) -> None:
    """Show it; with `once` end after the alert, else when Ctrl-C is pressed, well either way. Raises `DemoError`."""
    _told.clear()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    for name in getproxies_environment():  # everything is on this machine, and Slack's library knows no exceptions
        os.environ.pop(f"{name}_proxy", None)
        os.environ.pop(f"{name}_proxy".upper(), None)
    out = Out(console)
    with suppress(KeyboardInterrupt):
        _show(out, binary, once=once)
    out.say("All stopped.")


def _interrupt(*_: object) -> None:
    """However we are ended, we stop what we started; and nothing may keep us from it."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    _told.set()
    if not _asking.is_set():
        raise KeyboardInterrupt


def _unless_told() -> None:
    """Be interrupted now, where that had to wait."""
    if _told.is_set():
        raise KeyboardInterrupt


def _until_told() -> None:
    """Do nothing until we are told to end."""
    _told.wait()
    _unless_told()


def _asked(ask: Callable[[], bool]) -> bool:
    """The answer, unless we are told to end meanwhile."""
    _asking.set()
    try:
        answer = ask()
    finally:
        _asking.clear()
    _unless_told()
    return answer


@dataclass(frozen=True, slots=True)
class Out:
    """Where the demonstration speaks: in our own words, with markup, or in somebody's, without."""

    console: Console

    def say(self, words: str) -> None:
        self.console.print(words, highlight=False, soft_wrap=True)

    def quote(self, words: str, style: str = "") -> None:
        self.console.print(terminal.plain(words, style))


def _show(out: Out, binary: Path | None, *, once: bool) -> None:
    site = build_site(HISTORIES)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="inspection-watch-demo-")))
        address = stack.enter_context(LocalSite(site))
        out.say(f"A local copy of the source site: [bold]{address}/search?{_QUERY}[/]")
        out.say(_listed(site))
        out.say(INVENTED)
        try:
            local = stack.enter_context(slack.running(binary or Path("local-slack")))
        except slack.LocalSlackError as error:
            out.quote(f"No local Slack here, so the messages are shown in this terminal. {error}")
            _in_the_terminal(out, site, _settings(folder, address))
            return
        out.say(f"A local Slack, as Alice sees it: [bold]{local.url}[/]")
        _in_slack(out, site, local, folder, address, once=once)


def _listed(site: Site) -> str:
    latest = [published for _, published in site.listed()]
    histories = sum(published is not None for published in latest)
    names = joined([_authority(scene).spoken for scene in SCENES.values()])
    return f"It lists all {len(latest)} authorities, {histories} of them with their history, among them {names}."


def _authority(scene: Scene) -> Authority:
    found = REGISTRY.by_urn(scene.urn)
    assert found is not None, scene.urn
    return found


_QUERY = "level_1_types=3&level_2_types%5B%5D=12"


def _environment(folder: Path, address: str) -> dict[str, str]:
    return {
        "INSPECTION_WATCH_SITE_URL": address,
        "INSPECTION_WATCH_FILE_HOSTS": address.removeprefix("http://"),
        "INSPECTION_WATCH_STATE_DIR": str(folder),
        "INSPECTION_WATCH_POLL": "every 2s",
        "INSPECTION_WATCH_GAP": "0",
        "INSPECTION_WATCH_LISTEN": "127.0.0.1:0",
        "INSPECTION_WATCH_DATABASE_URL": "",
    }


def _settings(folder: Path, address: str) -> Settings:
    return Settings.model_validate({name: value for name, value in _environment(folder, address).items() if value})


def _in_slack(out: Out, site: Site, local: slack.LocalSlack, folder: Path, address: str, *, once: bool) -> None:
    environment = _environment(folder, address) | {
        "SLACK_API_URL": local.api_url,
        "SLACK_BOT_TOKEN": local.bot_token,
        "SLACK_APP_TOKEN": local.app_token,
    }
    with _program(environment, folder / "log") as process, wiring.store(_settings(folder, address)) as store:
        _wait(process, lambda: _is_connected(local), folder / "log")
        _type(local, f"subscribe {SLUG}")
        out.say(f"In #inspections Alice types [bold]/judgements subscribe {SLUG}[/].")
        _wait(process, lambda: _messages(local) != [], folder / "log")
        _take_the_baseline(out, store, len(site.listed()), lambda true: _wait(process, true, folder / "log"))
        said = len(_messages(local))
        begun = _publish(out, site)
        _wait(process, lambda: len(_messages(local)) > said, folder / "log")
        alert = _messages(local)[said]
        out.say(f"[bold green]{time.monotonic() - begun:.1f} s[/] later it stands in #inspections:\n")
        out.quote(alert["blocks"][0]["text"]["text"], "bold")
        out.quote(f"{unescape(alert['text'])}\n")
        _type(local, SLUG)
        _wait(process, lambda: _messages(local, for_one=True) != [], folder / "log")
        out.say(f"And Alice types [bold]/judgements {SLUG}[/]; the answer is in the channel, for her alone.")
        if not once:
            _publish_on_enter(out, site, local)


@contextmanager
def _program(environment: Mapping[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`inspection-watch run` as a process of its own, ended as a service manager would."""
    command = [sys.executable, "-m", "inspection_watch", "run"]
    with log.open("wb") as written:
        process = subprocess.Popen(
            command, env={**os.environ, **environment}, stderr=written, stdout=written, start_new_session=True
        )
        try:
            yield process
        finally:
            process.terminate()
            process.wait()


def _wait(process: subprocess.Popen[bytes], true: Callable[[], bool], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not _asked(true):
        if process.poll() is not None or time.monotonic() > deadline:
            raise DemoError(f"The program did not do what was to be shown. Its log ends:\n{log.read_text()[-2000:]}")
        time.sleep(0.05)


def _take_the_baseline(out: Out, store: Store, listed: int, wait: Callable[[Callable[[], bool]], None]) -> None:
    with Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), console=out.console) as bar:
        task = bar.add_task("The watcher reads what is there already, silently", total=listed)

        def done() -> bool:
            seen = store.coverage().authorities_baselined
            bar.update(task, completed=seen)
            return seen >= listed

        wait(done)


def _publish(out: Out, site: Site) -> float:
    scene = SCENES[SLUG]
    out.say(f"Now the site publishes {scene.says}.")
    site.publish(scene.stage(_today()))
    return time.monotonic()


def _today() -> date:
    return london_day(wiring.now())


def _publish_on_enter(out: Out, site: Site, local: slack.LocalSlack) -> None:
    """The other scenes, one with each Enter where somebody sits before us; then until Ctrl-C."""
    out.say(f"\nOpen [bold]{local.url}[/] and type [bold]/judgements help[/] in #inspections. Ctrl-C ends it.")
    if sys.stdin.isatty():
        for scene in (scene for name, scene in SCENES.items() if name != SLUG):
            subscribe = f"/judgements subscribe {_authority(scene).slug}"
            out.say(f"Next: {scene.says}. Type [bold]{subscribe}[/] in #inspections, then press Enter here.")
            _unless_told()
            _wait_for_enter()
            site.publish(scene.stage(_today()))
            out.say(f"The site publishes {scene.says}.")
        out.say(f"{THE_END} Ctrl-C ends it.")
    _until_told()


def _wait_for_enter() -> None:
    if not sys.stdin.readline():  # Ctrl-D: nobody is there to press anything any more
        _until_told()


def _is_connected(local: slack.LocalSlack) -> bool:
    return any(entry["summary"].startswith("socket connected") for entry in _control(local, "log")["log"])


def _type(local: slack.LocalSlack, text: str) -> None:
    body = {"command": "/judgements", "text": text, "channel": slack.CHANNEL, "user": slack.ALICE}
    _control(local, "command", body)


def _messages(local: slack.LocalSlack, *, for_one: bool = False) -> list[dict[str, Any]]:
    """What everybody in the channel sees, or what one person alone does; threads left out."""
    said: list[dict[str, Any]] = _control(local, f"messages/{slack.CHANNEL}")["messages"]
    return [one for one in said if not one.get("thread_ts") and ("ephemeral_to" in one) == for_one]


def _control(local: slack.LocalSlack, path: str, body: object = None) -> dict[str, Any]:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{local.control_url}/{path}", data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        found: dict[str, Any] = json.load(answer)
    return found


def _in_the_terminal(out: Out, site: Site, settings: Settings) -> None:
    """The same watcher and the same messages, without Slack."""
    with wiring.store(settings) as store, wiring.world(settings, store, stop=threading.Event()) as world:
        with out.console.status("The watcher reads what is there already, silently"):
            poll(world, LOCAL_AUTHORITIES)
        _publish(out, site)
        poll(world, LOCAL_AUTHORITIES)
        (claimed,) = store.waiting_changes(1, wiring.now())
        out.say("")
        terminal.show(out.console, alerts.headline(claimed.change, claimed.seen_at))
        if detail := alerts.detail(claimed.change):
            out.say("\nin its thread:\n")
            terminal.show(out.console, detail)
        out.say(f"\n[bold]/judgements {SLUG}[/] answers:\n")
        terminal.show(out.console, commands.answer(commands.parse(SLUG), store, wiring.now()).card)
        out.say(f"\n{THE_END}")
