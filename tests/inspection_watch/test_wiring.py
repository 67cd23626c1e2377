from __future__ import annotations

import threading
from pathlib import Path

from inspection_watch import wiring
from inspection_watch.settings import Settings
from storage.store import Store
from watchers.schedule import parse_walks


def test_the_watcher_walks_by_the_plan_of_the_settings(tmp_path: Path, sqlite_store: Store) -> None:
    given = {"INSPECTION_WATCH_STATE_DIR": tmp_path, "INSPECTION_WATCH_WALK": "sat 03:15"}
    with wiring.world(Settings.model_validate(given), sqlite_store, stop=threading.Event()) as world:
        assert world.walks == parse_walks("sat 03:15")
