"""A small disk of our own, which can be filled: a tmpfs in a mount namespace. It needs no privilege where it is let."""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

MEGABYTES = 64
INSIDE = "CHAOS_INSIDE"
BALLAST = "ballast"
CHUNK = 2**16


def in_mounts_of_our_own(module: str, arguments: Sequence[str]) -> None:
    """Begin again where mounts are nobody else's business, unless that is not permitted or we are there already."""
    apart = ["unshare", "--mount"]
    if os.geteuid():
        apart = ["unshare", "--user", "--map-current-user", "--keep-caps", "--mount"]
    if INSIDE in os.environ or not shutil.which("unshare") or subprocess.run([*apart, "true"], check=False).returncode:
        return
    os.environ[INSIDE] = "1"
    os.execvp(apart[0], [*apart, sys.executable, "-m", module, *arguments])


@dataclass(frozen=True)
class Disk:
    """`own`: it is ours alone, and may be filled."""

    folder: Path
    own: bool

    def fill(self) -> int:
        """Write until nothing more can be written; how many bytes it took."""
        written = 0
        with (self.folder / BALLAST).open("ab", buffering=0) as ballast:
            for size in (CHUNK, 512, 1):
                try:
                    while True:
                        written += ballast.write(bytes(size))
                except OSError as error:
                    if error.errno != errno.ENOSPC:
                        raise
        return written

    def free(self) -> None:
        (self.folder / BALLAST).unlink(missing_ok=True)


@contextmanager
def disk(folder: Path) -> Iterator[Disk]:
    """A disk at `folder` until the end of the block."""
    libc = ctypes.CDLL(None, use_errno=True)
    where = str(folder).encode()
    own = INSIDE in os.environ and libc.mount(b"none", where, b"tmpfs", 0, f"size={MEGABYTES}m".encode()) == 0
    try:
        yield Disk(folder, own)
    finally:
        if own:
            libc.umount2(where, 2)  # MNT_DETACH: a process that was just killed may still have it open
