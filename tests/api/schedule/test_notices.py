"""Who is mailed when a charter is moved or cancelled, what they read, and that a preview tells the same before."""

from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from chalicelib import sweep
from chalicelib.core import aws, settings, system
from chalicelib.mail import outbox
from chalicelib.notices import service as notices
from tests.support.api import Api, listed_mails, new_event
from tests.support.mails import text_of
from tests.support.pages import MINORS, Form, page
from tests.support.planning import make_boat, make_charter, patch
from tests.support.races import at_once
from tests.support.signed import erase, set_aside, sign
from tools.common.table import scan

GUESTS = [
    {"name": "Ben Ott", "email": "ben@example.com"},
    {"name": "Dan Ott", "email": "BEN@example.com"},
    {"name": "Eve", "email": ""},
]
MOVED = {"starts_at": "2030-06-01T18:00:00-07:00", "ends_at": "2030-06-01T21:00:00-07:00"}


def charter(api: Api, **changes: Any) -> dict[str, Any]:
    return api.post("/api/events", new_event(guests=GUESTS, **changes)).json  # type: ignore[no-any-return]


def cancel(api: Api, event: dict[str, Any], **more: Any) -> Any:
    return api.post(f"/api/events/{event['event_id']}/cancel", {"reason": "patron never paid", **more})


def addresses(mailbox: list[EmailMessage]) -> list[str]:
    """The bare addresses that were mailed."""
    return sorted(str(message["To"]).rpartition("<")[2].rstrip(">").lower() for message in mailbox)


def preview(api: Api, event: dict[str, Any], what: str, body: Any = None) -> list[dict[str, Any]]:
    answer = api.post(f"/api/events/{event['event_id']}/{what}-preview", body)
    assert answer.status == 200, answer.text
    return answer.json["mails"]  # type: ignore[no-any-return]


# --- who ------------------------------------------------------------------------------------------


def test_patron_captain_crew_listed_and_signed_guests_are_each_told_once(
    api: Api, guest: Api, mailbox: list[EmailMessage]
) -> None:
    event = charter(api, crew=[{"name": "Smee", "email": "smee@example.com", "phone": ""}])
    sign(guest, event, signer_name="Zoe New", signer_email="zoe@example.com")
    sign(guest, event, signer_name="Eve", signer_email="eve@example.com")
    mailbox.clear()
    assert patch(api, event, notify=True, **MOVED).status == 200
    told = ["ana@example.com", "ben@example.com", "eve@example.com", "hook@example.com", "smee@example.com"]
    assert addresses(mailbox) == [*told, "zoe@example.com"]


@pytest.mark.parametrize("changes", [{}, {"notify": False}])
def test_nobody_is_told_who_is_not_to_be(api: Api, mailbox: list[EmailMessage], changes: dict[str, Any]) -> None:
    event = charter(api)
    moved = patch(api, event, **MOVED, **changes).json
    cancel(api, moved, **changes)
    assert mailbox == []


def test_what_is_neither_time_boat_nor_port_tells_nobody(api: Api, mailbox: list[EmailMessage]) -> None:
    event = charter(api)
    patch(api, event, notify=True, title="Moonlight", party_size=5, notes="x", captain=None)
    assert mailbox == []


@pytest.mark.parametrize(
    "changes",
    [
        {"starts_at": "2030-06-01T16:00:00-07:00"},
        {"ends_at": "2030-06-01T20:30:00-07:00"},
        {"timezone": "America/New_York"},
        {"vessel": "Petrel"},
        {"departure_port": "Oakland"},
        {"return_port": "Oakland"},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_each_change_of_time_boat_or_port_is_told(
    api: Api, mailbox: list[EmailMessage], changes: dict[str, Any]
) -> None:
    patch(api, charter(api), notify=True, **changes)
    assert addresses(mailbox) == ["ana@example.com", "ben@example.com", "hook@example.com"]


def test_another_boat_of_the_list_is_told_by_its_name(api: Api, mailbox: list[EmailMessage]) -> None:
    petrel, tern = make_boat(api, name="Petrel"), make_boat(api, name="Tern")
    event = make_charter(api, boat_id=petrel["boat_id"], patron={"name": "Ana", "email": "ana@example.com"})
    patch(api, event, notify=True, boat_id=tern["boat_id"])
    (mail,) = mailbox
    assert "  Boat: Tern\n    before: Petrel\n" in text_of(mail)


def test_the_patron_who_is_listed_and_has_signed_elsewhere_is_one_person(
    api: Api, guest: Api, mailbox: list[EmailMessage]
) -> None:
    event = charter(api, captain=None)
    listed = [*event["guests"], {"name": "ANA  Rivera", "email": "ana.at.home@example.com"}]
    event = patch(api, event, guests=listed).json
    sign(guest, event, signer_name="Ana Rivera", signer_email="ana.phone@example.com")
    sign(guest, event, signer_name="Ben Ott", signer_email="ben.phone@example.com")
    mailbox.clear()
    cancel(api, event, notify=True)
    assert addresses(mailbox) == ["ana@example.com", "ben@example.com"]


def test_who_signed_for_children_is_told_once_and_who_was_set_aside_is_not(
    api: Api, guest: Api, mailbox: list[EmailMessage]
) -> None:
    event = api.post("/api/events", new_event(captain=None, patron={"name": "", "email": "", "phone": ""})).json
    sign(guest, event, signer_name="Bo Sailor", signer_email="bo@example.com", **MINORS)
    struck = sign(guest, event, signer_name="Twice", signer_email="twice@example.com")
    set_aside(api, event, struck)
    mailbox.clear()
    cancel(api, event, notify=True)
    assert addresses(mailbox) == ["bo@example.com"]


# --- what -----------------------------------------------------------------------------------------


def test_a_move_is_told_old_and_new_with_the_zone_in_words(api: Api, mailbox: list[EmailMessage]) -> None:
    event = charter(api, timezone="Europe/Istanbul")
    patch(api, event, notify=True, starts_at="2030-06-02T04:00:00+03:00", departure_port="", return_port="Oakland")
    (mail,) = [one for one in mailbox if "ana@" in str(one["To"])]
    assert mail["Subject"] == "Changed: Sunset sail, Sunday, June 2, 2030"
    assert str(mail["To"]) == "Ana Rivera <ana@example.com>"
    text = text_of(mail)
    assert text.startswith("Hello Ana Rivera,\n")
    assert "  Begins: Sunday, June 2, 2030, 4:00 AM Istanbul time (UTC+3)\n" in text
    assert "    before: Sunday, June 2, 2030, 3:00 AM Istanbul time (UTC+3)\n" in text
    assert "  From: not decided yet\n    before: Sausalito\n  Back at: Oakland\n    before: Sausalito\n" in text
    assert "  Boat: Sea Otter\n  From" in text
    assert event["guest_url"] in text
    assert "<strong>Oakland</strong><br>before: Sausalito" in text_of(mail, "html")
    assert "1,200" not in text
    assert "VIP" not in text


def test_a_cancellation_says_that_it_is_off_and_not_why(api: Api, mailbox: list[EmailMessage]) -> None:
    event = charter(api)
    assert cancel(api, event, notify=True).json["status"] == "cancelled"
    assert {one["Subject"] for one in mailbox} == {"Cancelled: Sunset sail, Saturday, June 1, 2030"}
    assert all("It will not take place" in text_of(one) and "never paid" not in text_of(one) for one in mailbox)
    mailbox.clear()
    assert cancel(api, event, notify=True).status == 200
    assert mailbox == []


def test_captain_and_crew_get_no_link_to_the_guest_page(api: Api, mailbox: list[EmailMessage]) -> None:
    event = charter(api)
    patch(api, event, notify=True, **MOVED)
    links = {address: event["guest_url"] in text_of(one) for one in mailbox for address in addresses([one])}
    assert links == {"ana@example.com": True, "ben@example.com": True, "hook@example.com": False}


def test_those_who_share_an_address_are_greeted_together(api: Api, mailbox: list[EmailMessage]) -> None:
    patch(api, charter(api), notify=True, **MOVED)
    (mail,) = [one for one in mailbox if "ben@" in str(one["To"])]
    assert text_of(mail).startswith("Hello Ben Ott, Dan Ott,\n")


def test_no_text_of_a_guest_stands_in_a_mail_to_an_address_that_a_guest_typed(
    api: Api, guest: Api, mailbox: list[EmailMessage]
) -> None:
    event = charter(api)
    sign(guest, event, signer_name="Call 555 0123 now", signer_email="victim@example.com")
    mailbox.clear()
    patch(api, event, notify=True, **MOVED)
    (mail,) = [one for one in mailbox if "victim@" in str(one["To"])]
    assert str(mail["To"]) == "victim@example.com"
    assert text_of(mail).startswith("Hello,\n")
    assert "555 0123 now" not in mail.as_string() + text_of(mail)


def test_who_has_signed_in_spanish_reads_spanish(api: Api, guest: Api, mailbox: list[EmailMessage]) -> None:
    event = charter(api)
    form = Form(guest.get(f"{page(event)}?language=es").text).values()
    form |= {"signer_name": "Luz", "signer_email": "luz@example.com", "signature_typed": "Luz"}
    assert guest.submit(page(event), {**form, "esign_consent": "yes", "intent": "yes"}).status == 303
    mailbox.clear()
    patch(api, event, notify=True, **MOVED)
    (mail,) = [one for one in mailbox if "luz@" in str(one["To"])]
    assert mail["Subject"] == "Cambio: Sunset sail, sábado, 1 de junio de 2030"
    assert "esta salida ha cambiado" in text_of(mail)


# --- the limit of mail to typed addresses ---------------------------------------------------------


def test_an_address_that_a_guest_typed_gets_three_mails_a_day_of_all_kinds(
    api: Api, guest: Api, mailbox: list[EmailMessage]
) -> None:
    event = charter(api)
    sign(guest, event, signer_name="Zoe", signer_email="zoe@example.com")
    for hour in (1, 2, 3):
        event = patch(api, event, notify=True, ends_at=f"2030-06-01T2{hour}:00:00-07:00").json
        if hour == 2:
            told = preview(api, event, "cancel")
            assert "zoe@example.com" not in [one["to"] for one in told]
            assert preview(api, event, "cancel") == told
    assert addresses(mailbox).count("zoe@example.com") == 3
    assert addresses(mailbox).count("ana@example.com") == 3
    (held,) = listed_mails(api, "cancelled")
    assert (held["to"], held["note"]) == ("zoe@example.com", "more than 3 mails in a day to one address")


# --- the preview ----------------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["edit", "cancel"])
def test_a_preview_shows_the_very_mails_and_changes_nothing(
    api: Api, guest: Api, mailbox: list[EmailMessage], what: str
) -> None:
    event = charter(api)
    sign(guest, event, signer_name="Zoe", signer_email="zoe@example.com")
    mailbox.clear()
    body = {"version": 1, **MOVED} if what == "edit" else None
    before = list(scan(aws.client("dynamodb"), settings.settings().table))
    shown = preview(api, event, what, body)
    assert list(scan(aws.client("dynamodb"), settings.settings().table)) == before
    assert mailbox == []
    if body:
        patch(api, event, notify=True, **MOVED)
    else:
        cancel(api, event, notify=True)
    sent = [(str(one["To"]).rpartition("<")[2].rstrip(">"), one["Subject"], text_of(one)) for one in mailbox]
    assert sorted(sent) == sorted((one["to"], one["subject"], one["text"]) for one in shown)
    assert {one["to"]: one["name"] for one in shown} == {
        "ana@example.com": "Ana Rivera",
        "ben@example.com": "Ben Ott, Dan Ott",
        "hook@example.com": "Cap Hook",
        "zoe@example.com": "",
    }


def test_a_preview_refuses_what_the_edit_would_refuse(api: Api) -> None:
    event = charter(api)
    url = f"/api/events/{event['event_id']}/edit-preview"
    assert api.post(url, {"version": 7, **MOVED}).status == 409
    wrong = api.post(url, {"version": 1, "starts_at": "soon", "colour": "red"})
    assert (wrong.status, set(wrong.json["Fields"])) == (400, {"starts_at", "colour"})
    assert api.post(f"/api/events/{'A' * 22}/cancel-preview").status == 404
    assert preview(api, event, "edit", {"version": 1, "title": "Other"}) == []


# --- whatever happens -----------------------------------------------------------------------------


def test_what_breaks_off_is_told_by_the_schedule_once(
    api: Api, mailbox: list[EmailMessage], monkeypatch: pytest.MonkeyPatch
) -> None:
    event = charter(api)
    with monkeypatch.context() as dying:
        dying.setattr(notices, "send", lambda *_: None)
        assert patch(api, event, notify=True, **MOVED).status == 200
    assert mailbox == []
    now = system.utc_now()
    sweep.run(now)
    assert mailbox == []
    for minutes in (2, 3):
        sweep.run(now + timedelta(minutes=minutes))
    assert addresses(mailbox) == ["ana@example.com", "ben@example.com", "hook@example.com"]


def test_of_two_who_move_at_once_one_does_and_one_is_told_of(api: Api, mailbox: list[EmailMessage]) -> None:
    event = charter(api)
    clients = [api.with_token(api.token) for _ in range(4)]
    answers = at_once(4, lambda number: patch(clients[number], event, notify=True, departure_port=f"Pier {number}"))
    assert sorted(one.status for one in answers) == [200, 409, 409, 409]
    assert addresses(mailbox) == ["ana@example.com", "ben@example.com", "hook@example.com"]
    (port,) = {one.json["departure_port"] for one in answers if one.status == 200}
    assert all(f"From: {port}" in text_of(one) for one in mailbox)


def test_a_mail_that_waited_tells_what_holds_when_it_leaves(
    api: Api, mailbox: list[EmailMessage], monkeypatch: pytest.MonkeyPatch
) -> None:
    event = charter(api, captain=None, patron={"name": "", "email": "", "phone": ""})
    with monkeypatch.context() as slow:
        slow.setattr(outbox, "deliver", lambda *_: None)
        event = patch(api, event, notify=True, departure_port="Oakland").json
        event = patch(api, event, departure_port="Alameda").json
    sweep.run(system.utc_now() + timedelta(minutes=5))
    (mail,) = mailbox
    assert "From: Alameda\n    before: Sausalito\n" in text_of(mail)


@pytest.mark.parametrize(
    ("then", "why"),
    [
        (lambda api, event: patch(api, event, departure_port="Sausalito"), "the charter is again as it was before"),
        (cancel, "the charter was cancelled meanwhile"),
    ],
    ids=["moved back", "cancelled"],
)
def test_a_mail_that_waited_too_long_is_not_sent(
    api: Api, mailbox: list[EmailMessage], monkeypatch: pytest.MonkeyPatch, then: Any, why: str
) -> None:
    event = charter(api, captain=None, patron={"name": "", "email": "", "phone": ""})
    with monkeypatch.context() as slow:
        slow.setattr(outbox, "deliver", lambda *_: None)
        then(api, patch(api, event, notify=True, departure_port="Oakland").json)
    sweep.run(system.utc_now() + timedelta(minutes=5))
    assert mailbox == []
    assert [one["note"] for one in listed_mails(api, "cancelled")] == [why]


def test_the_longest_charter_of_the_most_people_is_moved_and_told(api: Api, mailbox: list[EmailMessage]) -> None:
    guests = [{"name": f"Guest {number}", "email": f"guest{number}@example.com"} for number in range(60)]
    times = {"starts_at": "2030-01-01T10:00:00Z", "ends_at": "2031-01-01T10:00:00Z"}
    event = make_charter(api, boat_id=make_boat(api)["boat_id"], guests=guests, **times)
    moved = patch(api, event, notify=True, starts_at="2030-01-02T11:00:00Z", ends_at="2031-01-02T11:00:00Z")
    assert moved.status == 200, moved.text
    for minutes in range(2, 12):
        sweep.run(system.utc_now() + timedelta(minutes=minutes))
    told = [address for address in addresses(mailbox) if address.startswith("guest")]
    assert len(told) == len(set(told)) == 60


def test_erasing_a_guest_erases_the_mails_that_told_them(api: Api, guest: Api, mailbox: list[EmailMessage]) -> None:
    event = charter(api)
    zoe = sign(guest, event, signer_name="Zoe", signer_email="zoe.canary@example.com")
    patch(api, event, notify=True, **MOVED)
    assert "zoe.canary@example.com" in addresses(mailbox)
    erase(api, event, zoe)
    assert "zoe.canary" not in str(list(scan(aws.client("dynamodb"), settings.settings().table)))
