"""Bytes -> Reading, in a child process with limits of time and memory.

The PDF library is native code that is not thread-safe and that strangers' files are fed to: it lives in a child that
may hang, swell or crash without hurting the service. One child is kept and used again; it is killed when it
overstays and replaced when it is gone. It ends by itself when its parent is gone, however that went. Nothing of the
parent's is given to it that a document could have sent away: not its environment, and no look into its memory.
"""

from __future__ import annotations

import ctypes
import os
import resource
import select
import signal
import subprocess
import sys
import threading
import time
import traceback
from multiprocessing import Pipe
from multiprocessing.connection import Connection

from judgements.parse import read
from judgements.types import NotRead, Reading, Status

SECONDS = 20.0
MEGABYTES = 512
CPU_GRACE = 2
"""Seconds. The parent is to be the first to lose patience: it can say why."""
GIVEN = ("PATH", "PYTHONPATH", "PYTHONHOME", "LD_LIBRARY_PATH", "LANG", "LC_ALL", "TMPDIR")
"""What the child gets of our environment: enough to find Python and its libraries, and no setting of anybody's."""
PR_SET_DUMPABLE = 4
# Not multiprocessing's own way to start a child: that runs the parent's main module again, whatever it is.
CHILD = "import sys; from watchers.read import serve; serve(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))"


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
        command = [sys.executable, "-c", CHILD, str(theirs.fileno()), str(self._megabytes), str(self._seconds)]
        # One arena: glibc would set 64 MB of the child's address space aside for its second thread.
        env = {name: os.environ[name] for name in GIVEN if name in os.environ} | {"MALLOC_ARENA_MAX": "1"}
        _let_nobody_look_into_us()
        self._child = subprocess.Popen(command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, env=env)
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


def _let_nobody_look_into_us() -> None:
    """What runs as the same user could else read our environment and our memory in /proc, or trace us.

    Root still can; a crash leaves no image of the memory (https://man7.org/linux/man-pages/man2/PR_SET_DUMPABLE.2const.html).
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)


def serve(handle: int, megabytes: int, seconds: float) -> None:
    """The child: documents in, readings out, until the other end of the pipe `handle` is closed."""
    pipe = Connection(handle)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    limit = megabytes * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    threading.Thread(target=_die_with_the_parent, args=[handle], daemon=True).start()
    pipe.send("ready")
    while True:
        try:
            data = pipe.recv_bytes()
        except EOFError:
            return
        _limit_cpu(seconds)
        pipe.send(_reading(data))


def _die_with_the_parent(handle: int) -> None:
    """Ends this process once nobody holds the other end of the pipe, also in the middle of a document."""
    hang_up = select.poll()
    hang_up.register(handle, 0)  # nothing but a hang-up, which is always reported
    hang_up.poll()
    os._exit(1)


def _limit_cpu(seconds: float) -> None:
    """For the next document alone: the limit is of the whole process, which has read others before.

    The kernel ends even a child that never comes back to Python.
    """
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = int(time.process_time() + seconds) + CPU_GRACE
    resource.setrlimit(resource.RLIMIT_CPU, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))


def _reading(data: bytes) -> Reading:
    try:
        return read(data)
    except MemoryError:
        return NotRead(status=Status.UNREADABLE, why="Reading it needed more memory than a document may take.")
    except Exception as error:  # a bug in the parser must not stop the others from being read
        sys.stderr.write(_one_line(error))
        return NotRead(status=Status.UNREADABLE, why="The program that reads documents failed on it.")


def _one_line(error: Exception) -> str:
    """For operators: what failed and where."""
    where = traceback.extract_tb(error.__traceback__)[-1]
    return f"the parser failed at {where.filename}:{where.lineno}: {' '.join(repr(error).split())[:500]}\n"
