"""How long people wait for an answer, beside a bare Bolt command that answers “ok”.

    python -m bench.command [--seconds 10] [--rate 50]

The bot runs as a process of its own behind the same signed HTTP as in service, on a database with the histories of
all authorities and 100,000 subscriptions. Commands come at an even rate, whether or not the last was answered; each
is timed from the moment it is sent to the moment its answer arrives at its response_url. Nothing is left out.
"""

from __future__ import annotations

import argparse
import json
import logging
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

import structlog
from rich.console import Console
from rich.table import Table
from slack_bolt import Ack, App, Respond
from slack_sdk.signature import SignatureVerifier

from bot import words
from bot.app import Desk, SlackApp, build
from bot.channels.scopes import of_authority
from bot.slack import http_mode
from bot.slack.client import web_client
from inspection_watch.listen import Doors, Reply, Server, serve
from judgements.authorities import REGISTRY
from storage.engine import open_engine, upgrade, writing
from storage.rows import columns_of
from storage.schema import subscriptions
from storage.store import Store
from storage.types import Subscription
from tests.bot.histories import NOW, fill, histories, many
from tests.counterparts import running_postgres

SECRET = "0123456789abcdef0123456789abcdef"
TEAM, CHANNEL = "T0BENCH", "C00000"
SUBSCRIPTIONS, CHANNELS = 100_000, 5_000
BARE = "bare"
COMMANDS = ("west-sussex", "england", "history west-sussex")
PATIENCE_SECONDS = 30.0
WARM_UP = 20


# The process that is measured.


def bare(slack: str) -> SlackApp:
    """The least that Bolt can do: acknowledge, answer “ok”."""
    client = web_client("xoxb-bench", slack)
    app = App(client=client, token_verification_enabled=False, request_verification_enabled=False)

    @app.command(words.COMMAND)
    def on_command(ack: Ack, respond: Respond) -> None:
        ack()
        respond(text="ok", response_type="ephemeral")

    return app


def serving(what: str, slack: str) -> None:
    """Answer commands until standard input ends; the port is printed first."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with ExitStack() as stack:
        if what == BARE:
            app = bare(slack)
        else:
            engine = open_engine(what)
            stack.callback(engine.dispose)
            desk = Desk(store=Store(engine), client=web_client("xoxb-bench", slack), clock=lambda: datetime.now(UTC))
            app = build(desk)

        def door(headers: object, body: bytes) -> Reply:
            said = http_mode.answer(app, SECRET, headers, body)  # type: ignore[arg-type]
            return Reply(status=said.status, headers=said.headers, body=said.body)

        port = stack.enter_context(serve(("127.0.0.1", 0), Doors(post={http_mode.PATH: door})))
        sys.stdout.write(f"{port}\n")
        sys.stdout.flush()
        sys.stdin.read()


# The Slack that asks.


@dataclass
class Slack:
    """Takes answers at the addresses it gave, and files."""

    url: str = ""
    answered: dict[int, float] = field(default_factory=dict)
    news: threading.Condition = field(default_factory=threading.Condition)

    def take(self, path: str) -> dict[str, object]:
        if path.startswith("/answer/"):
            number, moment = int(path.rpartition("/")[2]), time.perf_counter()
            with self.news:
                self.answered.setdefault(number, moment)
                self.news.notify_all()
            return {}
        if path.endswith("files.getUploadURLExternal"):
            return {"ok": True, "upload_url": f"{self.url}/upload", "file_id": "F1"}
        return {"ok": True, "files": [{"id": "F1"}], "channel": {"id": "D1"}}


@contextmanager
def listening() -> Iterator[Slack]:
    slack = Slack()

    class Answer(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"] or 0))
            data = json.dumps(slack.take(self.path)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            """What was said is what is measured."""

    server = Server(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    slack.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield slack
    finally:
        server.shutdown()
        server.server_close()


def ask(slack: Slack, port: int, number: int, text: str) -> float:
    """Type a command; the moment it was sent. Comes back with the acknowledgement."""
    said = {
        "command": words.COMMAND,
        "text": text,
        "team_id": TEAM,
        "channel_id": CHANNEL,
        "user_id": f"U{number + WARM_UP}",
    }
    body = urlencode({**said, "response_url": f"{slack.url}/answer/{number}"})
    moment = str(int(time.time()))
    signature = SignatureVerifier(SECRET).generate_signature(timestamp=moment, body=body)
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": moment,
        "X-Slack-Signature": str(signature),
    }
    request = urllib.request.Request(f"http://127.0.0.1:{port}{http_mode.PATH}", data=body.encode(), headers=headers)
    sent = time.perf_counter()
    with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:
        answer.read()
    return sent


def asked(slack: Slack, port: int, text: str, rate: float, seconds: float) -> list[float]:
    """How long each of so many commands took, in seconds. Raises TimeoutError if one was never answered."""
    slack.answered.clear()
    for number in range(-WARM_UP, 0):
        ask(slack, port, number, text)
        _await(slack, 1 + number + WARM_UP)
    slack.answered.clear()
    number_of, begun, sent = int(rate * seconds), time.perf_counter(), {}

    def one(number: int) -> None:
        sent[number] = ask(slack, port, number, text)

    with ThreadPoolExecutor(64) as pool:
        for number in range(number_of):
            time.sleep(max(0.0, begun + number / rate - time.perf_counter()))
            pool.submit(one, number)
    _await(slack, number_of)
    return [slack.answered[number] - sent[number] for number in range(number_of)]


def _await(slack: Slack, number: int) -> None:
    with slack.news:
        if not slack.news.wait_for(lambda: len(slack.answered) >= number, PATIENCE_SECONDS):
            raise TimeoutError(f"only {len(slack.answered)} of {number} commands were answered")


# The measurement.


@contextmanager
def server_process(what: str, slack: Slack) -> Iterator[int]:
    command = [sys.executable, "-m", "bench.command", "--serve", what, "--slack", f"{slack.url}/api/"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        try:
            yield int(process.stdout.readline())
        finally:
            # Pictures that are still to be drawn are nobody's any more.
            process.kill()


def filled(url: str) -> str:
    """The database with every authority's history and many subscriptions."""
    engine = open_engine(url)
    upgrade(engine)
    fill(Store(engine), many(histories(), 1))
    scopes = [of_authority(one.urn) for one in REGISTRY.current]
    each = SUBSCRIPTIONS // CHANNELS
    wishes = [
        Subscription(
            team=TEAM,
            channel=f"C{channel:05}",
            scope=scopes[(channel * each + place) % len(scopes)],
            created_by="U0BENCH",
            created_at=NOW,
        )
        for channel in range(CHANNELS)
        for place in range(each)
    ]
    with writing(engine) as connection:
        connection.execute(subscriptions.insert(), [columns_of(subscriptions, wish) for wish in wishes])
    engine.dispose()
    return url


@contextmanager
def databases() -> Iterator[list[tuple[str, str]]]:
    with TemporaryDirectory() as folder, running_postgres() as postgres:
        yield [
            ("SQLite", filled(f"sqlite:///{Path(folder)}/bench.sqlite")),
            ("PostgreSQL", filled(postgres.create("bench_command"))),
        ]


def percentile(times: Sequence[float], share: float) -> float:
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--seconds", type=float, default=10)
    arguments.add_argument("--rate", type=float, default=50)
    arguments.add_argument("--serve", help=argparse.SUPPRESS)
    arguments.add_argument("--slack", help=argparse.SUPPRESS)
    given = arguments.parse_args()
    if given.serve:
        serving(given.serve, given.slack)
        return
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    table = Table("database", "command", "p50 ms", "p99 ms", "p99, × bare", title=f"{given.rate:g} commands a second")
    with listening() as slack, databases() as urls:
        for name, url in urls:
            with server_process(BARE, slack) as port:
                plain = asked(slack, port, "ok", given.rate, given.seconds)
            _row(table, name, "a bare command that answers “ok”", plain, plain)
            with server_process(url, slack) as port:
                for text in COMMANDS:
                    _row(table, name, text, asked(slack, port, text, given.rate, given.seconds), plain)
    Console().print(table)


def _row(table: Table, database: str, what: str, times: Sequence[float], plain: Sequence[float]) -> None:
    middle, tail = percentile(times, 0.5), percentile(times, 0.99)
    ratio = tail / percentile(plain, 0.99)
    table.add_row(database, what, f"{middle * 1000:.1f}", f"{tail * 1000:.1f}", f"{ratio:.1f}")


if __name__ == "__main__":
    main()
