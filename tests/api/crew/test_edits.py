"""What becomes of captain and crew when their charter is moved, called off, or its crew is written directly."""

from email.message import EmailMessage
from typing import Any

import pytest
from icalendar import Calendar

from chalicelib.schedule import store as schedule
from tests.api.crew.conftest import NOW
from tests.support.api import Api
from tests.support.crewing import act, add, hire, sailing, says, shown, state
from tests.support.mails import text_of
from tests.support.planning import at, make_boat, patch


@pytest.fixture
def crew(api: Api) -> dict[str, str]:
    return {
        "Ana": hire(api, "Ana Reyes", "captain", rank=1),
        "Ben": hire(api, "Ben Ott", "captain", "mate", rank=2),
        "Dot": hire(api, "Dot Lee", "deckhand", rank=1),
        "Eve": hire(api, "Eve Ito", "deckhand", rank=2),
    }


@pytest.fixture
def event(api: Api, crew: dict[str, str], mailbox: list[EmailMessage]) -> dict[str, Any]:
    """Ana has accepted, Dot is asked, and Ben is assigned as mate."""
    made = sailing(api, patron={"name": "Pat", "email": "pat@example.com"})
    says(crew["Ana"], add(api, made), now=NOW)
    add(api, made, "deckhand")
    act(api, add(api, made, "mate", person_ids=[]), "assign", number=2, person_id=crew["Ben"])
    mailbox.clear()
    return shown(made)  # type: ignore[no-any-return]


def told(mailbox: list[EmailMessage]) -> dict[str, str]:
    """The first word or so of each mail, by whom it went to; nobody has two."""
    found = {str(one["To"]).partition(" <")[0]: str(one["Subject"]).split(":")[0].split("?")[0] for one in mailbox}
    assert len(found) == len(mailbox), [str(one["To"]) for one in mailbox]
    return found


def calendar_of(message: EmailMessage) -> Any:
    (file,) = [part for part in message.iter_attachments() if part.get_content_type() == "text/calendar"]
    assert file.get_filename() == "charter.ics"
    (found,) = Calendar.from_ical(file.get_content()).walk("VEVENT")
    return found


# --- moved ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("notify", [False, True])
def test_a_move_asks_everybody_again_and_tells_each_once(
    api: Api, event: dict[str, Any], mailbox: list[EmailMessage], notify: bool
) -> None:
    moved = patch(api, event, starts_at=at(35), notify=notify).json
    assert [state(moved, number)[:2] for number in range(3)] == [
        ("unconfirmed", "Ana"),
        ("asked", None),
        ("assigned", "Ben"),
    ]
    assert (moved["captain"]["name"], [one["name"] for one in moved["crew"]]) == ("Ana Reyes", ["Ben Ott"])
    wanted = {"Ana Reyes": "Changed", "Dot Lee": "Can you sail as deckhand", "Ben Ott": "Changed"}
    assert told(mailbox) == {**wanted, **({"Pat": "Changed"} if notify else {})}
    for message in mailbox:
        text = text_of(message)
        assert "  Begins: Sunday, June 2, 2030, 4:00 AM PDT\n    before: Sunday, June 2, 2030, 3:00 AM PDT\n" in text


def test_the_mail_about_a_move_holds_the_same_event_as_the_persons_feed(
    api: Api, event: dict[str, Any], crew: dict[str, str], mailbox: list[EmailMessage]
) -> None:
    patch(api, event, starts_at=at(35))
    (mail,) = [one for one in mailbox if "ana@" in str(one["To"])]
    person = next(one for one in api.get("/api/people").json["people"] if one["person_id"] == crew["Ana"])
    feed = api.get(f"/c/{person['page_url'].rpartition('/')[2]}.ics").text
    (in_feed,) = Calendar.from_ical(feed).walk("VEVENT")
    sent = calendar_of(mail)
    for name in ("UID", "SEQUENCE", "DTSTART", "DTEND", "DTSTAMP", "STATUS"):
        assert sent[name] == in_feed[name], name


def test_who_is_asked_stands_in_their_feed_as_tentative(api: Api, event: dict[str, Any], crew: dict[str, str]) -> None:
    people = {one["person_id"]: one for one in api.get("/api/people").json["people"]}

    def feed(name: str) -> list[tuple[str, str]]:
        text = api.get(f"/c/{people[crew[name]]['page_url'].rpartition('/')[2]}.ics").text
        found = Calendar.from_ical(text).walk("VEVENT")
        return [(str(one["STATUS"]), str(one["DESCRIPTION"]).splitlines()[0]) for one in found]

    assert feed("Ana") == [("CONFIRMED", "You are the captain.")]
    assert feed("Dot") == [("TENTATIVE", "You are asked to sail as deckhand.")]
    assert feed("Eve") == []


@pytest.mark.parametrize(
    "changes", [{"ends_at": at(39)}, {"departure_port": "Oakland"}, {"vessel": "Heron"}, {"boat_id": "new"}]
)
def test_another_time_port_or_boat_has_to_be_accepted_again(
    api: Api, event: dict[str, Any], crew: dict[str, str], changes: dict[str, Any]
) -> None:
    if "boat_id" in changes:
        changes = {"boat_id": make_boat(api)["boat_id"]}
    moved = patch(api, event, **changes).json
    assert state(moved)[0] == "unconfirmed"
    says(crew["Ana"], moved, now=NOW)
    assert state(shown(event))[:2] == ("accepted", "Ana")


@pytest.mark.parametrize(
    "changes", [{"title": "Other"}, {"notes": "x"}, {"return_port": "Oakland"}, {"timezone": "Europe/Istanbul"}]
)
def test_what_is_neither_time_boat_nor_port_asks_nobody(
    api: Api, event: dict[str, Any], mailbox: list[EmailMessage], changes: dict[str, Any]
) -> None:
    found = patch(api, event, **changes).json
    assert ([one["state"] for one in found["positions"]], mailbox) == (["accepted", "asked", "assigned"], [])


def test_the_preview_of_a_move_shows_what_captain_and_crew_are_mailed(
    api: Api, event: dict[str, Any], mailbox: list[EmailMessage]
) -> None:
    body = {"version": event["version"], "starts_at": at(35), "notify": True}
    answer = api.post(f"/api/events/{event['event_id']}/edit-preview", body)
    shown_mails = sorted((one["name"], one["subject"]) for one in answer.json["mails"])
    assert mailbox == []
    patch(api, event, starts_at=at(35), notify=True)
    assert shown_mails == sorted((str(one["To"]).partition(" <")[0], str(one["Subject"])) for one in mailbox)


def test_a_move_back_still_has_to_be_accepted_again(api: Api, event: dict[str, Any]) -> None:
    moved = patch(api, event, starts_at=at(35)).json
    back = patch(api, moved, starts_at=at(34)).json
    assert state(back)[0] == "unconfirmed"


# --- called off -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("notify", [False, True])
def test_everybody_is_told_once_that_a_charter_is_off(
    api: Api, event: dict[str, Any], mailbox: list[EmailMessage], notify: bool
) -> None:
    answer = api.post(f"/api/events/{event['event_id']}/cancel", {"reason": "storm", "notify": notify})
    assert [one["state"] for one in answer.json["positions"]] == ["accepted", "open", "assigned"]
    crew = dict.fromkeys(("Ana Reyes", "Ben Ott", "Dot Lee"), "Cancelled")
    assert told(mailbox) == {**crew, **({"Pat": "Cancelled"} if notify else {})}
    assert calendar_of(mailbox[0])["STATUS"] == "CANCELLED"
    again = api.post(f"/api/events/{event['event_id']}/cancel", {"reason": "storm"})
    assert (again.status, len(mailbox)) == (200, 3 + notify)


def test_a_charter_that_is_off_keeps_nobody_away(api: Api, event: dict[str, Any], crew: dict[str, str]) -> None:
    api.post(f"/api/events/{event['event_id']}/cancel", {"reason": "storm"})
    assert sailing(api, captain={"person_id": crew["Ana"]})["conflicts"] == []
    assert len(api.get("/api/schedule?from=2030-06-01&to=2030-06-05").json["entries"]) == 1


def test_a_charter_that_is_off_stays_in_the_schedule_for_those_who_were_to_sail(
    api: Api, event: dict[str, Any], crew: dict[str, str]
) -> None:
    period = "2030-06-01T00:00:00Z", "2030-06-05T00:00:00Z"
    (entry,) = schedule.read_entries(*period)
    assert (entry.asked, [one.person_id for one in entry.people]) == ((crew["Dot"],), [crew["Ana"], crew["Ben"]])
    api.post(f"/api/events/{event['event_id']}/cancel", {"reason": "storm"})
    assert schedule.read_entries(*period) == []
    (entry,) = schedule.read_entries(*period, with_cancelled=True)
    assert (entry.status, [one.person_id for one in entry.people]) == ("cancelled", [crew["Ana"], crew["Ben"]])


# --- written directly ---------------------------------------------------------------------------------------


def test_who_is_written_takes_the_position_and_who_was_in_it_is_told(
    api: Api, event: dict[str, Any], crew: dict[str, str], mailbox: list[EmailMessage]
) -> None:
    found = patch(api, event, captain={"person_id": crew["Ben"]}, crew=[]).json
    assert state(found)[:2] == ("assigned", "Ben")
    assert state(found, 2)[:2] == ("open", None)
    assert told(mailbox) == {"Ana Reyes": "Not needed any more", "Ben Ott": "You sail as captain"}


def test_who_is_written_into_the_crew_takes_what_they_are_asked_for_or_a_position_of_their_role(
    api: Api, event: dict[str, Any], crew: dict[str, str], mailbox: list[EmailMessage]
) -> None:
    found = patch(api, event, crew=[*event["crew"], {"person_id": crew["Eve"]}]).json
    assert state(found, 1)[:2] == ("assigned", "Eve")
    assert told(mailbox) == {"Eve Ito": "You sail as deckhand", "Dot Lee": "Not needed any more"}


def test_taking_somebody_out_opens_their_position_and_asks_nobody(
    api: Api, event: dict[str, Any], mailbox: list[EmailMessage]
) -> None:
    found = patch(api, event, captain=None).json
    assert (state(found), found["captain"]) == (("open", None, [("Ana", "withdrawn")]), None)
    assert told(mailbox) == {"Ana Reyes": "Not needed any more"}


def test_a_captain_who_is_typed_as_text_ends_the_asking(
    api: Api, crew: dict[str, str], mailbox: list[EmailMessage]
) -> None:
    event = add(api, sailing(api))
    mailbox.clear()
    found = patch(api, event, captain={"name": "Old Salt"}).json
    assert (state(found), found["captain"]["name"]) == (("open", None, [("Ana", "withdrawn")]), "Old Salt")
    assert told(mailbox) == {"Ana Reyes": "Not needed any more"}


def test_an_edit_that_sends_captain_and_crew_back_as_they_were_changes_no_position(
    api: Api, event: dict[str, Any], mailbox: list[EmailMessage]
) -> None:
    found = patch(api, event, captain=event["captain"], crew=event["crew"], title="Other").json
    assert ([one["state"] for one in found["positions"]], mailbox) == (["accepted", "asked", "assigned"], [])


def test_the_history_tells_who_asked_and_who_answered(api: Api, event: dict[str, Any]) -> None:
    history = api.get(f"/api/events/{event['event_id']}/history").json["events"]
    acts = [(one["act"], one["by"], one["actor_type"]) for one in reversed(history)]
    assert acts == [
        ("created", "admin", "admin"),
        ("position_added", "admin", "admin"),
        ("position_answered", "Ana Reyes", "link"),
        ("position_added", "admin", "admin"),
        ("position_added", "admin", "admin"),
        ("position_assigned", "admin", "admin"),
    ]


def test_no_mail_to_the_crew_tells_of_money_the_patron_or_guests(
    api: Api, crew: dict[str, str], mailbox: list[EmailMessage]
) -> None:
    canaries = {
        "charter_fee_cents": 98_765_400,
        "notes": "canary-notes",
        "patron": {"name": "Canary Patron", "email": "canary@example.com", "phone": "+1 619 555 0142"},
        "guests": [{"name": "Canary Guest", "email": "canary.guest@example.com"}],
    }
    event = add(api, sailing(api, **canaries))
    act(api, event, "ask", person_ids=[crew["Ben"]])
    says(crew["Ben"], event, now=NOW)
    moved = patch(api, shown(event), starts_at=at(35)).json
    act(api, event, "assign", person_id=crew["Ana"])
    api.post(f"/api/events/{moved['event_id']}/cancel", {"reason": "canary-reason"})
    kinds = {mail["kind"] for mail in api.get("/api/mail?status=sent").json["mails"]}
    assert kinds == {"crew_asked", "crew_off", "crew_changed", "crew_assigned"}
    for message in mailbox:
        parts = [part for part in message.walk() if not part.is_multipart()]
        text = "\n".join(part.get_payload(decode=True).decode() for part in parts)  # type: ignore[union-attr]
        for canary in ("canary", "987,654", "987654", "0142"):
            assert canary not in f"{message['Subject']} {text}".lower(), message["Subject"]
        assert len(parts) == 3
