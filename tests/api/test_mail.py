"""The page Mail: what is queued, sent, failed, uncertain; sending again; the reminders' switch."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.core import retry, system, times
from chalicelib.mail import admin as mail_admin
from chalicelib.mail import outbox
from chalicelib.mail import store as mail_store
from chalicelib.mail.transport import Outcome
from chalicelib.sweep import MAIL_KINDS
from tests.support import operator
from tests.support.api import Api, listed_mails, new_event, receipt_of
from tests.support.doubles.mail_service import ScriptedMailService
from tests.support.races import at_once
from tests.support.signed import sign

SUBJECT = "We received your payment of $500.00 for Sunset sail"


# --- list -----------------------------------------------------------------------------------------


def test_a_mail_is_listed_with_what_it_is_about(
    api: Api, event: dict[str, Any], log: Any, service: ScriptedMailService
) -> None:
    payment = log()["payment"]
    (mail,) = listed_mails(api, "sent")
    assert mail == {
        "mail_id": mail["mail_id"],
        "kind": "receipt",
        "to": "ana@example.com",
        "subject": SUBJECT,
        "event_id": event["event_id"],
        "charter": "Sunset sail",
        "payment_id": payment["payment_id"],
        "status": "sent",
        "attempts": 1,
        "created_at": payment["recorded_at"],
        "due_at": None,
        "finished_at": mail["finished_at"],
        "note": "SES: 0100",
    }
    assert mail["finished_at"] >= payment["recorded_at"]
    assert service.mailbox[0]["Subject"] == SUBJECT


def test_a_queued_mail_says_when_it_is_tried_again_and_why_the_last_try_failed(
    api: Api, log: Any, service: ScriptedMailService
) -> None:
    service.answers = [Outcome("retry", "SMTP: 450")]
    recorded_at = times.parse_instant(log()["payment"]["recorded_at"])
    (mail,) = api.get("/api/mail").json["mails"]
    assert mail["due_at"] == times.format_instant(recorded_at + timedelta(minutes=1))
    assert (mail["status"], mail["finished_at"], mail["note"]) == ("queued", None, "SMTP: 450")


@pytest.mark.parametrize("status", ["failed", "uncertain"])
def test_the_page_shows_failed_and_uncertain_mails_apart(
    api: Api, event: dict[str, Any], log: Any, service: ScriptedMailService, status: Any
) -> None:
    service.answers = [Outcome(status, "SES: as said")]
    log()
    assert [mail["note"] for mail in listed_mails(api, status)] == ["SES: as said"]
    assert receipt_of(api, event["event_id"]) == "failed"
    others = {"queued", "sent", "failed", "uncertain", "cancelled"} - {status}
    assert not any(listed_mails(api, other) for other in others)


def test_pages_are_newest_first_and_queued_ones_next_due_first(api: Api) -> None:
    minutes = [3, 1, 5, 2, 4, 5]
    for number, minute in enumerate(minutes):
        due_at = times.format_instant(operator.at(minute))
        for status in ("queued", "sent"):
            data = {"event": {"event_id": "A" * 22, "title": "Sail"}, "name": "Ana"}
            mail = mail_store.Mail(f"{status}-{number}", "receipt", "ana@example.com", data, due_at, 1, status)
            mail_store.put_mail(mail)

    in_order = [times.format_instant(operator.at(minute)) for minute in sorted(minutes)]
    assert [mail["due_at"] for mail in read_pages(api, "queued", limit=2)] == in_order
    assert [mail["finished_at"] for mail in read_pages(api, "sent", limit=2)] == in_order[::-1]


@pytest.mark.parametrize("status", ["queued", "failed"])
def test_no_page_skips_a_mail_of_the_same_moment_whose_id_begins_like_another_ones(api: Api, status: Any) -> None:
    ids = ["1-receipt", "1-receipt-void", "1-receipt-void-2", "2-receipt"]
    for mail_id in ids:
        data = {"name": "Ana"}
        mail_store.put_mail(
            mail_store.Mail(mail_id, "receipt", "ana@example.com", data, "2026-11-22T20:00:00Z", 1, status)
        )
    assert sorted(mail["mail_id"] for mail in read_pages(api, status, limit=1)) == ids


def read_pages(api: Api, status: str, limit: int) -> list[dict[str, Any]]:
    seen, cursor = [], ""
    for _ in range(10):
        answer = api.get(f"/api/mail?status={status}&limit={limit}{cursor}").json
        assert len(answer["mails"]) <= limit
        seen += answer["mails"]
        if answer["next_cursor"] is None:
            break
        cursor = f"&cursor={answer['next_cursor']}"
    return seen


def test_a_page_is_one_query(api: Api, log: Any, service: ScriptedMailService, calls: list[str]) -> None:
    for _ in range(5):
        log()
    calls.clear()
    assert len(api.get("/api/mail?status=sent&limit=3").json["mails"]) == 3
    # The session, the mails, and once for all of them who the operator is.
    assert calls == ["GetItem", "Query", "GetItem"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("status=lost", "status"),
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("cursor=nonsense", "cursor"),
        ("kind=receipt", "kind"),
    ],
)
def test_a_wrong_query_is_refused_by_name(api: Api, query: str, field: str) -> None:
    answer = api.get(f"/api/mail?{query}")
    assert (answer.status, list(answer.json["Fields"])) == (400, [field])


def test_the_cursor_of_one_status_is_none_of_another(api: Api, log: Any, service: ScriptedMailService) -> None:
    log()
    log()
    cursor = api.get("/api/mail?status=sent&limit=1").json["next_cursor"]
    assert cursor
    assert api.get(f"/api/mail?status=failed&cursor={cursor}").status == 400


def test_a_signers_copy_is_listed_with_its_subject(
    api: Api, event: dict[str, Any], guest: Api, service: ScriptedMailService
) -> None:
    sign(guest, event, signer_email="bo@example.com")
    (mail,) = listed_mails(api, "sent")
    assert (mail["kind"], mail["subject"], mail["charter"]) == (
        "waiver_copy", "Your signed copy: Release of Liability and Assumption of Risk", "Sunset sail"
    )  # fmt: skip
    assert service.mailbox[0]["Subject"] == mail["subject"]


def test_a_mail_whose_text_cannot_be_made_is_listed_too(api: Api) -> None:
    mail_store.put_mail(
        mail_store.Mail("broken", "correction", "ana@example.com", {"name": "Ana"}, "2026-11-22T20:00:00Z")
    )
    (mail,) = listed_mails(api, "queued")
    assert (mail["mail_id"], mail["subject"], mail["event_id"]) == ("broken", "", None)


def test_mail_is_for_admins(guest: Api) -> None:
    assert guest.get("/api/mail").status == 401
    assert guest.post("/api/mail/some-mail/retry").status == 401


# --- again ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["failed", "uncertain"])
def test_a_failed_or_uncertain_mail_is_sent_again_at_once(
    api: Api, event: dict[str, Any], log: Any, service: ScriptedMailService, status: Any
) -> None:
    service.answers = [Outcome(status, "SES: as said")]
    log()
    (mail,) = listed_mails(api, status)
    answer = api.post(f"/api/mail/{mail['mail_id']}/retry", {})
    assert answer.status == 202
    assert (answer.json["status"], answer.json["attempts"]) == ("sent", 1)
    assert [message["Subject"] for message in service.mailbox] == [SUBJECT]
    assert receipt_of(api, event["event_id"]) == "sent"
    assert not listed_mails(api, status)


def test_who_sent_it_again_and_how_it_had_ended_stays_noted(api: Api, log: Any, service: ScriptedMailService) -> None:
    service.answers = [Outcome("failed", "SES: MessageRejected"), Outcome("uncertain", "SES: ReadTimeoutError")]
    log()
    (mail,) = listed_mails(api, "failed")
    api.post(f"/api/mail/{mail['mail_id']}/retry")
    kept = mail_store.read_mail(mail["mail_id"])
    assert kept
    (retry,) = kept.retries
    assert (retry["by"], retry["status"], retry["note"]) == ("admin", "failed", "SES: MessageRejected")
    assert (retry["attempts"], retry["finished_at"]) == (1, mail["finished_at"])
    assert retry["address"]
    assert (kept.status, kept.note) == ("uncertain", "SES: ReadTimeoutError")


@pytest.mark.parametrize(("patron", "goes_to"), [("new@example.com", "new@example.com"), ("", "ana@example.com")])
def test_a_mail_about_money_sent_again_goes_to_the_patrons_current_address(
    api: Api, event: dict[str, Any], log: Any, service: ScriptedMailService, patron: str, goes_to: str
) -> None:
    service.answers = [Outcome("failed", "SES: bounced")]
    log()
    body = {"version": 1, "patron": {"name": "Ana Rivera", "email": patron, "phone": ""}}
    assert api.patch(f"/api/events/{event['event_id']}", body).status == 200
    (mail,) = listed_mails(api, "failed")
    assert api.post(f"/api/mail/{mail['mail_id']}/retry", {}).json["to"] == goes_to
    assert [message["To"].addresses[0].addr_spec for message in service.mailbox] == [goes_to]
    kept = mail_store.read_mail(mail["mail_id"])
    assert kept
    assert kept.retries[0]["to"] == "ana@example.com"


def test_a_retry_that_fails_is_queued_like_a_new_mail(
    api: Api, event: dict[str, Any], log: Any, service: ScriptedMailService
) -> None:
    service.answers = [Outcome("failed", "SES: MessageRejected"), Outcome("retry", "SES: Throttling")]
    log()
    (mail,) = listed_mails(api, "failed")
    again = api.post(f"/api/mail/{mail['mail_id']}/retry").json
    assert (again["status"], again["attempts"], again["note"]) == ("queued", 1, "SES: Throttling")
    assert receipt_of(api, event["event_id"]) == "pending"
    assert outbox.sweep(MAIL_KINDS, system.utc_now() + timedelta(minutes=2)) == 1
    assert receipt_of(api, event["event_id"]) == "sent"


def test_a_double_tap_is_one_retry(api: Api, log: Any, service: ScriptedMailService) -> None:
    service.answers = [Outcome("failed", "1"), Outcome("failed", "2"), Outcome("failed", "3")]
    log()
    (mail,) = listed_mails(api, "failed")
    url = f"/api/mail/{mail['mail_id']}/retry"
    answers = [api.post(url), api.post(url)]
    assert [(answer.status, answer.json["note"]) for answer in answers] == [(202, "2"), (202, "2")]
    later = system.utc_now() + retry.DOUBLE_TAP + timedelta(seconds=1)
    assert mail_admin.send_again(mail["mail_id"], kinds=MAIL_KINDS, actor=operator.ADMIN, now=later)["note"] == "3"


def test_when_many_admins_send_a_mail_again_at_once_it_goes_out_once(
    log: Any, api: Api, service: ScriptedMailService
) -> None:
    service.answers = [Outcome("failed", "SES: MessageRejected")]
    log()
    (mail,) = listed_mails(api, "failed")

    def retry(_: int) -> str:
        try:
            return str(
                mail_admin.send_again(mail["mail_id"], kinds=MAIL_KINDS, actor=operator.ADMIN, now=system.utc_now())[
                    "status"
                ]
            )
        except mail_admin.MailConflict:
            return "refused"

    answers = at_once(6, retry)
    assert answers.count("sent") == 1
    assert answers.count("refused") == 5
    assert len(service.mailbox) == 1


def test_a_mail_that_was_sent_or_is_queued_is_not_sent_again(api: Api, log: Any, service: ScriptedMailService) -> None:
    log()
    (sent,) = listed_mails(api, "sent")
    service.answers = [Outcome("retry", "SMTP: 450")]
    log()
    (queued,) = listed_mails(api, "queued")
    for mail in (sent, queued):
        answer = api.post(f"/api/mail/{mail['mail_id']}/retry")
        assert (answer.status, answer.json["Code"]) == (409, "MailConflict")
    assert len(service.mailbox) == 1


def test_a_receipt_whose_payment_was_voided_is_cancelled_instead(
    api: Api, event: dict[str, Any], log: Any, service: ScriptedMailService
) -> None:
    service.answers = [Outcome("failed", "SES: MessageRejected")]
    payment = log()["payment"]
    api.post(f"/api/events/{event['event_id']}/payments/{payment['payment_id']}/void", {"reason": "typed twice"})
    (mail,) = listed_mails(api, "failed")
    answer = api.post(f"/api/mail/{mail['mail_id']}/retry").json
    assert (answer["status"], answer["note"]) == ("cancelled", "the payment was voided or bounced")
    assert SUBJECT not in [message["Subject"] for message in service.mailbox]
    assert receipt_of(api, event["event_id"]) == "off"


@pytest.mark.parametrize("mail_id", ["unknown", "x" * 3000, "%2e%2e", "a.b"])
def test_an_unknown_mail_is_not_found(api: Api, mail_id: str) -> None:
    assert api.post(f"/api/mail/{mail_id}/retry").status == 404


def test_a_retry_takes_no_fields(api: Api, log: Any, service: ScriptedMailService) -> None:
    service.answers = [Outcome("failed", "SES: MessageRejected")]
    log()
    (mail,) = listed_mails(api, "failed")
    answer = api.post(f"/api/mail/{mail['mail_id']}/retry", {"to": "ben@example.com"})
    assert (answer.status, list(answer.json["Fields"])) == (400, ["to"])
    assert listed_mails(api, "failed") == [mail]


# --- the switch -----------------------------------------------------------------------------------


def test_the_reminders_are_switched_charter_by_charter(api: Api, event: dict[str, Any]) -> None:
    assert (event["balance_reminders"], event["balance_reminders_state"]) == (False, "off")
    url = f"/api/events/{event['event_id']}"
    on = api.patch(url, {"version": 1, "balance_reminders": True}).json
    assert (on["balance_reminders"], on["balance_reminders_state"]) == (True, "on")
    assert api.get(url).json["balance_reminders_state"] == "on"
    assert api.get("/api/events?from=2030-01-01").json["events"][0]["balance_reminders_state"] == "on"
    made = api.post("/api/events", new_event(balance_reminders=True)).json
    assert made["balance_reminders_state"] == "on"


@pytest.mark.parametrize("value", ["yes", 1, "true"])
def test_the_switch_is_true_or_false(api: Api, value: Any) -> None:
    answer = api.post("/api/events", new_event(balance_reminders=value))
    assert answer.json["Fields"] == {"balance_reminders": "must be true or false"}


@pytest.mark.parametrize("name", ["balance_reminders_state", "reminders_since", "mail_problems"])
def test_a_client_cannot_set_what_the_server_derives_from_the_switch(api: Api, name: str) -> None:
    answer = api.post("/api/events", new_event(**{name: "on"}))
    assert list(answer.json["Fields"]) == [name]


def test_a_payment_in_cash_shows_at_once_that_the_reminders_stop(api: Api, event: dict[str, Any], log: Any) -> None:
    api.patch(f"/api/events/{event['event_id']}", {"version": 1, "balance_reminders": True})
    assert log(notify=False)["event"]["balance_reminders_state"] == "stopped_cash"


def test_guests_see_neither_switch_nor_problems(guest: Api, event: dict[str, Any]) -> None:
    seen = guest.get(f"/api/guest/{event['event_id']}").json
    assert not {name for name in seen if "reminder" in name or "mail" in name}
