"""What strangers with a guest link cannot do: fill the table, use up what others have, send mail in our name."""

import logging
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlencode

import pytest

from chalicelib.core import system
from chalicelib.mail import typed_addresses
from chalicelib.waivers import signing
from tests.support.api import Answer, Api, listed_mails, new_event
from tests.support.mails import copy_path, text_of
from tests.support.pages import Form, drawing, page, signature
from tests.support.signed import record, records, sign, url

# In the middle of every window of time.
NOW = datetime(2026, 11, 22, 20, 7, tzinfo=UTC)


@pytest.fixture
def clock(api: Api, monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """The time from here on; setting its one entry moves it."""
    now = [NOW]
    monkeypatch.setattr(system, "utc_now", lambda: now[0])
    return now


def charter_of(api: Api, party_size: int) -> dict[str, Any]:
    return api.post("/api/events", new_event(party_size=party_size)).json  # type: ignore[no-any-return]


# --- forms ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("party_size", "most"), [(4, 60), (20, 60), (21, 63)])
def test_one_address_may_send_three_forms_for_each_expected_guest_and_at_least_sixty(
    clock: list[datetime], api: Api, guest: Api, party_size: int, most: int
) -> None:
    api = sign_in_again(api)
    charter = charter_of(api, party_size)
    form = signature(guest, charter)
    wrong = {**signature(guest, charter), "intent": ""}
    # Replays and mistakes count, too.
    statuses = [guest.submit(page(charter), form if number % 2 else wrong).status for number in range(most)]
    assert set(statuses) == {303, 400}
    late = {**form, "signer_name": "Zoë", "submission_id": "0190c0de-0000-7000-8000-000000000001"}
    for again in (form, wrong, late):
        answer = guest.submit(page(charter), again)
        assert answer.status == 429
        assert int(answer.headers["retry-after"]) == 8 * 60
        assert "Nothing you typed is lost" in answer.text
    assert Form(answer.text).values()["signer_name"] == ["Zoë"]
    assert len(records(api)) == 1
    # Neither another address nor another charter has to wait, nor who comes a quarter of an hour later.
    other, elsewhere = Api(address="198.51.100.77"), charter_of(api, party_size)
    assert other.submit(page(charter), signature(other, charter)).status == 303
    assert guest.submit(page(elsewhere), signature(guest, elsewhere)).status == 303
    clock[0] += timedelta(minutes=8)
    assert guest.submit(page(charter), late).status == 303


def sign_in_again(api: Api) -> Api:
    """At the test's own time."""
    return api.with_token(api.post("/api/login", {"password": "a-long-enough-password"}).json["token"])


@pytest.mark.parametrize(
    ("address", "honest"), [("198.51.100.{}", "198.51.101.7"), ("2001:db8:1:{}::7", "2001:db8:2:1::7")]
)
def test_a_network_may_send_five_times_as_many_and_nobody_closes_a_charter_for_the_others(
    clock: list[datetime], api: Api, guest: Api, monkeypatch: pytest.MonkeyPatch, address: str, honest: str
) -> None:
    monkeypatch.setattr(signing, "FEWEST_FORMS", 6)
    api = sign_in_again(api)
    charter = charter_of(api, 2)
    visitors = [Api(address=address.format(number)) for number in range(11)]
    statuses = [
        visitors[number % 10].submit(page(charter), {"signer_name": "", "submission_id": "x"}).status
        for number in range(30)
    ]
    assert statuses == [400] * 30
    refused = visitors[10].submit(page(charter), signature(visitors[10], charter))
    assert (refused.status, refused.headers["retry-after"]) == (429, str(8 * 60))
    elsewhere = Api(address=honest)
    assert elsewhere.submit(page(charter), signature(elsewhere, charter)).status == 303
    clock[0] += timedelta(minutes=8)
    assert visitors[10].submit(page(charter), signature(visitors[10], charter)).status == 303


def test_whom_the_limit_stops_uses_up_nothing_of_what_the_others_have(
    clock: list[datetime], api: Api, guest: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signing, "FEWEST_FORMS", 6)
    api = sign_in_again(api)
    charter = charter_of(api, 1)
    attacker, honest = Api(address="198.51.100.66"), Api(address="203.0.113.5")
    form = signature(attacker, charter)
    assert [attacker.submit(page(charter), form).status for _ in range(40)] == [303] * 6 + [429] * 34
    assert honest.submit(page(charter), signature(honest, charter)).status == 303


# --- sizes ----------------------------------------------------------------------------------------


def submit_raw(guest: Api, charter: dict[str, Any], form: dict[str, Any]) -> Answer:
    raw = urlencode(form, doseq=True)
    return guest.call("POST", page(charter), raw=raw, content_type="application/x-www-form-urlencoded")


def test_a_drawing_of_60_kb_is_stored_once_and_shown_and_one_byte_more_is_named(
    api: Api, guest: Api, event: dict[str, Any]
) -> None:
    ten = {
        "minor_name": [f"Minor {number}" for number in range(10)],
        "minor_birth_date": ["2020-05-01"] * 10,
        "guardian_relationship": "parent",
        "authority_attestation": "yes",
    }
    form = signature(guest, event, **ten, signature_typed="")
    refused = guest.submit(page(event), {**form, "signature_strokes": drawing(60 * 1024 + 1)})
    assert (refused.status, Form(refused.text).invalid) == (400, {"signature_strokes"})
    typed = Form(refused.text).values()
    assert (typed["signer_name"], typed["minor_name"][:10]) == (["Bo Sailor"], ten["minor_name"])
    assert guest.submit(page(event), {**form, "signature_strokes": drawing(60 * 1024)}).status == 303
    found = records(api)
    assert len({one["drawing_sha256"] for one in found}) == 1
    shown = record(api, event, found[10]["waiver_id"])
    assert str(shown["signature_strokes"]).replace(" ", "") == drawing(60 * 1024)


def test_a_form_of_more_than_128_kb_is_refused_as_a_whole(api: Api, guest: Api, event: dict[str, Any]) -> None:
    form = signature(guest, event)
    room = 128 * 1024 - len(urlencode({**form, "device_time": "", "signature_strokes": ""}, doseq=True))
    assert submit_raw(guest, event, {**form, "device_time": "x" * room, "signature_strokes": ""}).status == 400
    too_large = submit_raw(guest, event, {**form, "device_time": "x" * (room + 40)})
    assert too_large.status == 413
    assert "128 KB" in too_large.text
    # A drawing is measured by itself, though encoding makes three bytes of many of its signs.
    assert submit_raw(guest, event, {**form, "signature_strokes": drawing(60 * 1024)}).status == 303
    assert submit_raw(guest, event, {**form, "signature_strokes": "[" * 600_000}).status == 413


# --- mails to addresses that guests typed ---------------------------------------------------------


def test_one_address_gets_three_copies_a_day_over_all_charters(
    clock: list[datetime], api: Api, guest: Api, mailbox: list[EmailMessage]
) -> None:
    api = sign_in_again(api)
    charters = [charter_of(api, 4) for _ in range(4)]
    for number, address in enumerate(("bo@example.com", "BO@example.com", "bo@example.com", "Bo@Example.com")):
        sign(guest, charters[number], signer_name=f"Guest {number}", signer_email=address)
    sign(guest, charters[0], signer_name="Ana", signer_email="ana@example.com")
    assert [message["To"].lower() for message in mailbox] == ["bo@example.com"] * 3 + ["ana@example.com"]
    [held] = listed_mails(api, "cancelled")
    assert (held["to"], held["note"]) == ("Bo@Example.com", "more than 3 mails in a day to one address")
    assert len(records(api)) == 5
    clock[0] += timedelta(hours=4)
    sign(guest, charters[0], signer_name="Guest 9", signer_email="bo@example.com")
    assert len(mailbox) == 5


def test_a_copy_that_was_held_back_is_not_promised_and_an_admin_can_send_it(
    api: Api, guest: Api, event: dict[str, Any], mailbox: list[EmailMessage], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(typed_addresses, "MAILS_A_DAY", 0)
    waiver_id = sign(guest, event, signer_email="bo@example.com")
    confirmed = guest.get(f"{page(event)}?signed={waiver_id}").text
    assert "Signed. Thank you, <bdi>Bo Sailor</bdi>." in confirmed
    assert "A copy is on its way" not in confirmed
    mail_id = record(api, event, waiver_id)["copy_mail_id"]
    assert listed_mails(api, "cancelled")[0]["mail_id"] == mail_id
    assert mailbox == []
    assert api.post(f"/api/mail/{mail_id}/retry").json["status"] == "sent"
    assert [message["To"] for message in mailbox] == ["bo@example.com"]
    assert guest.get(copy_path(mailbox[0])).status == 200


def test_all_guests_together_get_300_copies_an_hour_and_what_is_more_is_an_alarm(
    clock: list[datetime],
    api: Api,
    guest: Api,
    mailbox: list[EmailMessage],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert typed_addresses.MAILS_AN_HOUR == 300
    monkeypatch.setattr(typed_addresses, "MAILS_AN_HOUR", 2)
    api = sign_in_again(api)
    charter = charter_of(api, 4)
    for number in range(4):
        sign(guest, charter, signer_name=f"Guest {number}", signer_email=f"guest{number}@example.com")
    assert len(mailbox) == 2
    assert [one["note"] for one in listed_mails(api, "cancelled")] == [
        "more than 2 mails in an hour to all guests together"
    ] * 2
    alarms = [one for one in caplog.records if "guest-mail-ceiling" in one.getMessage()]
    assert [one.levelno for one in alarms] == [logging.ERROR] * 2
    assert "example.com" not in caplog.text
    clock[0] += timedelta(hours=1)
    sign(guest, charter, signer_name="Guest 4", signer_email="guest4@example.com")
    assert len(mailbox) == 3


def test_no_text_of_a_guest_stands_in_greeting_subject_or_address_of_a_mail_to_whom_they_typed(
    api: Api, guest: Api, event: dict[str, Any], mailbox: list[EmailMessage]
) -> None:
    name = "Your payment failed - call +1 900 555 0100"
    sign(guest, event, signer_name=name, signature_typed=name, signer_email="victim@example.com")
    [message] = mailbox
    assert message["To"] == "victim@example.com"
    assert "payment failed" not in message["Subject"]
    text = text_of(message)
    assert text.splitlines()[0] == "Hello,"
    assert [line for line in text.splitlines() if "payment failed" in line] == [f"  For: {name}"]
    refused = guest.submit(
        page(event), signature(guest, event, signer_name="Your payment failed - confirm at https://evil.example")
    )
    assert (refused.status, Form(refused.text).invalid) == (400, {"signer_name"})
    assert "must be a name, without a web address" in refused.text
    assert len(mailbox) == 1


# --- the link of a copy ---------------------------------------------------------------------------


def test_the_link_of_a_copy_opens_for_90_days_and_then_says_kindly_that_it_has_expired(
    clock: list[datetime], api: Api, guest: Api, mailbox: list[EmailMessage]
) -> None:
    api = sign_in_again(api)
    charter = charter_of(api, 4)
    waiver_id = sign(guest, charter, signer_email="bo@example.com")
    link = copy_path(mailbox[0])
    clock[0] += timedelta(days=90)
    assert "bo@example.com" in guest.get(link).text
    clock[0] += timedelta(seconds=1)
    expired = guest.get(link)
    assert expired.status == 404
    assert "This link was open for 90 days. Please ask for a new copy." in expired.text
    assert "bo@example.com" not in expired.text
    # Sent anew, it opens again for as long.
    api = sign_in_again(api)
    mail_id = record(api, charter, waiver_id)["copy_mail_id"]
    assert api.post(f"/api/mail/{mail_id}/retry").status == 202
    assert copy_path(mailbox[1]) != link
    assert guest.get(copy_path(mailbox[1])).status == 200
    assert guest.get(link).status == 404


def test_a_fetched_copy_is_noted_as_link_opened_once_an_hour_and_a_preview_by_head_is_not(
    clock: list[datetime], api: Api, guest: Api, mailbox: list[EmailMessage]
) -> None:
    api = sign_in_again(api)
    charter = charter_of(api, 4)
    waiver_id = sign(guest, charter, signer_email="bo@example.com")
    link = copy_path(mailbox[0])

    def opened() -> list[dict[str, Any]]:
        return [one for one in record(api, charter, waiver_id)["audit"] if one["act"] == "link_opened"]

    assert guest.call("HEAD", link).status == 200
    assert opened() == []
    scanner = Api(address="192.0.2.99")
    for _ in range(3):
        scanner.get(link, headers={"user-agent": "MailScanner/1.0"})
    [first] = opened()
    assert (first["actor_type"], first["address"], first["user_agent"]) == ("link", "192.0.2.99", "MailScanner/1.0")
    assert "Bo Sailor" not in first["by"]
    clock[0] += timedelta(hours=1)
    scanner.get(link)
    assert len(opened()) == 2


def test_the_page_of_a_charter_tells_a_guest_nothing_of_limits_that_others_met(
    api: Api, guest: Api, event: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signing, "FEWEST_FORMS", 1)
    charter = api.post("/api/events", new_event(party_size=0)).json
    before = guest.get(f"/api/guest/{charter['event_id']}").text
    stranger = Api(address="198.51.100.1")
    for _ in range(8):
        stranger.submit(page(charter), {"signer_name": "x"})
    assert guest.get(f"/api/guest/{charter['event_id']}").text == before
    assert guest.get(page(charter)).status == 200
    assert api.get(url(charter)).json["waivers"]["signed"] == 0
