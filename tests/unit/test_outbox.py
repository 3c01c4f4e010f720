"""The mails as a patron or a guest reads them."""

from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from chalicelib.charters import mails as charter_mails
from chalicelib.mail import outbox
from chalicelib.mail.message import read_mail_id
from chalicelib.mail.store import Mail
from chalicelib.money.ledger import Sums
from chalicelib.operator.service import defaults
from chalicelib.payments import mails as payment_mails
from chalicelib.payments.rows import payment_json
from chalicelib.waivers import mails as waiver_mails
from chalicelib.waivers import sealing
from tests.support import operator
from tests.support.mails import Words, delivered, mail, read, text_of, waiver_mail

HOSTILE = "<script>alert('x')</script> & \"Ana\" {{ 7*7 }} {% raw %} %s 🚢"


def test_a_receipt_names_payer_amount_method_date_and_balance() -> None:
    message = delivered(mail("receipt", method="check", reference="#1042"))
    assert message["Subject"] == "We received your payment of $500.00 for Sunset sail"
    assert message["To"] == "Ana Rivera <ana@example.com>"
    assert message["From"] == "Bay Sail <captain@sail.example.com>"
    assert message["Reply-To"] == "Bay Sail <ops@sail.example.com>"
    assert message["Auto-Submitted"] == "auto-generated"
    for words in read(message):
        for text in (
            "Hello Ana Rivera,",
            "we have received your payment of $500.00 by check",
            "Sunset sail, Sea Otter",
            "Saturday, November 28, 2026, 5:00 PM PST",
            "check (#1042)",
            "Sunday, November 22, 2026",
            "Balance due: $700.00",
            "Bay Sail",
            "+1 415 555 0123",
            "ops@sail.example.com",
        ):
            assert text in words


@pytest.mark.parametrize(
    ("kind", "subject"),
    [
        ("deposit", "We received your deposit of $500.00 for Sunset sail"),
        ("balance", "We received your payment of $500.00 for Sunset sail"),
        ("tip", "Thank you for your tip of $500.00"),
        ("refund", "Your refund of $500.00 for Sunset sail"),
    ],
)
def test_a_receipt_names_the_kind_of_payment_in_its_subject(kind: str, subject: str) -> None:
    assert delivered(mail("receipt", kind=kind))["Subject"] == subject


@pytest.mark.parametrize(
    ("method", "words"),
    [("cash", "by cash"), ("venmo", "by Venmo"), ("bank_transfer", "by bank transfer"), ("other", "by other means")],
)
def test_a_receipt_names_the_method_in_words(method: str, words: str) -> None:
    for text in read(delivered(mail("receipt", method=method))):
        assert words in text


@pytest.mark.parametrize(
    ("balance_cents", "charged_cents", "words"),
    [
        (70_000, 120_000, "Balance due: $700.00"),
        (0, 120_000, "Paid in full. Balance due: $0.00"),
        (-30_000, 120_000, "Paid in full, with $300.00 to your credit."),
    ],
)
def test_a_receipt_says_what_is_left_to_pay(balance_cents: int, charged_cents: int, words: str) -> None:
    queued = mail("receipt", balance_cents=balance_cents, charged_cents=charged_cents)
    for text in read(delivered(queued)):
        assert words in text


def test_the_mail_of_a_charter_without_a_fee_names_no_balance_and_no_credit() -> None:
    for text in read(delivered(mail("receipt", balance_cents=-50_000, charged_cents=0))):
        assert "credit" not in text
        assert "Balance" not in text


def test_a_refund_for_a_cancelled_charter_asks_for_nothing() -> None:
    for text in read(delivered(mail("receipt", kind="refund", status="cancelled", balance_cents=120_000))):
        assert "We have refunded $500.00 to you" in text
        assert "Balance due" not in text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, True),
        ({"kind": "refund"}, False),
        ({"kind": "tip", "starts_at": "2026-11-20T01:00:00Z"}, False),
        ({"starts_at": "2026-11-20T01:00:00Z"}, False),
        ({"status": "cancelled"}, False),
    ],
)
def test_a_receipt_looks_forward_only_to_a_trip_that_is_to_come(changes: dict[str, Any], said: bool) -> None:
    for text in read(delivered(mail("receipt", **changes))):
        assert ("We look forward to having you aboard." in text) is said


def test_a_correction_takes_the_receipt_back_and_says_why() -> None:
    message = delivered(mail("correction"))
    assert message["Subject"] == "Correction: the payment of $500.00 for Sunset sail"
    for words in read(message):
        for text in ("was a mistake of ours", "no money has moved", "sent a receipt for it", "typed twice"):
            assert text in words
        assert "Balance due: $700.00" in words
        assert "Bay Sail" in words


def test_a_bounce_mail_is_kind_and_says_why() -> None:
    message = delivered(mail("bounce", method="check"))
    assert message["Subject"] == "Your payment of $500.00 did not go through"
    for words in read(message):
        for text in ("by check was returned by the bank", "no cover", "Balance due: $700.00", "+1 415 555 0123"):
            assert text in words


@pytest.mark.parametrize(
    ("method", "words"),
    [("check", "by check was returned by the bank, so"), ("venmo", "by Venmo was returned, so")],
)
def test_a_bounce_mail_names_a_bank_only_where_a_bank_returned_the_payment(method: str, words: str) -> None:
    for text in read(delivered(mail("bounce", method=method))):
        assert words in text


def test_a_tip_that_bounced_is_not_asked_for_again() -> None:
    for text in read(delivered(mail("bounce", kind="tip", method="venmo"))):
        assert "Your tip of $500.00 by Venmo was returned" in text
        assert "there is nothing that you have to do" in text
        assert "find another way" not in text


@pytest.mark.parametrize("form", ["receipt", "correction"])
def test_a_refund_goes_to_the_payer(form: str) -> None:
    for text in read(delivered(mail(form, kind="refund", method="zelle"))):
        assert "Refunded Sunday, November 22, 2026 To Ana Rivera" in text
        assert "Received" not in text


def test_a_correction_says_if_the_mistake_was_about_money_from_or_to_the_patron() -> None:
    for text in read(delivered(mail("correction"))):
        assert "We had entered a payment of $500.00 from you" in text
    for text in read(delivered(mail("correction", kind="refund"))):
        assert "We had entered a refund of $500.00 to you" in text


def test_a_reminder_names_amount_and_charter_and_says_what_to_do_and_that_mails_may_cross() -> None:
    event = operator.event(balance_reminders=True)
    event = event._replace(sums=Sums(received_cents=60_000, refunded_cents=10_000))
    message = delivered(charter_mails.reminder_mail(event, 7, operator.NOW))
    assert message["Subject"] == "Reminder: $700.00 due for Sunset sail"
    assert message["To"] == "Ana Rivera <ana@example.com>"
    for words in read(message):
        for text in (
            "Hello Ana Rivera,",
            "Sunset sail, Sea Otter",
            "Saturday, November 28, 2026, 5:00 PM PST",
            "Fee $1,200.00 Paid $500.00 Due $700.00",
            "Please pay the balance before we cast off",
            "answer this mail or call +1 415 555 0123",
            "our messages have crossed",
            "Bay Sail",
        ):
            assert text in words


def test_a_reminder_is_one_mail_even_if_it_is_queued_often_and_it_holds_no_guest_link() -> None:
    event = operator.event(balance_reminders=True)
    first, again = (charter_mails.reminder_mail(event, 7, operator.at(minutes)) for minutes in (0, 90))
    assert first.mail_id == again.mail_id
    assert first.mail_id != charter_mails.reminder_mail(event, 2, operator.NOW).mail_id
    assert event.event_id not in first.mail_id


def test_a_hostile_charter_is_text_in_a_reminder_too() -> None:
    patron = {"name": HOSTILE, "email": "ana@example.com", "phone": ""}
    event = operator.event(title=HOSTILE, vessel=HOSTILE, departure_port=HOSTILE, patron=patron)
    _all_of_it_is_text(delivered(charter_mails.reminder_mail(event, 7, operator.NOW)))


def test_a_signer_gets_the_whole_text_and_what_was_recorded() -> None:
    queued = waiver_mail()
    record = queued.data["record"]
    message = delivered(queued)
    assert message["Subject"] == "Your signed copy: Release"
    for words in read(message):
        for text in (
            "Ana Rivera, Tim Rivera",
            *(record[name] for name in ("waiver_id", "waiver_version", "leaf_hash", "intent_statement")),
            sealing.statements("en")["intent"],
            "wind",
            "waves",
        ):
            assert text in words
    assert {"h2", "ul", "li"} <= Words(text_of(message, "html")).tags


def test_amounts_are_written_in_the_currency_of_the_charter() -> None:
    for words in read(delivered(mail("receipt", currency="JPY", amount_cents=50_000))):
        assert "¥50,000" in words


@pytest.mark.parametrize("kind", ["receipt", "correction", "bounce"])
def test_hostile_names_are_text_in_both_forms(kind: str) -> None:
    message = delivered(
        mail(
            kind,
            title=HOSTILE,
            vessel=HOSTILE,
            patron={"name": HOSTILE, "email": "ana@example.com", "phone": ""},
            payer=HOSTILE,
            reference=HOSTILE,
            reason=HOSTILE,
        )
    )
    _all_of_it_is_text(message)
    assert message["To"].addresses[0].addr_spec == "ana@example.com"
    assert message["To"].addresses[0].display_name == HOSTILE


def test_a_hostile_signer_is_text_in_both_forms() -> None:
    message = delivered(waiver_mail(signer=HOSTILE, title=HOSTILE, text=HOSTILE + "\n\n[x](javascript:alert(1))"))
    _all_of_it_is_text(message)
    assert 'href="javascript' not in text_of(message, "html")


@pytest.mark.parametrize(("language", "greeting"), [("en", "Hello,"), ("es", "Hola:")])
def test_what_a_guest_typed_stands_neither_in_greeting_nor_in_subject_nor_in_the_to_name(
    language: str, greeting: str
) -> None:
    typed = "Your payment failed - call us"
    asked = waiver_mails.request_mail(
        "waiver_again", "again", "ana@example.com", operator.event(), [typed], language, operator.NOW
    )
    for message in (delivered(waiver_mail(signer=typed, language=language)), delivered(asked)):
        assert message["To"] == "ana@example.com"
        assert typed not in message["Subject"]
        assert greeting in text_of(message).splitlines()
        assert greeting in Words(text_of(message, "html")).words


def test_a_copy_names_the_people_whom_it_covers_in_its_list_only() -> None:
    lines = [line for line in text_of(delivered(waiver_mail(signer="Bo Sund"))).splitlines() if "Bo Sund" in line]
    assert lines == ["  For: Bo Sund, Tim Rivera"]


def test_a_reminder_to_a_listed_guest_greets_by_name() -> None:
    asked = waiver_mails.request_mail(
        "waiver_reminder", "reminder", "bo@example.com", operator.event(), ["Bo Sund"], "en", operator.NOW
    )
    message = delivered(asked)
    assert message["To"].addresses[0].display_name == "Bo Sund"
    assert "Hello Bo Sund," in text_of(message).splitlines()


def _all_of_it_is_text(message: EmailMessage) -> None:
    shown = Words(text_of(message, "html"))
    assert "script" not in shown.tags
    for words in (text_of(message), " ".join(shown.words)):
        assert "<script>alert('x')</script> & \"Ana\" {{ 7*7 }}" in words
    assert len(message.get_all("Subject", [])) == 1
    assert set(message.keys()) <= {
        "From",
        "To",
        "Reply-To",
        "Subject",
        "Date",
        "Message-ID",
        "Auto-Submitted",
        "MIME-Version",
        "Content-Type",
    }


@pytest.mark.parametrize("break_", ["\r\n", "\n", "\r", "\x0b", "\x0c", "\x85", "\u2028"])
def test_no_name_can_put_a_header_into_a_mail(break_: str) -> None:
    """The API lets no such name in; a mail must not depend on that."""
    name = f"Ana{break_}Bcc: spy@example.com"
    queued = mail("receipt", title=name, patron={"name": name, "email": "ana@example.com", "phone": ""})
    try:
        message = delivered(queued)
    except ValueError:
        return
    assert message["Bcc"] is None
    assert [one.addr_spec for one in message["To"].addresses] == ["ana@example.com"]


@pytest.mark.parametrize(
    "name", ["Renée Müller", "李雷", "Rivera, Ana", 'Ana "Cap" Rivera', "Ana (the captain)", "ana@x", ""]
)
def test_any_name_reaches_its_address(name: str) -> None:
    message = delivered(mail("receipt", patron={"name": name, "email": "ana@example.com", "phone": ""}))
    (to,) = message["To"].addresses
    assert (to.display_name, to.addr_spec) == (name, "ana@example.com")


def test_a_long_title_makes_one_subject() -> None:
    title = "Ünterwegs 🚢 " * 9
    message = delivered(mail("receipt", title=title.strip()))
    assert message["Subject"] == f"We received your payment of $500.00 for {title.strip()}"


def again_after(status: Any, queued: Mail) -> Mail:
    """The mail as an admin sends it again."""
    ended = {"status": status, "note": "", "attempts": 1, "finished_at": "2026-11-22T20:05:00Z", "to": queued.to}
    one: Any = {"at": "2026-11-22T21:00:00Z", "by": "admin", "address": "192.0.2.7", **ended}
    return queued._replace(retries=(*queued.retries, one))


@pytest.mark.parametrize("status", ["uncertain", "failed"])
def test_a_mail_that_may_have_arrived_carries_the_same_message_id_when_it_is_sent_again(status: str) -> None:
    first = mail("receipt")
    again = again_after(status, first)
    assert delivered(again)["Message-ID"] == delivered(first)["Message-ID"]


def test_a_mail_that_went_out_carries_another_message_id_when_an_admin_sends_it_again() -> None:
    mails = [waiver_mail()]
    for status in ("sent", "uncertain", "sent"):
        mails.append(again_after(status, mails[-1]))
    ids = [delivered(one)["Message-ID"] for one in mails]
    assert ids[1] == ids[2]
    assert len(set(ids)) == 3
    assert {read_mail_id(delivered(one)) for one in mails} == {mails[0].mail_id}


def test_a_mail_is_dated_by_the_try_that_sends_it() -> None:
    queued = mail("receipt")
    for minutes in (0, 90):
        sent = outbox.compose(queued, defaults(), operator.at(minutes))
        assert parsedate_to_datetime(str(sent["Date"])) == operator.at(minutes)


def test_every_try_of_a_mail_carries_the_same_message_id_and_every_mail_its_own() -> None:
    first, second = mail("receipt"), mail("receipt")
    ids = [
        outbox.compose(queued, defaults(), operator.NOW)["Message-ID"]
        for queued in (first, first, second, mail("bounce"))
    ]
    assert ids[0] == ids[1]
    assert len(set(ids)) == 3
    assert all(one.endswith("@sail.example.com>") for one in ids)


def test_gmail_sends_from_its_own_user() -> None:
    gmail = {"SCC_MAIL_TRANSPORT": "gmail", "SCC_GMAIL_USER": "bay@gmail.com", "SCC_GMAIL_TOKEN": "token"}
    queued = mail("receipt")
    with operator.operating(**gmail):
        message = delivered(queued)
    assert message["From"] == "Bay Sail <bay@gmail.com>"
    assert message["Reply-To"] == "Bay Sail <ops@sail.example.com>"
    assert "token" not in message.as_string()


def test_no_mail_is_queued_where_there_is_no_address() -> None:
    event = operator.event(patron={"name": "Ana", "email": "", "phone": ""})
    row = payment_json({**operator.payment(event.event_id), "receipt": "pending"})
    assert payment_mails.receipt_mail(event, row, operator.NOW) is None


def test_a_queued_mail_is_held_by_the_request_that_queues_it() -> None:
    queued = mail("receipt")
    assert queued.attempts == 1
    assert queued.due_at == "2026-11-22T20:01:00Z"


def test_the_same_payment_id_on_two_charters_is_two_mails() -> None:
    one = operator.uuid()
    assert mail("receipt", payment_id=one).mail_id != mail("receipt", payment_id=one).mail_id
