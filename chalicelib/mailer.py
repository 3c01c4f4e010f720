"""The only caller of SES and SMTP: builds a message and tries once to hand it over."""

import smtplib
import ssl
import time
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Any, Literal, NamedTuple

from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NotConnected

from chalicelib import aws
from chalicelib.settings import settings

GMAIL_HOST, GMAIL_PORT = "smtp.gmail.com", 465
# For the whole conversation: the request that owes the mail waits for it.
SMTP_TIMEOUT_S = 8
# SES answers that speak of this message or its address; anything else it refuses may pass later.
_FINAL_REFUSALS = frozenset(("MessageRejected", "BadRequestException", "NotFoundException"))


class Outcome(NamedTuple):
    """How a try ended. `ambiguous`: it may or may not have been accepted, so it must not be blindly repeated."""

    status: Literal["sent", "retry", "failed", "ambiguous"]
    note: str
    """For an admin to read: never an address, never a text."""


def build(*, mail_id: str, to: str, to_name: str, subject: str, text: str, html: str) -> EmailMessage:
    here = settings()
    sender = here.mail_from if here.mail_transport == "ses" else here.gmail_user
    message = EmailMessage()
    message["From"] = _address(here.operator_name, sender)
    message["To"] = _address(to_name, to)
    message["Reply-To"] = _address(here.operator_name, here.operator_email)
    message["Subject"] = subject
    # The same for every try, so that a mailbox can fold a repeated one.
    message["Message-ID"] = f"<{mail_id}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    # Neither SES nor every SMTP server on the way takes bare 8-bit text.
    message.set_content(text, cte="quoted-printable")
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    return message


def send(message: EmailMessage) -> Outcome:
    """One try. Never raises for what a mail service may do."""
    return _send_by_ses(message) if settings().mail_transport == "ses" else _send_by_gmail(message)


def _send_by_ses(message: EmailMessage) -> Outcome:
    try:
        answer = aws.client("sesv2", attempts=1).send_email(
            # The bare addresses: a name with an umlaut stands encoded in the message, and would be refused here.
            FromEmailAddress=message["From"].addresses[0].addr_spec,
            Destination={"ToAddresses": [message["To"].addresses[0].addr_spec]},
            Content={"Raw": {"Data": message.as_bytes()}},
            # By this a bounce or a complaint finds its mail: SES writes a Message-ID of its own.
            EmailTags=[{"Name": "mail_id", "Value": message["Message-ID"].strip("<>").partition("@")[0]}],
        )
    except ClientError as problem:
        code = problem.response["Error"]["Code"]
        return Outcome("failed" if code in _FINAL_REFUSALS else "retry", f"SES: {code}")
    except NotConnected as problem:
        return Outcome("retry", f"SES: {type(problem).__name__}")
    except HTTPClientError as problem:
        # The request had left; whether SES took it is unknown.
        return Outcome("ambiguous", f"SES: {type(problem).__name__}")
    return Outcome("sent", f"SES: {answer['MessageId']}")


class _Gmail(smtplib.SMTP_SSL):
    handed_over = False

    def __init__(self, host: str, port: int, *, timeout: float, context: ssl.SSLContext) -> None:
        self.ends_at = time.monotonic() + timeout
        super().__init__(host, port, timeout=timeout, context=context)

    def send(self, s: Any) -> None:
        if self.sock:
            # Each step, and the answer to it, may only take what is left for the whole.
            self.sock.settimeout(max(0.001, self.ends_at - time.monotonic()))
        super().send(s)

    def getreply(self) -> tuple[int, bytes]:
        answer = super().getreply()
        # 354 asks for the text. Once that is on its way, a lost connection leaves open whether it was accepted.
        self.handed_over = answer[0] == 354
        return answer


def _send_by_gmail(message: EmailMessage) -> Outcome:
    here, smtp = settings(), None
    try:
        smtp = _Gmail(GMAIL_HOST, GMAIL_PORT, timeout=SMTP_TIMEOUT_S, context=ssl.create_default_context())
        smtp.login(here.gmail_user, here.gmail_token)
        smtp.send_message(message)
    except smtplib.SMTPAuthenticationError as problem:
        # A wrong token is the operator's to mend; the mail waits for it.
        return Outcome("retry", f"SMTP: {problem.smtp_code}, sign-in refused")
    except (smtplib.SMTPConnectError, smtplib.SMTPHeloError) as problem:
        # A server that takes nobody has not judged this mail.
        return Outcome("retry", f"SMTP: {problem.smtp_code}, not let in")
    except smtplib.SMTPRecipientsRefused as problem:
        return _refused(*min(problem.recipients.values()))
    except smtplib.SMTPDataError as problem:
        if not 400 <= problem.smtp_code < 600:
            # Neither yes nor no after the text: it may have been accepted.
            return Outcome("ambiguous", f"SMTP: {problem.smtp_code}")
        return _refused(problem.smtp_code, problem.smtp_error)
    except smtplib.SMTPResponseException as problem:
        return _refused(problem.smtp_code, problem.smtp_error)
    except (OSError, smtplib.SMTPException) as problem:
        lost_after = smtp is not None and smtp.handed_over
        return Outcome("ambiguous" if lost_after else "retry", f"SMTP: {type(problem).__name__}")
    finally:
        if smtp is not None:
            smtp.close()
    return Outcome("sent", "SMTP: 250")


def _refused(code: int, words: bytes | str) -> Outcome:
    """RFC 5321 section 4.2.1: 5yz is final, all else may pass later. So may Gmail's daily limit, a 550.

    https://support.google.com/a/answer/3726730
    """
    words = words.encode() if isinstance(words, str) else words
    over_limit = words.lstrip().startswith(b"5.4.5")
    return Outcome("failed" if code >= 500 and not over_limit else "retry", f"SMTP: {code}")


def _address(name: str, email: str) -> Address:
    return Address(display_name=name, addr_spec=email)
