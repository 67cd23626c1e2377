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
import select
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.request import getproxies_environment
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from bot import alerts, commands
from inspection_watch import terminal, wiring
from inspection_watch.demo import slack
from inspection_watch.demo.histories import SCENES, build_site
from inspection_watch.demo.site import LocalSite, Site
from inspection_watch.settings import Settings
from storage.store import Store
from watchers.poll import poll
from watchers.sources import LOCAL_AUTHORITIES

AUTHORITIES = 30
"""Enough to see a country, few enough that their history is taken in some seconds."""
PATIENCE_SECONDS = 60.0
SLUG = "west-sussex"


class DemoError(Exception):
    """One sentence that says why the demonstration cannot go on."""


def demo(out: Console, binary: Path | None, *, once: bool) -> None:
    """Show it; with `once` end after the alert, else when Ctrl-C is pressed. Raises `DemoError`."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # however we are ended, we stop what we started
    for name in getproxies_environment():  # everything is on this machine, and Slack's library knows no exceptions
        os.environ.pop(f"{name}_proxy", None)
        os.environ.pop(f"{name}_proxy".upper(), None)
    site = build_site(AUTHORITIES)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="inspection-watch-demo-")))
        address = stack.enter_context(LocalSite(site))
        out.print(f"A local copy of the source site, with documents made for this: [bold]{address}/search?{_QUERY}[/]")
        try:
            local = stack.enter_context(slack.running(binary or Path("local-slack")))
        except slack.LocalSlackError as error:
            out.print(f"No local Slack here, so the messages are shown in this terminal. {error}", highlight=False)
            _in_the_terminal(out, site, _settings(folder, address))
            return
        out.print(f"A local Slack, as Alice sees it: [bold]{local.url}[/]")
        _in_slack(out, site, local, folder, address, once=once)


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


def _in_slack(out: Console, site: Site, local: slack.LocalSlack, folder: Path, address: str, *, once: bool) -> None:
    environment = _environment(folder, address) | {
        "SLACK_API_URL": local.api_url,
        "SLACK_BOT_TOKEN": local.bot_token,
        "SLACK_APP_TOKEN": local.app_token,
    }
    with _program(environment, folder / "log") as process, wiring.store(_settings(folder, address)) as store:
        _wait(process, lambda: _is_connected(local), folder / "log")
        _type(local, f"subscribe {SLUG}")
        out.print(f"In #inspections Alice types [bold]/judgements subscribe {SLUG}[/].")
        _wait(process, lambda: _messages(local) != [], folder / "log")
        _take_the_baseline(out, store, process, folder / "log")
        said = len(_messages(local))
        begun = _publish(out, site)
        _wait(process, lambda: len(_messages(local)) > said, folder / "log")
        alert = _messages(local)[said]
        out.print(f"[bold green]{time.monotonic() - begun:.1f} s[/] later it stands in #inspections:\n")
        out.print(f"  {alert['text']}\n", style="bold", highlight=False, markup=False)
        _type(local, SLUG)
        _wait(process, lambda: _messages(local, for_one=True) != [], folder / "log")
        out.print(f"And Alice types [bold]/judgements {SLUG}[/]; the answer is in the channel, for her alone.")
        if not once:
            _until_ctrl_c(out, site, local)
    out.print("All stopped.")


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
    while not true():
        if process.poll() is not None or time.monotonic() > deadline:
            raise DemoError(f"The program did not do what was to be shown. Its log ends:\n{log.read_text()[-2000:]}")
        time.sleep(0.05)


def _take_the_baseline(out: Console, store: Store, process: subprocess.Popen[bytes], log: Path) -> None:
    with Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), console=out) as bar:
        task = bar.add_task("The watcher reads what is there already, silently", total=AUTHORITIES)

        def done() -> bool:
            seen = store.coverage().authorities_baselined
            bar.update(task, completed=seen)
            return seen == AUTHORITIES

        _wait(process, done, log)


def _publish(out: Console, site: Site) -> float:
    scene = SCENES[SLUG]
    out.print(f"Now the site publishes {scene.says}.")
    site.publish(scene.stage(_today()))
    return time.monotonic()


def _today() -> date:
    return datetime.now(ZoneInfo("Europe/London")).date()


def _until_ctrl_c(out: Console, site: Site, local: slack.LocalSlack) -> None:
    out.print(f"\nOpen [bold]{local.url}[/] and type [bold]/judgements help[/] in #inspections.")
    further = iter([scene for name, scene in SCENES.items() if name != SLUG])
    if sys.stdin.isatty():
        out.print("Enter publishes another document (subscribe to its authority first). Ctrl-C ends it.")
    else:
        out.print("Ctrl-C ends it.")
    try:
        while True:
            if _enter_was_pressed() and (scene := next(further, None)):
                site.publish(scene.stage(_today()))
                out.print(f"The site publishes {scene.says}.")
    except KeyboardInterrupt:
        out.print()


def _enter_was_pressed() -> bool:
    if not sys.stdin.isatty():
        threading.Event().wait()
    ready, _, _ = select.select([sys.stdin], [], [])
    return bool(ready and sys.stdin.readline())


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


def _in_the_terminal(out: Console, site: Site, settings: Settings) -> None:
    """The same watcher and the same messages, without Slack."""
    with wiring.store(settings) as store, wiring.world(settings, store, stop=threading.Event()) as world:
        with out.status("The watcher reads what is there already, silently"):
            poll(world, LOCAL_AUTHORITIES)
        _publish(out, site)
        poll(world, LOCAL_AUTHORITIES)
        claimed = store.claim_change(wiring.now(), timedelta(minutes=1))
        assert claimed is not None
        out.print()
        terminal.show(out, alerts.headline(claimed.change, claimed.seen_at))
        if detail := alerts.detail(claimed.change):
            out.print("\nin its thread:\n")
            terminal.show(out, detail)
        out.print(f"\n[bold]/judgements {SLUG}[/] answers:\n")
        terminal.show(out, commands.answer(commands.parse(SLUG), store, wiring.now()).card)
