"""The frozen manifest as a mail."""

import hashlib
from datetime import datetime

from chalicelib.charters.mails import charter_data
from chalicelib.charters.store import EventRecord
from chalicelib.core.settings import settings
from chalicelib.mail.outbox import MailKind, new_mail
from chalicelib.mail.store import Mail
from chalicelib.manifest.fields import Departure


def manifest_mail(charter: EventRecord, departure: Departure, now: datetime) -> Mail:
    """To the operator, who keeps it ashore."""
    operator = settings()
    # Not the charter's own id: that opens the guest page.
    mail_id = f"manifest-{hashlib.sha256(charter.event_id.encode()).hexdigest()[:32]}"
    data = {"charter": charter_data(charter), "departure": departure, "name": operator.operator_name}
    return new_mail("manifest", mail_id, operator.operator_email, data, now)


MAIL_KINDS = {"manifest": MailKind()}
