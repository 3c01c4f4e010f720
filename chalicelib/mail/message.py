"""A mail as a message, and how a try to send it ended."""

import re
from datetime import datetime
from email.charset import Charset
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from typing import Literal, NamedTuple

from chalicelib.core.settings import settings
from chalicelib.operator.fields import SettingsDetails

# RFC 2047 section 2: no line with encoded words is longer.
LINE_CHARS = 76
# The headers are written here, line by line. The package's own folding loses and adds blanks around words that it
# encodes, and reads a typed "=?" as an encoded word.
_POLICY = SMTP.clone(refold_source="none")


class Outcome(NamedTuple):
    """How a try ended. `uncertain`: it may or may not have been accepted, so it must not be blindly repeated."""

    status: Literal["sent", "retry", "failed", "uncertain"]
    note: str
    """For an admin to read. It holds no address and no text of the mail."""


def build(
    *,
    operator: SettingsDetails,
    mail_id: str,
    edition: int,
    date: datetime,
    to: str,
    to_name: str,
    subject: str,
    text: str,
    html: str,
    calendar: str = "",
) -> EmailMessage:
    """The message from the operator, ready to go out; `date` is the time of this try. `calendar` is attached as a file.

    `edition`: how often the mail had been accepted before an admin chose to send it again. All tries of one edition
    carry the same Message-ID, so that a mailbox recognizes one that was repeated after a lost answer.
    """
    here = settings()
    sender = here.mail_from if here.mail_transport == "ses" else here.gmail_user
    message = EmailMessage(_POLICY)
    message.set_raw("From", _address_header("From", operator["operator_name"], sender))
    message.set_raw("To", _address_header("To", to_name, to))
    message.set_raw("Reply-To", _address_header("Reply-To", operator["operator_name"], operator["operator_email"]))
    message.set_raw("Subject", _text_header("Subject", subject))
    message.set_raw("Date", format_datetime(date))
    unique = f"{mail_id}.{edition}" if edition else mail_id
    message.set_raw("Message-ID", f"<{unique}@{sender.rpartition('@')[2]}>")
    # RFC 3834: no automatic reply, please.
    message.set_raw("Auto-Submitted", "auto-generated")
    # SES, and some SMTP servers on the way, refuse 8-bit text.
    message.set_content(text, cte="quoted-printable")
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    if calendar:
        # As base64: its lines end by CRLF and hold UTF-8.
        message.add_attachment(calendar.encode(), maintype="text", subtype="calendar", filename="charter.ics")
    return message


def read_mail_id(message: EmailMessage) -> str:
    """The id of the mail that a message was built for."""
    return re.split("[.@]", message["Message-ID"].strip("<>"))[0]


def _address_header(header: str, name: str, email: str) -> str:
    name = _one_line(name)
    if not name:
        return email
    phrase = formataddr((name, ""))[: -len(" <>")] if _reads_as_it_stands(name) else _encoded_word(name)
    fits = len(f"{header}: {phrase} <{email}>") <= LINE_CHARS
    return f"{phrase} <{email}>" if fits else f"{phrase}\n <{email}>"


def _text_header(header: str, text: str) -> str:
    """RFC 2047's encoded words, folded, unless the text is short and plain. Blanks stand inside the words."""
    text = _one_line(text)
    if _reads_as_it_stands(text) and len(f"{header}: {text}") <= LINE_CHARS:
        return text
    return Header(text, "utf-8", maxlinelen=LINE_CHARS, header_name=header).encode()


def _one_line(text: str) -> str:
    """Without the characters that could end a header's line."""
    return re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+", " ", text)


def _reads_as_it_stands(text: str) -> bool:
    """Whether no reader takes it for something else: ASCII, one blank between words, no start of an encoded word."""
    return text.isascii() and "=?" not in text and " ".join(text.split()) == text


def _encoded_word(name: str) -> str:
    """One word, however long: between the several that RFC 2047 asks for in a long name, Python's own reader shows
    blanks (seen in 3.11). The readers that the tests use know no limit, and a name of 100 characters stays far below a
    line's 998."""
    return str(Charset("utf-8").header_encode(name))
