"""A message at Gmail (a real SMTP server over TLS) and at SES (its HTTP answers)."""

import base64
import json
import time
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from botocore import exceptions
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.httpsession import URLLib3Session

from chalicelib.core import aws
from chalicelib.mail import gmail, transport
from chalicelib.mail.message import build
from chalicelib.mail.transport import Outcome
from chalicelib.operator.service import defaults
from tests.support import operator
from tests.support.doubles import smtp_server
from tests.support.doubles.faults import aws_response
from tests.support.doubles.smtp_server import STEPS, SmtpServer
from tests.support.running import use_aws_keys

# The server uses TLS from the first byte; aiosmtpd warns because it does not notice.
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH")


def message(to_name: str = "Ana Rivera") -> EmailMessage:
    return build(
        operator=defaults(),
        mail_id="0190a6f0",
        edition=1,
        date=operator.NOW,
        to="ana@example.com",
        to_name=to_name,
        subject="We received €500",
        text="Danke, Renée.\n.\nA line of one dot stands above.\n",
        html="<p>Danke, Renée. €500</p>",
    )


# --- Gmail ----------------------------------------------------------------------------------------


@pytest.fixture
def server(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmtpServer]:
    """Gmail, as the product believes: its address, and a certificate that it trusts."""
    with smtp_server.open_smtp_server(certificate) as server, operator.operating(**smtp_server.ACCOUNT):
        smtp_server.use(server, certificate, monkeypatch)
        yield server


def test_gmail_takes_the_message_signed_in_and_as_it_was_written(server: SmtpServer) -> None:
    assert transport.send(message("Renée, Müller")) == Outcome("sent", "SMTP: 250")
    assert server.sign_ins == [(smtp_server.USER, smtp_server.TOKEN)]
    ((sender, recipients, received),) = server.accepted
    assert (sender, recipients) == (smtp_server.USER, ["ana@example.com"])
    assert received["Subject"] == "We received €500"
    assert received["To"].addresses[0].display_name == "Renée, Müller"
    text, html = received.get_body(("plain",)), received.get_body(("html",))
    assert text
    assert html
    assert text.get_content().splitlines() == ["Danke, Renée.", ".", "A line of one dot stands above."]
    assert html.get_content().strip() == "<p>Danke, Renée. €500</p>"


def test_nothing_but_seven_bit_text_goes_over_the_wire(server: SmtpServer) -> None:
    transport.send(message("Renée"))
    assert all(raw.isascii() for raw in server.raw)


@pytest.mark.parametrize(
    ("at_rcpt", "outcome"),
    [
        ("450 4.2.1 busy", Outcome("retry", "SMTP: 450")),
        ("550 5.1.1 no such user <ana@example.com>", Outcome("failed", "SMTP: 550")),
        ("552 5.2.2 mailbox full", Outcome("failed", "SMTP: 552")),
    ],
)
def test_a_refused_recipient_is_final_or_not_as_the_server_says(
    server: SmtpServer, at_rcpt: str, outcome: Outcome
) -> None:
    server.at_rcpt = at_rcpt
    assert transport.send(message()) == outcome
    assert server.accepted == []


@pytest.mark.parametrize(
    ("at_data", "outcome"),
    [
        ("421 4.7.0 try again later", Outcome("retry", "SMTP: 421")),
        ("451 4.3.0 local error", Outcome("retry", "SMTP: 451")),
        ("550 5.7.1 looks like spam", Outcome("failed", "SMTP: 550")),
        ("554 5.6.0 no", Outcome("failed", "SMTP: 554")),
    ],
)
def test_a_refused_message_is_final_or_not_as_the_server_says(
    server: SmtpServer, at_data: str, outcome: Outcome
) -> None:
    server.at_data = at_data
    assert transport.send(message()) == outcome


@pytest.mark.parametrize("step", ["at_connect", "at_hello"])
@pytest.mark.parametrize("answer", ["421 4.3.2 closing", "554 5.3.2 no service here"])
def test_a_mail_that_no_server_let_in_is_tried_again(server: SmtpServer, step: str, answer: str) -> None:
    setattr(server, step, answer)
    assert transport.send(message()) == Outcome("retry", f"SMTP: {answer[:3]}, not let in")


def test_the_daily_limit_of_a_sender_is_temporary_even_if_the_server_calls_it_final(server: SmtpServer) -> None:
    server.at_data = "550 5.4.5 Daily user sending limit exceeded"
    assert transport.send(message()) == Outcome("retry", "SMTP: 550")


def test_a_mail_with_a_wrong_token_waits_and_its_note_does_not_show_the_token(server: SmtpServer) -> None:
    with operator.operating(SCC_MAIL_TRANSPORT="gmail", SCC_GMAIL_USER=smtp_server.USER, SCC_GMAIL_TOKEN="revoked"):
        outcome = transport.send(message())
    assert outcome == Outcome("retry", "SMTP: 535, sign-in refused")
    assert server.accepted == []


def test_a_connection_lost_after_the_text_was_sent_is_uncertain(server: SmtpServer) -> None:
    server.at_data = "drop"
    outcome = transport.send(message())
    assert outcome.status == "uncertain"
    assert "ana@example.com" not in outcome.note


@pytest.mark.parametrize(("step", "status"), [(step, "uncertain" if step == "at_data" else "retry") for step in STEPS])
def test_a_server_that_hangs_is_left_after_the_time_for_the_whole(
    server: SmtpServer, monkeypatch: pytest.MonkeyPatch, step: str, status: str
) -> None:
    monkeypatch.setattr(gmail, "SMTP_TIMEOUT_S", smtp_server.SHORT_TIMEOUT_S)
    setattr(server, step, "hang")
    started_at = time.monotonic()
    assert transport.send(message()).status == status
    # Not 60 s, the time that smtplib would give each step.
    assert time.monotonic() - started_at < 10 * smtp_server.SHORT_TIMEOUT_S
    assert server.accepted == []


def test_a_server_that_is_slow_at_every_step_is_left_after_the_time_for_the_whole(
    server: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The first slow step fits, with a second for all before it on a busy machine; the second one does not.
    monkeypatch.setattr(gmail, "SMTP_TIMEOUT_S", 1.5 * smtp_server.SLOW_S)
    server.at_rcpt = server.at_data = smtp_server.SLOW
    assert transport.send(message()).status == "uncertain"


def test_a_server_that_is_away_is_tried_again(server: SmtpServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gmail, "GMAIL_PORT", smtp_server.free_port())
    assert transport.send(message()) == Outcome("retry", "SMTP: ConnectionRefusedError")


def test_a_server_whose_certificate_is_not_trusted_gets_neither_token_nor_mail(
    server: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    assert transport.send(message()) == Outcome("retry", "SMTP: SSLCertVerificationError")
    monkeypatch.setenv("SSL_CERT_FILE", "/nonexistent")
    monkeypatch.setattr(gmail, "GMAIL_HOST", "127.0.0.1")
    assert transport.send(message()).status == "retry"
    assert (server.sign_ins, server.accepted) == ([], [])


# --- SES ------------------------------------------------------------------------------------------

Ses = Callable[[Any], list[AWSPreparedRequest]]


@pytest.fixture
def ses(monkeypatch: pytest.MonkeyPatch) -> Iterator[Ses]:
    """Lets SES answer (status, error) or fail (an exception); returns the requests it got."""
    use_aws_keys(monkeypatch)
    requests: list[AWSPreparedRequest] = []

    def answers(answer: Any) -> list[AWSPreparedRequest]:
        def send(_: URLLib3Session, request: AWSPreparedRequest) -> AWSResponse:
            requests.append(request)
            if isinstance(answer, Exception):
                raise answer
            status, error = answer
            if error:
                return aws_response(request, status, {"message": "ana@example.com"}, {"x-amzn-ErrorType": error})
            return aws_response(request, status, {"MessageId": "0100"})

        monkeypatch.setattr(URLLib3Session, "send", send)
        return requests

    aws.client.cache_clear()
    yield answers
    aws.client.cache_clear()


def test_ses_takes_the_raw_message_for_the_bare_address(ses: Ses) -> None:
    requests = ses((200, ""))
    assert transport.send(message("Renée, Müller")) == Outcome("sent", "SES: 0100")
    (request,) = requests
    assert request.url.endswith("/v2/email/outbound-emails")
    body = json.loads(request.body)
    assert body["EmailTags"] == [{"Name": "mail_id", "Value": "0190a6f0"}]
    assert body["ConfigurationSetName"] == "ship-captain-crew-prod"
    assert body["Destination"] == {"ToAddresses": ["ana@example.com"]}
    assert body["FromEmailAddress"] == "captain@sail.example.com"
    raw = base64.b64decode(body["Content"]["Raw"]["Data"])
    assert raw.isascii()
    received = message_from_bytes(raw, policy=policy.default)
    assert received["To"].addresses[0].display_name == "Renée, Müller"
    assert received["Subject"] == "We received €500"


def test_without_a_configuration_set_the_identitys_own_counts(ses: Ses) -> None:
    requests = ses((200, ""))
    with operator.operating(SCC_MAIL_CONFIGURATION_SET=""):
        transport.send(message())
    assert "ConfigurationSetName" not in json.loads(requests[0].body)


URL = "https://email.us-east-1.amazonaws.com"


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ((400, "MessageRejected"), Outcome("failed", "SES: MessageRejected")),
        ((400, "BadRequestException"), Outcome("failed", "SES: BadRequestException")),
        ((429, "TooManyRequestsException"), Outcome("retry", "SES: TooManyRequestsException")),
        ((400, "LimitExceededException"), Outcome("retry", "SES: LimitExceededException")),
        ((400, "SendingPausedException"), Outcome("retry", "SES: SendingPausedException")),
        ((400, "MailFromDomainNotVerifiedException"), Outcome("retry", "SES: MailFromDomainNotVerifiedException")),
        # A configuration set that is not there yet.
        ((404, "NotFoundException"), Outcome("retry", "SES: NotFoundException")),
        ((403, "AccessDeniedException"), Outcome("retry", "SES: AccessDeniedException")),
        ((500, "InternalFailure"), Outcome("retry", "SES: InternalFailure")),
        ((503, "ServiceUnavailable"), Outcome("retry", "SES: ServiceUnavailable")),
        (exceptions.ConnectTimeoutError(endpoint_url=URL), Outcome("retry", "SES: ConnectTimeoutError")),
        (exceptions.EndpointConnectionError(endpoint_url=URL), Outcome("retry", "SES: EndpointConnectionError")),
        (exceptions.SSLError(endpoint_url=URL, error="x"), Outcome("retry", "SES: SSLError")),
        (exceptions.ReadTimeoutError(endpoint_url=URL), Outcome("uncertain", "SES: ReadTimeoutError")),
        (exceptions.ConnectionClosedError(endpoint_url=URL), Outcome("uncertain", "SES: ConnectionClosedError")),
    ],
    ids=lambda value: value.note if isinstance(value, Outcome) else "",
)
def test_each_answer_of_ses_leads_to_the_right_status_of_the_mail(ses: Ses, answer: Any, outcome: Outcome) -> None:
    requests = ses(answer)
    assert transport.send(message()) == outcome
    # The SDK's own retries could send one mail twice.
    assert len(requests) == 1
