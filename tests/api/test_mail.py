"""The page Mail: what is queued, sent, failed, uncertain; sending again; addresses that bounced."""

import json
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from chalicelib.core import aws, retry, system, times
from chalicelib.core.settings import settings
from chalicelib.mail import addresses, outbox, transport
from chalicelib.mail import admin as mail_admin
from chalicelib.mail import store as mail_store
from chalicelib.mail.transport import Outcome
from chalicelib.schedule import MAIL_KINDS
from tests.support import operator
from tests.support.api import Api, new_event
from tests.support.doubles.faults import lost_answers, retry_at_once
from tests.support.races import at_once

RECORDED = json.loads((Path(__file__).parents[1] / "support/ses-events.json").read_text())
SUBJECT = "We received your payment of $500.00 for Sunset sail"


class Service:
    """The mail service's answers, for one after the other; then it takes everything."""

    def __init__(self, mailbox: list[EmailMessage], patch: pytest.MonkeyPatch) -> None:
        self.answers: list[Outcome] = []
        self.mailbox = mailbox
        patch.setattr(transport, "send", self.send)

    def send(self, message: EmailMessage) -> Outcome:
        answer = self.answers.pop(0) if self.answers else Outcome("sent", "SES: 0100")
        if answer.status == "sent":
            self.mailbox.append(message)
        return answer


@pytest.fixture
def service(api: Api, mailbox: list[EmailMessage], monkeypatch: pytest.MonkeyPatch) -> Service:
    return Service(mailbox, monkeypatch)


def listed(api: Api, status: str) -> list[dict[str, Any]]:
    answer = api.get(f"/api/mail?status={status}")
    assert answer.status == 200, answer.text
    return list(answer.json["mails"])


def receipt(api: Api, event_id: str) -> str:
    return str(api.get(f"/api/events/{event_id}").json["payments"][0]["receipt"])


# --- list -----------------------------------------------------------------------------------------


def test_a_mail_is_listed_with_what_it_is_about(api: Api, event: dict[str, Any], log: Any, service: Service) -> None:
    payment = log()["payment"]
    (mail,) = listed(api, "sent")
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
    api: Api, log: Any, service: Service
) -> None:
    service.answers = [Outcome("retry", "SMTP: 450")]
    recorded_at = times.parse_instant(log()["payment"]["recorded_at"])
    (mail,) = api.get("/api/mail").json["mails"]
    assert mail["due_at"] == times.format_instant(recorded_at + timedelta(minutes=1))
    assert (mail["status"], mail["finished_at"], mail["note"]) == ("queued", None, "SMTP: 450")


@pytest.mark.parametrize("status", ["failed", "uncertain"])
def test_the_page_shows_failed_and_uncertain_mails_apart(
    api: Api, event: dict[str, Any], log: Any, service: Service, status: Any
) -> None:
    service.answers = [Outcome(status, "SES: as said")]
    log()
    assert [mail["note"] for mail in listed(api, status)] == ["SES: as said"]
    assert receipt(api, event["event_id"]) == "failed"
    others = {"queued", "sent", "failed", "uncertain", "cancelled"} - {status}
    assert not any(listed(api, other) for other in others)


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


def test_a_page_is_one_query(api: Api, log: Any, service: Service, calls: list[str]) -> None:
    for _ in range(5):
        log()
    calls.clear()
    assert len(api.get("/api/mail?status=sent&limit=3").json["mails"]) == 3
    assert calls == ["GetItem", "Query"]


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


def test_the_cursor_of_one_status_is_none_of_another(api: Api, log: Any, service: Service) -> None:
    log()
    log()
    cursor = api.get("/api/mail?status=sent&limit=1").json["next_cursor"]
    assert cursor
    assert api.get(f"/api/mail?status=failed&cursor={cursor}").status == 400


def test_a_mail_whose_text_cannot_be_made_is_listed_too(api: Api) -> None:
    mail_store.put_mail(
        mail_store.Mail("broken", "correction", "ana@example.com", {"name": "Ana"}, "2026-11-22T20:00:00Z")
    )
    (mail,) = listed(api, "queued")
    assert (mail["mail_id"], mail["subject"], mail["event_id"]) == ("broken", "", None)


def test_mail_is_for_admins(guest: Api) -> None:
    assert guest.get("/api/mail").status == 401
    assert guest.post("/api/mail/some-mail/retry").status == 401


# --- again ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["failed", "uncertain"])
def test_a_failed_or_uncertain_mail_is_sent_again_at_once(
    api: Api, event: dict[str, Any], log: Any, service: Service, status: Any
) -> None:
    service.answers = [Outcome(status, "SES: as said")]
    log()
    (mail,) = listed(api, status)
    answer = api.post(f"/api/mail/{mail['mail_id']}/retry", {})
    assert answer.status == 202
    assert (answer.json["status"], answer.json["attempts"]) == ("sent", 1)
    assert [message["Subject"] for message in service.mailbox] == [SUBJECT]
    assert receipt(api, event["event_id"]) == "sent"
    assert not listed(api, status)


def test_who_sent_it_again_and_how_it_had_ended_stays_noted(api: Api, log: Any, service: Service) -> None:
    service.answers = [Outcome("failed", "SES: MessageRejected"), Outcome("uncertain", "SES: ReadTimeoutError")]
    log()
    (mail,) = listed(api, "failed")
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
    api: Api, event: dict[str, Any], log: Any, service: Service, patron: str, goes_to: str
) -> None:
    service.answers = [Outcome("failed", "SES: bounced")]
    log()
    body = {"version": 1, "patron": {"name": "Ana Rivera", "email": patron, "phone": ""}}
    assert api.patch(f"/api/events/{event['event_id']}", body).status == 200
    (mail,) = listed(api, "failed")
    assert api.post(f"/api/mail/{mail['mail_id']}/retry", {}).json["to"] == goes_to
    assert [message["To"].addresses[0].addr_spec for message in service.mailbox] == [goes_to]
    kept = mail_store.read_mail(mail["mail_id"])
    assert kept
    assert kept.retries[0]["to"] == "ana@example.com"


def test_a_retry_that_fails_is_queued_like_a_new_mail(
    api: Api, event: dict[str, Any], log: Any, service: Service
) -> None:
    service.answers = [Outcome("failed", "SES: MessageRejected"), Outcome("retry", "SES: Throttling")]
    log()
    (mail,) = listed(api, "failed")
    again = api.post(f"/api/mail/{mail['mail_id']}/retry").json
    assert (again["status"], again["attempts"], again["note"]) == ("queued", 1, "SES: Throttling")
    assert receipt(api, event["event_id"]) == "pending"
    assert outbox.sweep(MAIL_KINDS, system.utc_now() + timedelta(minutes=2)) == 1
    assert receipt(api, event["event_id"]) == "sent"


def test_a_double_tap_is_one_retry(api: Api, log: Any, service: Service) -> None:
    service.answers = [Outcome("failed", "1"), Outcome("failed", "2"), Outcome("failed", "3")]
    log()
    (mail,) = listed(api, "failed")
    url = f"/api/mail/{mail['mail_id']}/retry"
    answers = [api.post(url), api.post(url)]
    assert [(answer.status, answer.json["note"]) for answer in answers] == [(202, "2"), (202, "2")]
    later = system.utc_now() + retry.DOUBLE_TAP + timedelta(seconds=1)
    assert mail_admin.send_again(mail["mail_id"], kinds=MAIL_KINDS, actor=operator.ADMIN, now=later)["note"] == "3"


def test_when_many_admins_send_a_mail_again_at_once_it_goes_out_once(log: Any, api: Api, service: Service) -> None:
    service.answers = [Outcome("failed", "SES: MessageRejected")]
    log()
    (mail,) = listed(api, "failed")

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


def test_a_mail_that_was_sent_or_is_queued_is_not_sent_again(api: Api, log: Any, service: Service) -> None:
    log()
    (sent,) = listed(api, "sent")
    service.answers = [Outcome("retry", "SMTP: 450")]
    log()
    (queued,) = listed(api, "queued")
    for mail in (sent, queued):
        answer = api.post(f"/api/mail/{mail['mail_id']}/retry")
        assert (answer.status, answer.json["Code"]) == (409, "MailConflict")
    assert len(service.mailbox) == 1


def test_a_receipt_whose_payment_was_voided_is_cancelled_instead(
    api: Api, event: dict[str, Any], log: Any, service: Service
) -> None:
    service.answers = [Outcome("failed", "SES: MessageRejected")]
    payment = log()["payment"]
    api.post(f"/api/events/{event['event_id']}/payments/{payment['payment_id']}/void", {"reason": "typed twice"})
    (mail,) = listed(api, "failed")
    answer = api.post(f"/api/mail/{mail['mail_id']}/retry").json
    assert (answer["status"], answer["note"]) == ("cancelled", "the payment was voided or bounced")
    assert SUBJECT not in [message["Subject"] for message in service.mailbox]
    assert receipt(api, event["event_id"]) == "off"


@pytest.mark.parametrize("mail_id", ["unknown", "x" * 3000, "%2e%2e", "a.b"])
def test_an_unknown_mail_is_not_found(api: Api, mail_id: str) -> None:
    assert api.post(f"/api/mail/{mail_id}/retry").status == 404


def test_a_retry_takes_no_fields(api: Api, log: Any, service: Service) -> None:
    service.answers = [Outcome("failed", "SES: MessageRejected")]
    log()
    (mail,) = listed(api, "failed")
    answer = api.post(f"/api/mail/{mail['mail_id']}/retry", {"to": "ben@example.com"})
    assert (answer.status, list(answer.json["Fields"])) == (400, ["to"])
    assert listed(api, "failed") == [mail]


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


# --- what came back -------------------------------------------------------------------------------


def report(api: Api, name: str, mail_id: str, **changes: Any) -> None:
    """An event of SES as EventBridge hands it to the function, about this mail."""
    event = json.loads(json.dumps(RECORDED[name]))
    event["detail"]["mail"]["tags"]["mail_id"] = [mail_id]
    event["detail"]["mail"].update(changes)
    api.module.take_mail_feedback(event, None)


def test_a_bounce_shows_at_the_mail_the_receipt_and_the_address(
    api: Api, event: dict[str, Any], log: Any, service: Service
) -> None:
    log()
    (mail,) = listed(api, "sent")
    report(api, "permanent bounce", mail["mail_id"])
    (failed,) = listed(api, "failed")
    words = "smtp; 550 5.1.1 (address)... User unknown"
    assert (failed["mail_id"], failed["note"]) == (mail["mail_id"], f"bounced: {words}")
    charter = api.get(f"/api/events/{event['event_id']}").json
    assert charter["payments"][0]["receipt"] == "failed"
    at = "2026-11-24T09:06:17Z"
    assert charter["mail_problems"] == [{"email": "ana@example.com", "problem": "bounced", "at": at, "detail": words}]


@pytest.mark.parametrize("name", ["transient bounce", "undetermined bounce"])
def test_a_bounce_for_a_passing_reason_shows_at_the_mail_only(
    api: Api, event: dict[str, Any], log: Any, service: Service, name: str
) -> None:
    log()
    (mail,) = listed(api, "sent")
    report(api, name, mail["mail_id"])
    (failed,) = listed(api, "failed")
    assert failed["note"].startswith("bounced: ")
    assert receipt(api, event["event_id"]) == "failed"
    assert api.get(f"/api/events/{event['event_id']}").json["mail_problems"] == []


def test_a_diagnosis_that_names_the_mailbox_stays_out_of_the_log(
    api: Api, log: Any, service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    log()
    (mail,) = listed(api, "sent")
    recipient = {"emailAddress": "ana@example.com", "diagnosticCode": "smtp; 550 5.1.1 ana.rivera is unknown here"}
    report = {"bounceType": "Permanent", "bouncedRecipients": [recipient]}
    detail = {"eventType": "Bounce", "mail": {"tags": {"mail_id": [mail["mail_id"]]}}, "bounce": report}
    api.module.take_mail_feedback({**RECORDED["permanent bounce"], "detail": detail}, None)
    assert "ana.rivera is unknown" in listed(api, "failed")[0]["note"]
    assert f"mail-given-up {mail['mail_id']}" in caplog.text
    assert "rivera" not in caplog.text


def test_a_bounce_is_in_the_log_too_when_the_reply_to_its_note_was_lost(
    api: Api, log: Any, service: Service, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    retry_at_once(monkeypatch)
    log()
    (mail,) = listed(api, "sent")
    with lost_answers("TransactWriteItems", 3), pytest.raises(Exception, match="Read timeout"):
        report(api, "permanent bounce", mail["mail_id"])
    # Lambda hands the event over once more; by then it is noted.
    report(api, "permanent bounce", mail["mail_id"])
    assert len(listed(api, "failed")) == 1
    assert "mail-given-up" in caplog.text


def test_a_reply_of_somebody_out_of_the_office_is_no_failure(
    api: Api, event: dict[str, Any], log: Any, service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    log()
    (mail,) = listed(api, "sent")
    report = {
        "bounceType": "Transient",
        "bounceSubType": "General",
        "bouncedRecipients": [{"emailAddress": "a@b.example"}],
    }
    detail = {"eventType": "Bounce", "mail": {"tags": {"mail_id": [mail["mail_id"]]}}, "bounce": report}
    api.module.take_mail_feedback({**RECORDED["transient bounce"], "detail": detail}, None)
    assert listed(api, "sent")[0]["note"] == "answered: an automatic reply, it seems"
    charter = api.get(f"/api/events/{event['event_id']}").json
    assert (charter["payments"][0]["receipt"], charter["mail_problems"]) == ("sent", [])
    assert "mail-given-up" not in caplog.text


def test_a_complaint_shows_at_the_address_and_the_mail_stays_sent(
    api: Api, event: dict[str, Any], log: Any, service: Service
) -> None:
    log()
    (mail,) = listed(api, "sent")
    report(api, "complaint", mail["mail_id"])
    (sent,) = listed(api, "sent")
    assert sent["note"] == "complained: abuse"
    assert receipt(api, event["event_id"]) == "sent"
    (problem,) = api.get(f"/api/events/{event['event_id']}").json["mail_problems"]
    assert (problem["problem"], problem["detail"]) == ("complained", "abuse")


def test_the_same_event_twice_changes_nothing_not_even_after_an_admins_retry(
    api: Api, event: dict[str, Any], log: Any, service: Service
) -> None:
    log()
    (mail,) = listed(api, "sent")
    for _ in range(3):
        report(api, "permanent bounce", mail["mail_id"])
    assert len(listed(api, "failed")) == 1
    assert api.post(f"/api/mail/{mail['mail_id']}/retry").json["status"] == "sent"
    report(api, "permanent bounce", mail["mail_id"])
    assert receipt(api, event["event_id"]) == "sent"
    # Another message that bounces is another matter.
    report(api, "permanent bounce", mail["mail_id"], messageId="0100-second")
    assert receipt(api, event["event_id"]) == "failed"


def test_a_delivered_retry_does_not_clear_the_address(
    api: Api, event: dict[str, Any], log: Any, service: Service
) -> None:
    log()
    (mail,) = listed(api, "sent")
    report(api, "permanent bounce", mail["mail_id"])
    api.post(f"/api/mail/{mail['mail_id']}/retry")
    assert len(api.get(f"/api/events/{event['event_id']}").json["mail_problems"]) == 1


def test_an_event_that_comes_before_the_mail_is_noted_as_sent_counts(
    api: Api, event: dict[str, Any], log: Any, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = transport.send

    def bounce_at_once(message: EmailMessage) -> Outcome:
        (mail,) = listed(Api(api.token), "queued")
        report(api, "permanent bounce", mail["mail_id"])
        return send(message)

    monkeypatch.setattr(transport, "send", bounce_at_once)
    log()
    assert receipt(api, event["event_id"]) == "failed"
    assert listed(api, "failed")[0]["note"].startswith("bounced: ")
    assert outbox.sweep(MAIL_KINDS, system.utc_now() + timedelta(days=1)) == 0


@pytest.mark.parametrize("mail_id", ["of-another-application", ""])
def test_an_event_about_a_mail_of_another_application_flags_no_address(
    api: Api, event: dict[str, Any], log: Any, service: Service, mail_id: str
) -> None:
    log()
    report(api, "permanent bounce", mail_id)
    assert receipt(api, event["event_id"]) == "sent"
    assert api.get(f"/api/events/{event['event_id']}").json["mail_problems"] == []


@pytest.mark.parametrize(
    "detail",
    [{}, {"eventType": "Bounce"}, {"eventType": "Bounce", "mail": {}, "bounce": None}, {"mail": {"tags": None}}],
)
def test_an_empty_event_changes_nothing(api: Api, detail: dict[str, Any]) -> None:
    api.module.take_mail_feedback({**RECORDED["complaint"], "detail": detail}, None)


def test_the_latest_problem_of_an_address_is_shown_in_whatever_order_they_come(api: Api, event: dict[str, Any]) -> None:
    late, early = "2026-11-24T10:00:00Z", "2026-11-24T09:00:00Z"
    for at in (late, early):
        addresses.flag_address("ANA@example.com", {"problem": "bounced", "at": at, "detail": "General"})
    (problem,) = api.get(f"/api/events/{event['event_id']}").json["mail_problems"]
    assert (problem["problem"], problem["at"]) == ("bounced", late)


@pytest.mark.parametrize("order", [("bounced", "complained", "bounced"), ("complained", "bounced")])
def test_a_complaint_is_not_hidden_by_the_bounces_that_follow_from_it(
    api: Api, event: dict[str, Any], order: tuple[str, ...]
) -> None:
    for hour, name in enumerate(order):
        at = f"2026-11-24T1{hour}:00:00Z"
        addresses.flag_address("ana@example.com", {"problem": name, "at": at, "detail": ""})
    (problem,) = api.get(f"/api/events/{event['event_id']}").json["mail_problems"]
    assert problem["problem"] == "complained"


def test_problems_of_captain_and_crew_show_too_and_all_of_them_are_one_read(api: Api, calls: list[str]) -> None:
    crew = [{"name": f"Mate {number}", "email": f"mate{number}@example.com"} for number in range(20)]
    event = api.post("/api/events", new_event(crew=crew)).json
    for email in ("hook@example.com", "mate19@example.com", "stranger@example.com"):
        addresses.flag_address(email, {"problem": "bounced", "at": "2026-11-24T10:00:00Z", "detail": "General"})
    calls.clear()
    problems = api.get(f"/api/events/{event['event_id']}").json["mail_problems"]
    assert [problem["email"] for problem in problems] == ["hook@example.com", "mate19@example.com"]
    # The session, the charter, the current waiver texts, the flagged addresses.
    assert calls == ["GetItem", "Query", "BatchGetItem", "BatchGetItem"]


def test_no_key_holds_an_address(api: Api, log: Any, service: Service) -> None:
    log()
    (mail,) = listed(api, "sent")
    report(api, "permanent bounce", mail["mail_id"])

    items = aws.client("dynamodb").scan(TableName=settings().table)["Items"]
    keys = [item[name]["S"] for item in items for name in ("PK", "SK", "by_date_pk", "by_date_sk") if name in item]
    assert any(key.startswith("ADDRESS#") for key in keys)
    assert not [key for key in keys if "@" in key or "ana" in key.lower().split("#")]


def test_the_events_that_are_asked_for_are_those_that_were_recorded(guest: Api) -> None:
    assert {event["detail-type"] for event in RECORDED.values()} == set(guest.module.MAIL_FEEDBACK)
    assert {event["source"] for event in RECORDED.values()} == {"aws.ses"}
