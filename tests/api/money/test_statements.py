"""The statement that is mailed: its number, what is due, by when, how to pay."""

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from chalicelib.core import settings, system
from chalicelib.mail import outbox, transport
from chalicelib.mail.transport import Outcome
from chalicelib.payments.statements import send_statement, statement_number
from chalicelib.sweep import MAIL_KINDS
from tests.api.money.conftest import Money
from tests.support import operator
from tests.support.api import Answer, Api, listed_mails, new_event, new_settings
from tests.support.mails import text_of
from tests.support.operator import PASSWORD
from tests.support.races import at_once


def send(api: Api, event_id: str, **body: Any) -> Answer:
    return api.post(f"/api/events/{event_id}/statement", body)


def texts_of(message: EmailMessage) -> list[str]:
    return [text_of(message), text_of(message, "html")]


def test_it_tells_the_patron_what_is_due_by_when_and_how_to_pay(
    api: Api, money: Money, mailbox: list[EmailMessage]
) -> None:
    ways = [
        {"method": "zelle", "text": "pay@gate.example.com"},
        {"method": "check", "text": "Gate Sailing Co.\nPier 39"},
    ]
    api.put("/api/settings", new_settings(pay_to=ways))
    money.log(1, amount_cents=40_000, kind="deposit", method="check", reference="1042", notify=False)
    money.log(2, amount_cents=5_000, kind="refund", refund_of=money.id(1), notify=False)
    money.log(3, amount_cents=9_900, kind="tip", notify=False)
    money.log(4, amount_cents=77_700, method="check", notify=False)
    money.act(4, "bounce")
    mailbox.clear()
    answer = send(api, money.event_id, due_date="2030-05-20", note="PO 4711\nThank you.")
    assert answer.status == 202
    number = answer.json["number"]
    assert answer.json == {"number": number, "to": "ana@example.com"}
    (mail,) = mailbox
    assert mail["Subject"] == f"Statement {number}: $850.00 due for Sunset sail"
    assert "ana@example.com" in mail["To"]
    words = (
        "Ana Rivera", number, "$1,200.00", "$400.00 by check (1042)", "$50.00", "$850.00", "Monday, May 20, 2030",
        "Zelle: pay@gate.example.com", "Check: Gate Sailing Co.", "Pier 39", "PO 4711", "$99.00 in tips",
    )  # fmt: skip
    for text in texts_of(mail):
        assert [word for word in words if word not in text] == []
        assert "$777.00" not in text, "a returned check is no payment"


def test_the_number_belongs_to_the_charter_and_stays(api: Api, money: Money, clock: list[datetime]) -> None:
    first = send(api, money.event_id).json["number"]
    api.patch(f"/api/events/{money.event_id}", {"version": 1, "title": "Other", "starts_at": "2030-05-01T10:00:00Z"})
    clock[0] += timedelta(days=400)
    api.token = api.post("/api/login", {"password": PASSWORD}).json["token"]
    other = money.charter()
    assert send(api, money.event_id).json["number"] == first
    assert send(api, other).json["number"] != first
    assert money.event_id[:6] not in first


def test_the_number_stays_when_the_operator_moves_to_another_time_zone(
    api: Api, money: Money, monkeypatch: pytest.MonkeyPatch
) -> None:
    midnight = datetime(2030, 1, 1, tzinfo=UTC)
    monkeypatch.setattr(system, "utc_now", lambda: midnight)
    api.token = api.post("/api/login", {"password": PASSWORD}).json["token"]
    charter = money.charter()
    numbers = set()
    for timezone in ("Pacific/Honolulu", "UTC", "Pacific/Auckland"):
        monkeypatch.setenv("SCC_TIMEZONE", timezone)
        settings.forget()
        numbers.add(send(api, charter).json["number"])
    assert {number[:5] for number in numbers} == {"2030-"}
    assert len(numbers) == 1


@pytest.mark.parametrize("paid_cents", [120_000, 150_000])
def test_with_nothing_due_it_says_paid_in_full(
    api: Api, money: Money, mailbox: list[EmailMessage], paid_cents: int
) -> None:
    money.log(1, amount_cents=paid_cents, notify=False)
    number = send(api, money.event_id).json["number"]
    assert mailbox[-1]["Subject"] == f"Statement {number}: paid in full, Sunset sail"
    for text in texts_of(mailbox[-1]):
        assert "paid in full" in text
        assert "Please pay" not in text
        assert ("Credit" in text) == ("$300.00" in text) == (paid_cents > 120_000)


def test_where_nothing_was_ever_to_pay_it_says_paid_in_full_too(
    api: Api, money: Money, mailbox: list[EmailMessage]
) -> None:
    free, off = money.charter(charter_fee_cents=0), money.charter()
    api.post(f"/api/events/{off}/cancel", {"reason": "storm"})
    for event_id in (free, off):
        number = send(api, event_id).json["number"]
        assert mailbox[-1]["Subject"] == f"Statement {number}: paid in full, Sunset sail"
        for text in texts_of(mailbox[-1]):
            assert "Nothing is due for this charter" in text
            assert "paid in full" in text
            assert ("which was cancelled" in text) == (event_id == off)


def test_of_a_cancelled_charter_it_tells_the_cancellation_fee(
    api: Api, money: Money, mailbox: list[EmailMessage]
) -> None:
    money.log(1, amount_cents=30_000, notify=False)
    url = f"/api/events/{money.event_id}"
    api.post(f"{url}/cancel", {"reason": "storm", "cancellation_fee_cents": 50_000})
    send(api, money.event_id)
    for text in texts_of(mailbox[-1]):
        assert "that was cancelled" in text
        for word in ("Cancellation fee", "$500.00", "$300.00", "$200.00", "receipt of this statement"):
            assert word in text
        assert "$1,200.00" not in text
    api.patch(url, {"version": 2, "cancellation_fee_cents": 10_000})
    send(api, money.event_id, note="less")
    for text in texts_of(mailbox[-1]):
        assert "To refund" in text
        assert "$200.00" in text


def test_without_a_date_it_is_due_on_the_day_of_the_charter_and_then_on_receipt(
    api: Api, money: Money, mailbox: list[EmailMessage]
) -> None:
    send(api, money.event_id)
    assert "Due by      Saturday, June 1, 2030" in text_of(mailbox[-1])
    over = money.charter(starts_at="2026-01-05T10:00:00Z", ends_at="2026-01-05T12:00:00Z")
    send(api, over)
    assert "Due by      receipt of this statement" in text_of(mailbox[-1])


def test_another_address_replaces_the_patrons_and_is_not_greeted_by_their_name(
    api: Api, money: Money, mailbox: list[EmailMessage]
) -> None:
    assert send(api, money.event_id, to="Books@Corp.example.com").json["to"] == "Books@Corp.example.com"
    (mail,) = mailbox
    assert mail["To"] == "Books@Corp.example.com"
    assert text_of(mail).startswith("Hello,\n")
    assert "For         Ana Rivera" in text_of(mail)


def test_without_any_address_it_is_refused_by_name(api: Api, money: Money, mailbox: list[EmailMessage]) -> None:
    nobody = money.charter(patron={"name": "Ana", "email": "", "phone": ""})
    refused = send(api, nobody)
    assert (refused.status, list(refused.json["Fields"])) == (400, ["to"])
    assert mailbox == []
    assert send(api, nobody, to="ana@example.com").status == 202


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"to": "nobody"}, "to"),
        ({"to": "a@b.example, c@d.example"}, "to"),
        ({"due_date": "soon"}, "due_date"),
        ({"due_date": "2026-02-30"}, "due_date"),
        ({"note": 7}, "note"),
        ({"note": "x" * 1001}, "note"),
        ({"amount_cents": 7}, "amount_cents"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_mailed(
    api: Api, money: Money, mailbox: list[EmailMessage], body: dict[str, Any], field: str
) -> None:
    answer = send(api, money.event_id, **body)
    assert (answer.status, list(answer.json["Fields"])) == (400, [field])
    assert mailbox == []


def test_a_double_tap_is_one_mail_and_other_words_are_another(
    api: Api, money: Money, clock: list[datetime], mailbox: list[EmailMessage]
) -> None:
    answers = [send(api, money.event_id).text for _ in range(3)]
    clock[0] += timedelta(seconds=9)
    answers.append(send(api, money.event_id).text)
    assert len(set(answers)) == len(mailbox) == 1
    send(api, money.event_id, note="please")
    assert len(mailbox) == 2
    clock[0] += timedelta(minutes=1)
    send(api, money.event_id)
    assert len(mailbox) == 3


def test_asked_for_again_after_a_payment_it_is_no_double_tap(
    api: Api, money: Money, clock: list[datetime], mailbox: list[EmailMessage]
) -> None:
    send(api, money.event_id)
    money.log(1, amount_cents=20_000, notify=False)
    send(api, money.event_id)
    api.patch(f"/api/events/{money.event_id}", {"version": 1, "charter_fee_cents": 150_000})
    send(api, money.event_id)
    due = [str(mail["Subject"]).partition(": ")[2].partition(" due")[0] for mail in mailbox]
    assert due == ["$1,200.00", "$1,000.00", "$1,300.00"]


@pytest.mark.parametrize("second", [0, 5, 9])
def test_a_double_tap_is_one_mail_wherever_the_clock_stands(
    api: Api, money: Money, clock: list[datetime], mailbox: list[EmailMessage], second: int
) -> None:
    clock[0] += timedelta(seconds=second)
    send(api, money.event_id)
    clock[0] += timedelta(seconds=9)
    send(api, money.event_id)
    assert len(mailbox) == 1
    clock[0] += timedelta(seconds=1)
    send(api, money.event_id)
    assert len(mailbox) == 2


def test_two_at_once_on_two_clocks_are_one_mail(
    money: Money, clock: list[datetime], mailbox: list[EmailMessage]
) -> None:
    moments = [clock[0] + timedelta(seconds=seconds) for seconds in (-1, 0, -1, 0)]
    answers = at_once(4, lambda number: send_statement(money.event_id, {}, actor=operator.ADMIN, now=moments[number]))
    assert all(answer == answers[0] for answer in answers)
    assert len(mailbox) == 1


def test_two_at_once_are_one_mail(api: Api, money: Money, clock: list[datetime], mailbox: list[EmailMessage]) -> None:
    clients = [api.with_token(api.token) for _ in range(4)]
    answers = at_once(4, lambda number: send(clients[number], money.event_id))
    assert {one.status for one in answers} == {202}
    assert len({one.text for one in answers}) == len(mailbox) == 1


def test_the_history_tells_that_it_was_sent_and_by_whom(api: Api, money: Money) -> None:
    send(api, money.event_id)
    sent = api.get(f"/api/events/{money.event_id}/history").json["events"][0]
    assert (sent["act"], sent["by"], sent["actor_type"]) == ("statement_sent", "admin", "admin")


def test_one_that_has_waited_tells_what_is_due_when_it_leaves(
    api: Api, money: Money, mailbox: list[EmailMessage], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as busy:
        busy.setattr(transport, "send", lambda _: Outcome("retry", "SES: ServiceUnavailable"))
        assert send(api, money.event_id).status == 202
    money.log(1, amount_cents=20_000, notify=False)
    assert [one["subject"] for one in listed_mails(api, "queued")] != []
    outbox.sweep(MAIL_KINDS, system.utc_now() + timedelta(minutes=5))
    assert "$1,000.00 due" in mailbox[-1]["Subject"]


@pytest.mark.parametrize("is_to_patron", [True, False])
def test_one_that_has_waited_goes_to_who_is_the_patron_then(
    api: Api, money: Money, mailbox: list[EmailMessage], monkeypatch: pytest.MonkeyPatch, is_to_patron: bool
) -> None:
    with monkeypatch.context() as busy:
        busy.setattr(transport, "send", lambda _: Outcome("retry", "SES: ServiceUnavailable"))
        send(api, money.event_id, **({} if is_to_patron else {"to": "books@corp.example.com"}))
    patron = {"name": "Ben Okoye", "email": "ben@example.com", "phone": ""}
    api.patch(f"/api/events/{money.event_id}", {"version": 1, "patron": patron})
    outbox.sweep(MAIL_KINDS, system.utc_now() + timedelta(minutes=5))
    (mail,) = mailbox
    greeted = (
        ("Ben Okoye <ben@example.com>", "Hello Ben Okoye,") if is_to_patron else ("books@corp.example.com", "Hello,")
    )
    assert (mail["To"], text_of(mail).splitlines()[0]) == greeted
    assert "For         Ben Okoye" in text_of(mail)


@pytest.mark.parametrize(
    ("asked", "moved_to", "due"),
    [
        ({}, "2030-06-08T17:00:00Z", "Saturday, June 8, 2030"),
        ({}, "2020-06-08T17:00:00Z", "receipt of this statement"),
        ({"due_date": "2030-05-20"}, "2030-06-08T17:00:00Z", "Monday, May 20, 2030"),
    ],
)
def test_one_that_has_waited_is_due_on_the_day_that_holds_then_unless_one_was_named(
    api: Api,
    money: Money,
    mailbox: list[EmailMessage],
    monkeypatch: pytest.MonkeyPatch,
    asked: dict[str, str],
    moved_to: str,
    due: str,
) -> None:
    with monkeypatch.context() as busy:
        busy.setattr(transport, "send", lambda _: Outcome("retry", "SES: ServiceUnavailable"))
        send(api, money.event_id, **asked)
    times = {"starts_at": moved_to, "ends_at": moved_to.replace("T17", "T19")}
    assert api.patch(f"/api/events/{money.event_id}", {"version": 1, **times}).status == 200
    outbox.sweep(MAIL_KINDS, system.utc_now() + timedelta(minutes=5))
    assert f"Due by      {due}" in text_of(mailbox[-1])


def test_an_unknown_charter_has_none(api: Api, guest: Api) -> None:
    assert send(api, "A" * 22).status == 404
    api.token = None
    assert send(api, "A" * 22).status == 401


def test_every_charter_has_a_number_of_its_own(api: Api) -> None:
    charters = [api.post("/api/events", new_event()).json["event_id"] for _ in range(20)]
    assert len({send(api, one).json["number"] for one in charters}) == 20


def test_another_time_zone_of_the_operator_changes_no_number() -> None:
    """Of a charter that was made when it was New Year's Eve here and New Year's Day there."""
    found = set()
    for zone in ("America/Los_Angeles", "Pacific/Auckland"):
        with operator.operating(SCC_TIMEZONE=zone):
            found.add(statement_number("A" * 22, "2027-01-01T03:00:00Z"))
    assert len(found) == 1
