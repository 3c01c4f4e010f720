"""What SES reports after it accepted a mail: bounces and complaints."""

from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from chalicelib.core import aws, system
from chalicelib.core.settings import settings
from chalicelib.mail import addresses, outbox, transport
from chalicelib.mail.transport import Outcome
from chalicelib.sweep import MAIL_KINDS
from tests.support.api import Api, listed_mails, new_event, receipt_of
from tests.support.doubles.faults import lost_answers, retry_at_once
from tests.support.doubles.mail_service import ScriptedMailService
from tests.support.ses_events import RECORDED, ses_event


def report(api: Api, name: str, mail_id: str, **changes: Any) -> None:
    """An event of SES as EventBridge hands it to the function, about this mail."""
    event = ses_event(name, mail_id)
    event["detail"]["mail"].update(changes)
    api.module.take_mail_feedback(event, None)


def test_a_bounce_shows_at_the_mail_the_receipt_and_the_address(
    api: Api, event: dict[str, Any], log: Any, service: ScriptedMailService
) -> None:
    log()
    (mail,) = listed_mails(api, "sent")
    report(api, "permanent bounce", mail["mail_id"])
    (failed,) = listed_mails(api, "failed")
    words = "smtp; 550 5.1.1 (address)... User unknown"
    assert (failed["mail_id"], failed["note"]) == (mail["mail_id"], f"bounced: {words}")
    charter = api.get(f"/api/events/{event['event_id']}").json
    assert charter["payments"][0]["receipt"] == "failed"
    at = "2026-11-24T09:06:17Z"
    assert charter["mail_problems"] == [{"email": "ana@example.com", "problem": "bounced", "at": at, "detail": words}]


@pytest.mark.parametrize("name", ["transient bounce", "undetermined bounce"])
def test_a_bounce_for_a_passing_reason_shows_at_the_mail_only(
    api: Api, event: dict[str, Any], log: Any, service: ScriptedMailService, name: str
) -> None:
    log()
    (mail,) = listed_mails(api, "sent")
    report(api, name, mail["mail_id"])
    (failed,) = listed_mails(api, "failed")
    assert failed["note"].startswith("bounced: ")
    assert receipt_of(api, event["event_id"]) == "failed"
    assert api.get(f"/api/events/{event['event_id']}").json["mail_problems"] == []


def test_a_diagnosis_that_names_the_mailbox_stays_out_of_the_log(
    api: Api, log: Any, service: ScriptedMailService, caplog: pytest.LogCaptureFixture
) -> None:
    log()
    (mail,) = listed_mails(api, "sent")
    recipient = {"emailAddress": "ana@example.com", "diagnosticCode": "smtp; 550 5.1.1 ana.rivera is unknown here"}
    report = {"bounceType": "Permanent", "bouncedRecipients": [recipient]}
    detail = {"eventType": "Bounce", "mail": {"tags": {"mail_id": [mail["mail_id"]]}}, "bounce": report}
    api.module.take_mail_feedback({**RECORDED["permanent bounce"], "detail": detail}, None)
    assert "ana.rivera is unknown" in listed_mails(api, "failed")[0]["note"]
    assert f"mail-given-up {mail['mail_id']}" in caplog.text
    assert "rivera" not in caplog.text


def test_a_bounce_is_in_the_log_too_when_the_reply_to_its_note_was_lost(
    api: Api, log: Any, service: ScriptedMailService, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    retry_at_once(monkeypatch)
    log()
    (mail,) = listed_mails(api, "sent")
    with lost_answers("TransactWriteItems", 3), pytest.raises(Exception, match="Read timeout"):
        report(api, "permanent bounce", mail["mail_id"])
    # Lambda hands the event over once more; by then it is noted.
    report(api, "permanent bounce", mail["mail_id"])
    assert len(listed_mails(api, "failed")) == 1
    assert "mail-given-up" in caplog.text


def test_a_reply_of_somebody_out_of_the_office_is_no_failure(
    api: Api, event: dict[str, Any], log: Any, service: ScriptedMailService, caplog: pytest.LogCaptureFixture
) -> None:
    log()
    (mail,) = listed_mails(api, "sent")
    report = {
        "bounceType": "Transient",
        "bounceSubType": "General",
        "bouncedRecipients": [{"emailAddress": "a@b.example"}],
    }
    detail = {"eventType": "Bounce", "mail": {"tags": {"mail_id": [mail["mail_id"]]}}, "bounce": report}
    api.module.take_mail_feedback({**RECORDED["transient bounce"], "detail": detail}, None)
    assert listed_mails(api, "sent")[0]["note"] == "answered: an automatic reply, it seems"
    charter = api.get(f"/api/events/{event['event_id']}").json
    assert (charter["payments"][0]["receipt"], charter["mail_problems"]) == ("sent", [])
    assert "mail-given-up" not in caplog.text


def test_a_complaint_shows_at_the_address_and_the_mail_stays_sent(
    api: Api, event: dict[str, Any], log: Any, service: ScriptedMailService
) -> None:
    log()
    (mail,) = listed_mails(api, "sent")
    report(api, "complaint", mail["mail_id"])
    (sent,) = listed_mails(api, "sent")
    assert sent["note"] == "complained: abuse"
    assert receipt_of(api, event["event_id"]) == "sent"
    (problem,) = api.get(f"/api/events/{event['event_id']}").json["mail_problems"]
    assert (problem["problem"], problem["detail"]) == ("complained", "abuse")


def test_the_same_event_twice_changes_nothing_not_even_after_an_admins_retry(
    api: Api, event: dict[str, Any], log: Any, service: ScriptedMailService
) -> None:
    log()
    (mail,) = listed_mails(api, "sent")
    for _ in range(3):
        report(api, "permanent bounce", mail["mail_id"])
    assert len(listed_mails(api, "failed")) == 1
    assert api.post(f"/api/mail/{mail['mail_id']}/retry").json["status"] == "sent"
    report(api, "permanent bounce", mail["mail_id"])
    assert receipt_of(api, event["event_id"]) == "sent"
    # Another message that bounces is another matter.
    report(api, "permanent bounce", mail["mail_id"], messageId="0100-second")
    assert receipt_of(api, event["event_id"]) == "failed"


def test_a_delivered_retry_does_not_clear_the_address(
    api: Api, event: dict[str, Any], log: Any, service: ScriptedMailService
) -> None:
    log()
    (mail,) = listed_mails(api, "sent")
    report(api, "permanent bounce", mail["mail_id"])
    api.post(f"/api/mail/{mail['mail_id']}/retry")
    assert len(api.get(f"/api/events/{event['event_id']}").json["mail_problems"]) == 1


def test_an_event_that_comes_before_the_mail_is_noted_as_sent_counts(
    api: Api, event: dict[str, Any], log: Any, service: ScriptedMailService, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = transport.send

    def bounce_at_once(message: EmailMessage) -> Outcome:
        (mail,) = listed_mails(Api(api.token), "queued")
        report(api, "permanent bounce", mail["mail_id"])
        return send(message)

    monkeypatch.setattr(transport, "send", bounce_at_once)
    log()
    assert receipt_of(api, event["event_id"]) == "failed"
    assert listed_mails(api, "failed")[0]["note"].startswith("bounced: ")
    assert outbox.sweep(MAIL_KINDS, system.utc_now() + timedelta(days=1)) == 0


@pytest.mark.parametrize("mail_id", ["of-another-application", ""])
def test_an_event_about_a_mail_of_another_application_flags_no_address(
    api: Api, event: dict[str, Any], log: Any, service: ScriptedMailService, mail_id: str
) -> None:
    log()
    report(api, "permanent bounce", mail_id)
    assert receipt_of(api, event["event_id"]) == "sent"
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
    # The session, the charter, the current waiver texts, the settings for its readiness, the flagged addresses.
    assert calls == ["GetItem", "Query", "BatchGetItem", "BatchGetItem", "BatchGetItem"]


def test_no_key_holds_an_address(api: Api, log: Any, service: ScriptedMailService) -> None:
    log()
    (mail,) = listed_mails(api, "sent")
    report(api, "permanent bounce", mail["mail_id"])

    items = aws.client("dynamodb").scan(TableName=settings().table)["Items"]
    keys = [item[name]["S"] for item in items for name in ("PK", "SK", "by_date_pk", "by_date_sk") if name in item]
    assert any(key.startswith("ADDRESS#") for key in keys)
    assert not [key for key in keys if "@" in key or "ana" in key.lower().split("#")]


def test_the_events_that_are_asked_for_are_those_that_were_recorded(guest: Api) -> None:
    assert {event["detail-type"] for event in RECORDED.values()} == set(guest.module.MAIL_FEEDBACK)
    assert {event["source"] for event in RECORDED.values()} == {"aws.ses"}
