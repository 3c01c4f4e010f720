"""A mail as a message, and how a try to send it ended."""

from email.headerregistry import Address
from email.message import EmailMessage
from typing import Literal, NamedTuple

from chalicelib.core.settings import settings


class Outcome(NamedTuple):
    """How a try ended. `uncertain`: it may or may not have been accepted, so it must not be blindly repeated."""

    status: Literal["sent", "retry", "failed", "uncertain"]
    note: str
    """For an admin to read. It holds no address and no text of the mail."""


def build(*, mail_id: str, to: str, to_name: str, subject: str, text: str, html: str) -> EmailMessage:
    operator = settings()
    sender = operator.mail_from if operator.mail_transport == "ses" else operator.gmail_user
    message = EmailMessage()
    message["From"] = _address(operator.operator_name, sender)
    message["To"] = _address(to_name, to)
    message["Reply-To"] = _address(operator.operator_name, operator.operator_email)
    message["Subject"] = subject
    # The same for every try, so that a mailbox can recognize a repeated one.
    message["Message-ID"] = f"<{mail_id}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    # SES, and some SMTP servers on the way, refuse 8-bit text.
    message.set_content(text, cte="quoted-printable")
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    return message


def _address(name: str, email: str) -> Address:
    return Address(display_name=name, addr_spec=email)
