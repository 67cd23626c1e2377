"""The files of an answer at the terminal: into a folder, into a file, or down a pipe."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path

from rich.console import Console

from bot.types import File
from inspection_watch.settings import SettingsError
from inspection_watch.terminal import plain


class Form(StrEnum):
    CSV = "csv"
    JSON = "json"
    XLSX = "xlsx"


def save_or_offer(console: Console, files: Iterable[File], folder: Path | None) -> None:
    """Write the files into the folder, which may be new; without one, say what could be had. Raises `SettingsError`."""
    for file in files:
        if folder is None:
            console.print(plain(f"{file.title}: add --save and a folder to get {file.name}", "dim"), soft_wrap=True)
            continue
        _write(folder / file.name, file)
        console.print(plain(f"{file.title}: {folder / file.name}"), soft_wrap=True)


def hand_out(file: File, output: Path | None) -> None:
    """The whole file into `output`, else to standard output; never a workbook onto a screen. Raises `SettingsError`."""
    if output is not None:
        _write(output, file)
        return
    if file.name.endswith(f".{Form.XLSX}") and sys.stdout.isatty():
        raise SettingsError("A workbook cannot be shown here: add --output and the name of a file.")
    sys.stdout.flush()
    sys.stdout.buffer.write(file.content)
    sys.stdout.buffer.flush()


def _write(path: Path, file: File) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.content)
    except OSError as error:
        raise SettingsError(f"{path} cannot be written ({error.strerror}).") from error
