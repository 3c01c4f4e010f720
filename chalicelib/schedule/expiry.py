"""Options that nobody took free their boat by themselves, and the operator is told."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime

from chalicelib.core import times
from chalicelib.core.audit import SYSTEM
from chalicelib.core.errors import AlreadyExists, WriteConflict
from chalicelib.mail.store import Mail, mail_writes
from chalicelib.operator import service as operator
from chalicelib.schedule import holds, mails, store

# What is left the next minute does.
BATCH = 10


def expire_options(now: datetime) -> Iterator[Mail]:
    """Notes which options have ended, and yields the mail about each as it is queued. One Query if there is none."""
    at = times.format_instant(now)
    for hold_id in store.list_expired(at, BATCH):
        # Somebody is editing the hold or booking its boat: the next minute looks again.
        with suppress(WriteConflict, AlreadyExists):
            hold = store.read_hold(hold_id)
            # The index may be a moment late.
            if hold and hold.status == "held" and holds.status_of(hold, at) == "expired":
                named = store.read_named([hold.details["boat_id"]], ())
                boat = named.boats[hold.details["boat_id"]].details["name"]
                mail = mails.expired_mail(hold, boat, operator.get_settings(), now)
                holds.end_hold(hold, named, "expired", SYSTEM, at, mail_writes(mail))
                yield mail
