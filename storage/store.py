"""What the product remembers. Every public method is a verb and one transaction; the time is always passed in.

(A claim is a transaction of its own, before what was claimed is read: what cannot be read must not undo it.)

The watcher writes what it found and what there is to tell (`apply`); the bot turns changes into deliveries
(`waiting_changes`, `fan_out`) and drains them (`claim_deliveries`, `record`). Whoever claims something holds it until
its lease ends, so a process that dies holds nothing for ever. Any method may raise `StorageError`.
"""

from __future__ import annotations

from storage.answers import Answers
from storage.leases import Leases, LostLeaseError
from storage.letters import Letters
from storage.outbox import FAN_OUT, Outbox
from storage.restoring import Restoring
from storage.retention import Retention
from storage.rows import UndecodableError
from storage.sending import Sending
from storage.subscribing import Subscribing
from storage.troubles import Troubles
from storage.unfurls import Unfurls
from storage.vitals import Signs
from storage.watching import Watching

__all__ = ["FAN_OUT", "LostLeaseError", "Store", "UndecodableError"]


class Store(
    Watching, Leases, Troubles, Answers, Subscribing, Outbox, Sending, Letters, Unfurls, Signs, Retention, Restoring
):
    """The verbs of storage on one database. Threads may share one store."""
