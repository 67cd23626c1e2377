"""Work that goes round and round: what goes wrong in it is one line, and it goes on."""

from __future__ import annotations

import threading

import pytest
from structlog.testing import capture_logs

from bot import rounds
from storage.engine import StorageError


@pytest.mark.parametrize(
    ("error", "level", "storage"),
    [
        (RuntimeError("nobody foresaw this"), "error", None),
        (StorageError("The database could not do its work."), "warning", "The database could not do its work."),
    ],
)
def test_what_storage_could_not_do_is_a_warning_in_a_sentence_and_all_else_a_fault_with_its_story(
    monkeypatch: pytest.MonkeyPatch, error: Exception, level: str, storage: str | None
) -> None:
    monkeypatch.setattr(rounds, "AFTER_A_FAULT_SECONDS", (0.0,))
    stop, fails = threading.Event(), iter([error, error])

    def work() -> float:
        if (one := next(fails, None)) is not None:
            raise one
        stop.set()
        return 0.0

    with capture_logs() as logged:
        rounds.go_round(work, stop, "delivery failed")
    assert [(line["event"], line["log_level"], line.get("storage")) for line in logged] == [
        ("delivery failed", level, storage)
    ] * 2
    assert all(("exc_info" in line) == (storage is None) for line in logged)
