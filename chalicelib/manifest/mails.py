"""The frozen manifest as a mail."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib.charters.mails import charter_data
from chalicelib.charters.store import EventRecord
from chalicelib.core.settings import settings
from chalicelib.mail.outbox import MailKind, new_mail
from chalicelib.mail.store import Mail


def manifest_mail(event: EventRecord, departure: Mapping[str, Any], now: datetime) -> Mail:
    """The frozen manifest, for the operator ashore."""
    here = settings()
    # Not the charter's own id: that opens the guest page.
    mail_id = f"manifest-{hashlib.sha256(event.event_id.encode()).hexdigest()[:32]}"
    data = {"charter": charter_data(event), "departure": departure, "name": here.operator_name}
    return new_mail("manifest", mail_id, here.operator_email, data, now)


MAIL_KINDS = {"manifest": MailKind()}
