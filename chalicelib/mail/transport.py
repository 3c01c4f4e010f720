"""Tries once to hand a message over, to SES or to Gmail."""

from email.message import EmailMessage

from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NotConnected

from chalicelib.core import aws
from chalicelib.core.lazy import lazy_imports
from chalicelib.core.settings import settings
from chalicelib.mail.message import Outcome, read_mail_id

with lazy_imports():
    # smtplib is loaded for Gmail only.
    from chalicelib.mail import gmail

# SES refuses this message or its address; whatever else it refuses may pass later. NotFoundException too, which is
# about the configuration set.
_FINAL_REFUSALS = frozenset(("MessageRejected", "BadRequestException"))


def send(message: EmailMessage) -> Outcome:
    """One try. Never raises for what a mail service may do."""
    return _send_by_ses(message) if settings().mail_transport == "ses" else gmail.send(message)


def _send_by_ses(message: EmailMessage) -> Outcome:
    name = settings().mail_configuration_set
    configuration_set = {"ConfigurationSetName": name} if name else {}
    try:
        answer = aws.client("sesv2", attempts=1).send_email(
            # The bare addresses: SES would refuse a name with an umlaut, which is encoded in the message.
            FromEmailAddress=message["From"].addresses[0].addr_spec,
            Destination={"ToAddresses": [message["To"].addresses[0].addr_spec]},
            Content={"Raw": {"Data": message.as_bytes()}},
            # By this tag a bounce or a complaint finds its mail: SES replaces the Message-ID by its own.
            EmailTags=[{"Name": "mail_id", "Value": read_mail_id(message)}],
            **configuration_set,
        )
    except ClientError as problem:
        code = problem.response["Error"]["Code"]
        return Outcome("failed" if code in _FINAL_REFUSALS else "retry", f"SES: {code}")
    except NotConnected as problem:
        return Outcome("retry", f"SES: {type(problem).__name__}")
    except HTTPClientError as problem:
        # The request was sent; whether SES accepted it is unknown.
        return Outcome("uncertain", f"SES: {type(problem).__name__}")
    return Outcome("sent", f"SES: {answer['MessageId']}")
