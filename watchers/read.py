"""Bytes -> Reading, in a child process with limits of time and memory.

The PDF library is native code that is not thread-safe and that strangers' files are fed to: it lives in a child that
may hang, swell or crash without hurting the service. One child is kept and used again; it is killed when it
overstays and replaced when it is gone.
"""

from __future__ import annotations

import resource
import signal
import subprocess
import sys
import threading
from multiprocessing import Pipe
from multiprocessing.connection import Connection

from judgements.parse import read
from judgements.types import NotRead, Reading, Status

SECONDS = 20.0
MEGABYTES = 512
# Not multiprocessing's own way to start a child: that runs the parent's main module again, whatever it is.
CHILD = "import sys; from watchers.read import serve; serve(int(sys.argv[1]), int(sys.argv[2]))"


class Reader:
    """Reads one document at a time in its child; use as a context manager, or call `close`."""

    def __init__(self, *, seconds: float = SECONDS, megabytes: int = MEGABYTES) -> None:
        self._seconds = seconds
        self._megabytes = megabytes
        self._one_at_a_time = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._pipe: Connection | None = None

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the child now; a document that is being read is given up."""
        child, pipe, self._child, self._pipe = self._child, self._pipe, None, None
        if child is not None and pipe is not None:
            child.kill()
            child.wait()
            pipe.close()

    def read(self, data: bytes) -> Reading:
        """What the parser makes of the bytes; a child that hangs or dies makes them `UNREADABLE`, with the reason.

        Raises RuntimeError if no child can be started: that is no fault of the document.
        """
        with self._one_at_a_time:
            pipe = self._pipe or self._start()
            try:
                pipe.send_bytes(data)
                if not pipe.poll(self._seconds):
                    return self._lost(f"Reading it took longer than {self._seconds:g} s.")
                answer = pipe.recv()
            except (EOFError, OSError):
                return self._lost(f"Reading it needed more than {self._megabytes} MB or crashed the reader.")
            assert isinstance(answer, Reading)
            return answer

    def _start(self) -> Connection:
        ours, theirs = Pipe()
        command = [sys.executable, "-c", CHILD, str(theirs.fileno()), str(self._megabytes)]
        self._child = subprocess.Popen(command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL)
        self._pipe = ours
        theirs.close()
        try:
            ours.recv()  # it is up: its start is not counted against the document's time
        except EOFError:
            self.close()
            raise RuntimeError("the child that reads documents cannot be started") from None
        return ours

    def _lost(self, why: str) -> NotRead:
        self.close()
        return NotRead(status=Status.UNREADABLE, why=why)


def serve(handle: int, megabytes: int) -> None:
    """The child: documents in, readings out, until the other end of the pipe `handle` is closed."""
    pipe = Connection(handle)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    limit = megabytes * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    pipe.send("ready")
    while True:
        try:
            data = pipe.recv_bytes()
        except EOFError:
            return
        pipe.send(_reading(data))


def _reading(data: bytes) -> Reading:
    try:
        return read(data)
    except MemoryError:
        return NotRead(status=Status.UNREADABLE, why="Reading it needed more memory than a document may take.")
    except Exception as error:  # a bug in the parser must not stop the others from being read
        return NotRead(status=Status.UNREADABLE, why=f"The parser failed on it ({type(error).__name__}: {error}).")
