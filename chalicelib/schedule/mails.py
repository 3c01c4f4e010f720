"""Mails about the schedule: an option that freed itself."""

from datetime import datetime
from typing import TypedDict

from chalicelib.mail.outbox import MailKind, MailKinds, new_mail, owners_address
from chalicelib.mail.store import MailData, MailOf
from chalicelib.operator.fields import SettingsDetails
from chalicelib.schedule.store import Hold


class HoldData(TypedDict):
    """What a mail says of a hold."""

    title: str
    boat: str
    starts_at: str
    ends_at: str
    expires_at: str
    weekly_until: str | None
    note: str
    timezone: str


class ExpiredData(MailData):
    hold: HoldData


def expired_mail(hold: Hold, boat: str, operator: SettingsDetails, now: datetime) -> MailOf[ExpiredData]:
    """To the operator, once: the boat that the option kept is free again."""
    details = hold.details
    data: ExpiredData = {
        "hold": {
            "title": details["title"],
            "boat": boat,
            "starts_at": details["starts_at"],
            "ends_at": details["ends_at"],
            "expires_at": details["expires_at"] or "",
            "weekly_until": details["weekly_until"],
            "note": details["note"],
            "timezone": details["timezone"],
        },
        "name": operator["operator_name"],
    }
    return new_mail("option_expired", f"option-expired-{hold.hold_id}", operator["operator_email"], data, now)


MAIL_KINDS: MailKinds = {"option_expired": MailKind(current_address=owners_address)}
