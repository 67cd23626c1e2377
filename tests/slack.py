"""A real Slack stand-in for tests, people who type and click in it, and a proxy before it that goes wrong on demand."""

from __future__ import annotations

import base64
import hashlib
import json
import logging
import socket
import socketserver
import sys
import threading
import urllib.request
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import Message as Headers
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import parse_qs

from slack_sdk.signature import SignatureVerifier
from slack_sdk.socket_mode.builtin.connection import Connection

from inspection_watch.demo.slack import ALICE, CHANNEL, LocalSlack

BINARY = Path(__file__).parent.parent / ".tools/node_modules/local-slack-linux-x64/bin/local-slack"
PATIENCE_SECONDS = 60.0

Json = dict[str, Any]


@dataclass(frozen=True)
class People:
    """What people do and see in a local-slack."""

    slack: LocalSlack

    def type(self, text: str, channel: str = CHANNEL, user: str = ALICE) -> None:
        """Type a slash command; back as soon as the bot has acknowledged it."""
        self._post("command", {"command": "/judgements", "text": text, "channel": channel, "user": user})

    def say(self, text: str, channel: str = CHANNEL, user: str = ALICE) -> None:
        """Write an ordinary message."""
        self._post("message", {"text": text, "channel": channel, "user": user})

    def press(self, message: Json, label: str, user: str = ALICE) -> None:
        """Press the button with this label."""
        elements = [one for block in message["blocks"] for one in block.get("elements", ())]
        action = next(one for one in elements if one.get("type") == "button" and one["text"]["text"] == label)
        self.act(message, action, user)

    def act(self, message: Json, action: Json, user: str = ALICE) -> None:
        """Do with a message what this action says, whether or not it shows such a button."""
        self._post(
            "interact", {"channel": message["channel"], "messageTs": message["ts"], "user": user, "action": action}
        )

    def send_form(self, values: Json, user: str = ALICE) -> None:
        """Fill in the window that is open, by block and action, and send it: as the page for people does."""
        page = Connection(self.slack.url.replace("http:", "ws:") + "/ui", logging.getLogger(__name__))
        page.connect()
        page.send(json.dumps({"t": "view_submit", "user": user, "values": values}))
        # Whoever leaves at once may leave before it was heard.
        soon(lambda: "view_submission" in json.dumps(self._get("log")), "the form to be sent")
        page.close()

    def open_home(self, user: str = ALICE) -> None:
        """Open the app's Home tab."""
        self._post("open-home", {"user": user})

    def start_afresh(self) -> None:
        self._post("reset", {})

    def messages(self, channel: str = CHANNEL) -> list[Json]:
        """Everything in a channel, oldest first: threads, and what only one person sees, too."""
        return list(self._get(f"messages/{channel}")["messages"])

    def direct(self, user: str = ALICE) -> str:
        """The channel of the direct messages between the bot and a person."""
        request = urllib.request.Request(
            f"{self.slack.api_url}conversations.open",
            data=json.dumps({"users": user}).encode(),
            headers={"Content-Type": "application/json", "Authorization": f"Bearer {self.slack.bot_token}"},
        )
        with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:
            return str(json.load(answer)["channel"]["id"])

    def calls(self, method: str) -> list[Json]:
        """What the bot sent to one method of the Web API, oldest first."""
        log = self._get("log")["log"]
        return [entry["detail"] for entry in log if entry["kind"] == "web_api" and entry["summary"] == method]

    def wait_for(self, count: int, channel: str = CHANNEL) -> list[Json]:
        """The messages of a channel once there are `count` of them."""
        soon(lambda: len(self.messages(channel)) >= count, f"{count} messages in {channel}")
        return self.messages(channel)

    def _get(self, path: str) -> Json:
        with urllib.request.urlopen(f"{self.slack.control_url}/{path}", timeout=PATIENCE_SECONDS) as answer:
            return dict(json.load(answer))

    def _post(self, path: str, body: Json) -> None:
        data, headers = json.dumps(body).encode(), {"Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.slack.control_url}/{path}", data=data, headers=headers)
        with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:
            answer.read()


def signed(body: str, secret: str, moment: float) -> dict[str, str]:
    """The headers with which Slack posts this body at this moment."""
    at = str(int(moment))
    signature = SignatureVerifier(secret).generate_signature(timestamp=at, body=body)
    return {
        "Content-Type": "application/json",
        "X-Slack-Request-Timestamp": at,
        "X-Slack-Signature": str(signature),
    }


def soon(true: Callable[[], bool], what: str, seconds: float = PATIENCE_SECONDS) -> None:
    """Wait, for seconds at most, until another thread or process has made something true."""
    patience = threading.Event()
    for _ in range(int(seconds / 0.02)):
        if true():
            return
        patience.wait(0.02)
    raise AssertionError(f"waited {seconds:.0f} s in vain for {what}")


@dataclass(frozen=True, kw_only=True)
class Fault:
    """How one answer goes wrong. `accepted`: Slack gets the request and acts on it. `status` None cuts the line."""

    status: int | None = None
    error: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    accepted: bool = False
    before: float = 0.0
    """Seconds until Slack gets it."""
    after: float = 0.0
    """Seconds until it goes wrong: with more than the client's patience, a time-out."""

    @property
    def only_slow(self) -> bool:
        """Nothing goes wrong; it takes its time."""
        return self.accepted and self.status == 200 and not self.error


@dataclass
class Proxy:
    """Before a local-slack, whose faults it makes up for and adds to (`faults`, in order).

    It gives metadata back, and of the past only what was asked for.

    With `forgets_metadata` or `forgets_blocks` it leaves these out of what it says of the past, with `page` it says
    no more than so many messages at a time.
    """

    behind: str
    url: str = ""
    faults: deque[Fault] = field(default_factory=deque)
    forgets_metadata: bool = False
    forgets_blocks: bool = False
    page: int | None = None
    decide: Callable[[str, str], Fault | None] = lambda *_: None
    """What goes wrong with a call of this method by whoever speaks at "/who/api/", where `faults` says nothing."""
    instead: dict[str, Json] = field(default_factory=dict)
    """What is answered to a method, whatever Slack would say."""
    asked: list[tuple[str, Json]] = field(default_factory=list)
    """The methods that were answered so, each with what was sent."""
    metadata: dict[str, Any] = field(default_factory=dict)

    @property
    def api_url(self) -> str:
        return f"{self.url}/api/"

    def forward(self, path: str, headers: Headers, body: bytes) -> Json:
        if (method := path.rpartition("/")[2]) in self.instead:
            self.asked.append((method, {name: _value(said) for name, said in _sent(headers, body).items()}))
            return self.instead[method]
        kept = {name: headers[name] for name in ("Content-Type", "Authorization") if headers[name]}
        request = urllib.request.Request(f"{self.behind}{path}", data=body, headers=kept, method="POST")
        with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:
            said: Json = json.load(answer)
        if path.endswith("chat.postMessage") and said["ok"]:
            self.metadata[said["ts"]] = json.loads(_sent(headers, body).get("metadata", "null"))
        return self._turned(said, _sent(headers, body)) if "messages" in said else said

    def _turned(self, said: Json, asked: Json) -> Json:
        """One page of what was said between the moments that were asked for, and the cursor of the next."""
        begin, end = float(asked.get("oldest") or 0), float(asked.get("latest") or "inf")
        wanted = [one for one in said["messages"] if begin < float(one["ts"]) < end]
        first = int(asked.get("cursor") or 0)
        last = first + (self.page or len(wanted))
        more = str(last) if last < len(wanted) else ""
        messages = [self._remembered(one) for one in wanted[first:last]]
        return {**said, "messages": messages, "response_metadata": {"next_cursor": more}}

    def _remembered(self, message: Json) -> Json:
        kept = {name: value for name, value in message.items() if not (name == "blocks" and self.forgets_blocks)}
        return kept if self.forgets_metadata else {**kept, "metadata": self.metadata.get(message["ts"])}


def _sent(headers: Headers, body: bytes) -> Json:
    if "json" in (headers["Content-Type"] or ""):
        sent: Json = json.loads(body or "{}")
        return {name: json.dumps(value) for name, value in sent.items()}
    return {name: values[0] for name, values in parse_qs(body.decode()).items()}


def _value(said: str) -> Any:
    try:
        return json.loads(said)
    except ValueError:
        return said


class _Server(ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that was killed is nothing to talk about."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


@contextmanager
def proxy(slack: LocalSlack) -> Iterator[Proxy]:
    """A proxy before `slack`, on this machine only, until the end of the block."""
    made = Proxy(behind=slack.url)

    class Between(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"] or 0))
            who, _, method = self.path.rpartition("/api/")
            fault = made.faults.popleft() if made.faults else made.decide(method, who.strip("/"))
            if fault and fault.before:
                threading.Event().wait(fault.before)
            said = made.forward(f"/api/{method}", self.headers, body) if fault is None or fault.accepted else {}
            if fault and fault.after:
                threading.Event().wait(fault.after)
            if fault is None or fault.only_slow:
                self._answer(200, said, ())
            elif fault.status is not None:
                self._answer(fault.status, {"ok": False, "error": fault.error}, fault.headers)
            # Without an answer the connection is cut here.

        def _answer(self, status: int, said: Json, headers: tuple[tuple[str, str], ...]) -> None:
            data = json.dumps(said).encode()
            self.send_response(status)
            for name, value in (*headers, ("Content-Type", "application/json"), ("Content-Length", str(len(data)))):
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            """Tests read what was said, not who asked."""

    server = _Server(("127.0.0.1", 0), Between)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    made.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Line:
    """The other end of a Socket Mode connection: for what the stand-in for Slack never tells an app."""

    url: str = ""
    acknowledged: list[str] = field(default_factory=list)
    """The ids of the envelopes that the app has acknowledged."""
    _open: list[socket.socket] = field(default_factory=list)

    def tell(self, event: Json, team: str) -> str:
        """Tell the app of an event; the id of its envelope."""
        soon(lambda: bool(self._open), "the app to open its line")
        id_ = f"envelope-{len(self.acknowledged)}-{event['type']}"
        payload = {"type": "event_callback", "team_id": team, "event_id": "Ev1", "event": event}
        self._send({"envelope_id": id_, "type": "events_api", "accepts_response_payload": False, "payload": payload})
        return id_

    def answer(self, opened: socket.socket) -> None:
        """Shake hands, say hello, and read what the app acknowledges until it hangs up."""
        stream = opened.makefile("rb")
        headers = dict(line.decode().strip().split(": ", 1) for line in iter(stream.readline, b"\r\n") if b": " in line)
        named = {name.lower(): value for name, value in headers.items()}
        accepted = hashlib.sha1((named["sec-websocket-key"] + WEBSOCKET).encode()).digest()
        opened.sendall(SWITCHING + base64.b64encode(accepted) + b"\r\n\r\n")
        self._open.append(opened)
        self._send({"type": "hello"})
        for said in _texts(stream):
            self.acknowledged.append(json.loads(said)["envelope_id"])

    def _send(self, said: Json) -> None:
        data = json.dumps(said).encode()
        length = bytes([len(data)]) if len(data) < 126 else b"\x7e" + len(data).to_bytes(2, "big")
        self._open[-1].sendall(b"\x81" + length + data)


WEBSOCKET = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
"""What RFC 6455 has both sides put behind the key."""
SWITCHING = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "


def _texts(stream: BinaryIO) -> Iterator[bytes]:
    """The texts among the frames of a client, which are masked, until it closes the line."""
    while len(head := stream.read(2)) == 2 and head[0] & 0x0F != 8:
        length = head[1] & 0x7F
        length = int.from_bytes(stream.read(2 if length == 126 else 8), "big") if length > 125 else length
        mask, data = stream.read(4), stream.read(length)
        if head[0] & 0x0F == 1:
            yield bytes(byte ^ mask[place % 4] for place, byte in enumerate(data))


@contextmanager
def line() -> Iterator[Line]:
    """A line that an app may open, on this machine only, until the end of the block."""
    made = Line()

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with suppress(OSError):
                made.answer(self.request)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        made.url = f"ws://127.0.0.1:{server.server_address[1]}/"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield made
        finally:
            server.shutdown()
            thread.join()
