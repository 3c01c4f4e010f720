"""A mail server or SES that refuses, hangs, drops or throttles: counted there, from the payment to the last try."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chalicelib import charter_page
from chalicelib.core.settings import settings
from chalicelib.mail import admin as mail_admin
from chalicelib.mail import gmail, outbox
from chalicelib.payments import service as payments
from chalicelib.sweep import MAIL_KINDS
from tests.support import operator
from tests.support.doubles import smtp_server
from tests.support.doubles.ses import Ses, open_ses
from tests.support.doubles.smtp_server import STEPS, SmtpServer
from tests.support.stored import store_charter
from tests.support.stores import fresh_store

# The server uses TLS from the first byte; aiosmtpd warns because it does not notice.
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH")

DAY = 24 * 60


@pytest.fixture
def server(dynamodb_local: str, certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmtpServer]:
    """A ledger, and a real mail server that the product takes for Gmail's."""
    with fresh_store(dynamodb_local, **smtp_server.ACCOUNT), smtp_server.open_smtp_server(certificate) as server:
        smtp_server.use(server, certificate, monkeypatch)
        yield server


def pay_against(server: SmtpServer, step: str, answer: str) -> str:
    """Logs a payment while the server answers so at this step; then the server works."""
    setattr(server, step, answer)
    with pytest.MonkeyPatch.context() as patch:
        if answer == "hang":
            patch.setattr(gmail, "SMTP_TIMEOUT_S", smtp_server.SHORT_TIMEOUT_S)
        event_id = pay()
    server.works()
    return event_id


@pytest.fixture
def ses(dynamodb_local: str) -> Iterator[Ses]:
    with fresh_store(dynamodb_local) as dynamodb, open_ses(dynamodb) as ses:
        yield ses


def pay() -> str:
    """Logs a payment on a new charter, whose money stands whatever the mail service does."""
    charter = store_charter()
    paid = {"method": "cash", "amount_cents": 50_000}
    answer, new = payments.log_payment(charter.event_id, operator.uuid(), paid, actor=operator.ADMIN, now=operator.NOW)
    assert new
    assert json.loads(answer)["payment"]["status"] == "cleared"
    return charter.event_id


def receipt(event_id: str) -> str:
    charter = charter_page.get_charter(event_id, now=operator.NOW)
    (payment,) = charter["payments"]
    assert (payment["status"], charter["balance"]["received_cents"]) == ("cleared", 50_000)
    return str(payment["receipt"])


def listed(status: str) -> list[dict[str, Any]]:
    return list(mail_admin.list_mails(mail_admin.parse_page({"status": status}))["mails"])


def try_all(days: int = 15) -> int:
    """Sweeps for weeks; returns how many tries that made."""
    return sum(outbox.sweep(MAIL_KINDS, operator.at(number * DAY)) for number in range(1, days + 1))


# --- SMTP -----------------------------------------------------------------------------------------


PASSING = [(step, answer) for step in STEPS for answer in ("421 4.3.2 busy", "451 4.3.0 try later")]
PASSING += [(step, answer) for step in STEPS[:-1] for answer in ("hang", "drop")]
PASSING += [("at_connect", "554 5.3.2 no service"), ("at_hello", "550 no"), ("at_data", "550 5.4.5 daily limit")]


@pytest.mark.parametrize(("step", "answer"), PASSING)
def test_what_may_pass_is_tried_again_and_the_mail_arrives_once(server: SmtpServer, step: str, answer: str) -> None:
    event_id = pay_against(server, step, answer)
    assert receipt(event_id) == "pending"
    assert (server.connections, server.accepted) == (1, [])
    server.released.set()
    assert outbox.sweep(MAIL_KINDS, operator.at(2)) == 1
    assert try_all() == 0
    assert receipt(event_id) == "sent"
    assert (server.connections, len(server.accepted)) == (2, 1)


@pytest.mark.parametrize("step", STEPS[2:])
def test_what_the_server_refuses_for_good_is_final_at_the_first_try(server: SmtpServer, step: str) -> None:
    event_id = pay_against(server, step, "550 5.1.1 no")
    assert try_all() == 0
    assert receipt(event_id) == "failed"
    assert (server.connections, server.accepted) == (1, [])
    (mail,) = listed("failed")
    assert (mail["attempts"], mail["note"]) == (1, "SMTP: 550")


@pytest.mark.parametrize("answer", ["hang", "drop", smtp_server.ACCEPTS_AND_DROPS, "neither yes nor no"])
def test_a_server_that_is_lost_after_the_text_is_shown_as_uncertain_and_never_repeated(
    server: SmtpServer, answer: str
) -> None:
    event_id = pay_against(server, "at_data", answer)
    taken = len(server.accepted)
    assert try_all() == 0
    assert receipt(event_id) == "failed"
    assert (server.connections, len(server.accepted)) == (1, taken)
    (mail,) = listed("uncertain")
    assert mail["attempts"] == 1
    # An admin may decide otherwise: it may then arrive twice.
    again = mail_admin.send_again(mail["mail_id"], kinds=MAIL_KINDS, actor=operator.ADMIN, now=operator.at(DAY))
    assert again["status"] == "sent"
    assert receipt(event_id) == "sent"
    assert (server.connections, len(server.accepted)) == (2, taken + 1)


def test_a_server_that_never_takes_it_is_asked_so_often_and_no_more(server: SmtpServer) -> None:
    server.at_rcpt = "450 4.2.1 busy"
    event_id = pay()
    assert try_all() == outbox.MAX_ATTEMPTS - 1
    assert receipt(event_id) == "failed"
    assert server.connections == outbox.MAX_ATTEMPTS
    (mail,) = listed("failed")
    assert (mail["attempts"], mail["note"]) == (outbox.MAX_ATTEMPTS, "SMTP: 450")


def test_a_revoked_token_keeps_the_mail_until_it_is_repaired(server: SmtpServer) -> None:
    with operator.operating(**{**smtp_server.ACCOUNT, "SCC_GMAIL_TOKEN": "revoked", "SCC_TABLE": table()}):
        event_id = pay()
    assert receipt(event_id) == "pending"
    assert outbox.sweep(MAIL_KINDS, operator.at(2)) == 1
    assert receipt(event_id) == "sent"
    assert (server.connections, len(server.accepted)) == (2, 1)


def table() -> str:

    return settings().table


# --- SES ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [
        (429, "TooManyRequestsException"),
        (400, "LimitExceededException"),
        (400, "SendingPausedException"),
        (500, "InternalFailure"),
        (503, "ServiceUnavailable"),
    ],
)
def test_what_ses_cannot_do_now_is_tried_again_and_arrives_once(ses: Ses, answer: tuple[int, str]) -> None:
    ses.answer = answer
    event_id = pay()
    assert receipt(event_id) == "pending"
    ses.works()
    assert outbox.sweep(MAIL_KINDS, operator.at(2)) == 1
    assert try_all() == 0
    assert receipt(event_id) == "sent"
    assert (ses.tries, len(ses.accepted)) == (2, 1)
    (mail,) = listed("sent")
    assert (mail["attempts"], mail["note"]) == (2, "SES: 0100-2")


def test_what_ses_rejects_is_final(ses: Ses) -> None:
    ses.answer = (400, "MessageRejected")
    event_id = pay()
    ses.works()
    assert try_all() == 0
    assert receipt(event_id) == "failed"
    assert ses.tries == 1


@pytest.mark.parametrize("answer", ["hang", "drop"])
def test_an_answer_of_ses_that_never_came_is_shown_as_uncertain_and_never_repeated(ses: Ses, answer: str) -> None:
    ses.answer = answer
    event_id = pay()
    ses.works()
    assert try_all() == 0
    assert receipt(event_id) == "failed"
    assert (ses.tries, len(ses.accepted)) == (1, 1)
    assert len(listed("uncertain")) == 1


def test_ses_that_throttles_for_days_is_asked_so_often_and_no_more(ses: Ses) -> None:
    ses.answer = (429, "TooManyRequestsException")
    event_id = pay()
    assert try_all() == outbox.MAX_ATTEMPTS - 1
    assert receipt(event_id) == "failed"
    assert (ses.tries, ses.accepted) == (outbox.MAX_ATTEMPTS, [])
