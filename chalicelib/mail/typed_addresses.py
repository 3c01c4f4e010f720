"""Limits of mail to addresses that guests typed, whose owners may never have asked for it."""

import hashlib
import logging
from datetime import datetime

from chalicelib.core import names, times
from chalicelib.core.throttle import count_in_window, read_window
from chalicelib.mail.store import Mail

log = logging.getLogger("scc.mail")

# Over all charters, and for all kinds of mail together.
DAY_S, MAILS_A_DAY = 24 * 60 * 60, 3
# To all guests together: far above a full day of five boats, far below what would harm the operator's name as a sender.
HOUR_S, MAILS_AN_HOUR = 60 * 60, 300


def limit(mail: Mail, now: datetime) -> Mail:
    """The mail, which counts; cancelled if too many went to its address, or to all guests together.

    An admin can send a cancelled one all the same.
    """
    why = ""
    if count_in_window(_throttle(mail.to), DAY_S, now) > MAILS_A_DAY:
        why = f"more than {MAILS_A_DAY} mails in a day to one address"
    elif count_in_window("copies", HOUR_S, now) > MAILS_AN_HOUR:
        # An alarm counts these lines: see GuestMailAlarm in .chalice/resources.yaml.
        log.error("guest-mail-ceiling: more than %d mails to guests in an hour", MAILS_AN_HOUR)
        why = f"more than {MAILS_AN_HOUR} mails in an hour to all guests together"
    return mail._replace(status="cancelled", note=why, due_at=times.format_instant(now)) if why else mail


def is_spent(email: str, now: datetime) -> bool:
    """Whether the next mail to this address would be one too many today. Counts nothing."""
    return read_window(_throttle(email), DAY_S, now) >= MAILS_A_DAY


def _throttle(email: str) -> str:
    return f"copies#{hashlib.sha256(names.email_key(email).encode()).hexdigest()}"
