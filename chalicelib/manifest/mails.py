"""The frozen manifest as a mail."""

import hashlib
from datetime import datetime

from chalicelib.charters.mails import CharterData, charter_data
from chalicelib.charters.store import Charter
from chalicelib.mail.outbox import MailKind, MailKinds, new_mail, owners_address
from chalicelib.mail.store import MailData, MailOf
from chalicelib.manifest.fields import Departure
from chalicelib.operator.fields import SettingsDetails


class ManifestData(MailData):
    charter: CharterData
    departure: Departure


def manifest_mail(
    charter: Charter, departure: Departure, operator: SettingsDetails, now: datetime
) -> MailOf[ManifestData]:
    """The frozen manifest, for the operator ashore."""
    data: ManifestData = {"charter": charter_data(charter), "departure": departure, "name": operator["operator_name"]}
    return new_mail("manifest", manifest_mail_id(charter.event_id), operator["operator_email"], data, now)


def manifest_mail_id(event_id: str) -> str:
    # Not the charter's own id: that may open the guest page.
    return f"manifest-{hashlib.sha256(event_id.encode()).hexdigest()[:32]}"


MAIL_KINDS: MailKinds = {"manifest": MailKind(current_address=owners_address)}
