"""What captain and crew never see, in every state of a charter and at every time: money, the patron's address, when
guests were born, what is for admins only.
"""

import re
import uuid
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from typing import Any

import pytest

from chalicelib.core import system
from chalicelib.crew import service as crew
from tests.support.api import Api, new_payment
from tests.support.calendars import read_calendar
from tests.support.crew import forms_of, manifest_of, page_of, text_of, tick
from tests.support.pages import MINORS
from tests.support.planning import make_charter, patch, read_charter
from tests.support.signed import sign

PassTime = Callable[..., None]
# Each stands in one field only, so what is found tells which field it came from.
CANARIES = {
    "the fee": ("9173", "9,173"),
    "a payment": ("6421", "6,421"),
    "a reference": ("canary-reference",),
    "a payer": ("Canary Payer",),
    "a note of a payment": ("canary-payment-note",),
    "the patron's address": ("canary.patron",),
    "a guest's address": ("canary.guest", "canary.signer"),
    "a guest's phone": ("0666",),
    "a birth date": ("1971-03-09", "2019-07-31", "1971", "2019"),
    "an admin's notes": ("canary-notes",),
    "notes about a person": ("canary-person-note",),
    "another's paper": ("7531", "canary-paper"),
    "ways to pay": ("canary-pay-to",),
    "a reason": ("canary-reason",),
}
IDS = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b[0-9a-f]{16,32}\b|/c/[\w-]+|/[\w-]{22}\b"
# Hours from NOW, on both sides of each border: a day before, the manifest, two hours before, the charter itself.
HOURS = (-30, -20, -8, -6, 2, 4, 6, 9, 13, 15, 24 * 7)
WORDS = ("$", "deposit", "balance", "fee", "paid", "payment", "owed", "money", "invoice")


@pytest.fixture
def crowd(api: Api, boat: dict[str, Any], ana: dict[str, Any], bo: dict[str, Any]) -> list[dict[str, Any]]:
    """The captain, and one of the crew, with all that is not for the other."""
    settings = api.get("/api/settings").json
    money = {"pay_to": [{"method": "zelle", "text": "canary-pay-to"}], "money_before_departure": "full"}
    assert api.put("/api/settings", {**settings, **money}).status == 200
    papers = [{"kind": "medical", "valid_until": "2030-05-01", "number_last4": "7531", "note": "canary-paper"}]
    found = []
    for one in (ana, bo):
        changed = {"version": one["version"], "notes": "canary-person-note", "papers": papers}
        assert api.patch(f"/api/people/{one['person_id']}", changed).status == 200
        found.append(one)
    return found


def make(api: Api, boat: dict[str, Any], hours: tuple[int, int]) -> dict[str, Any]:
    trip = make_charter(
        api,
        hours=hours,
        boat_id=boat["boat_id"],
        override_reason="canary-reason",
        charter_fee_cents=917_300,
        notes="canary-notes",
        patron={"name": "Pat Owen", "email": "canary.patron@example.com", "phone": "+1 415 555 0199"},
        guests=[{"name": "Cleo Park", "email": "canary.guest@example.com"}],
    )
    money = {"amount_cents": 642_100, "reference": "canary-reference", "payer": "Canary Payer", "method": "check"}
    url = f"/api/events/{trip['event_id']}/payments/{uuid.uuid4()}"
    assert api.put(url, new_payment(**money, note="canary-payment-note", notify=False)).status == 201
    return trip


def ask(api: Api, trip: dict[str, Any], person: dict[str, Any], role: str) -> None:
    body = {"role": role, "person_ids": [person["person_id"]]}
    assert api.post(f"/api/events/{trip['event_id']}/positions", body).status == 201


def answers(guest: Api, person: dict[str, Any], given: str) -> None:
    for form in forms_of(guest.get(page_of(person)).text):
        if form["fields"].get("answer") == given:
            guest.submit(page_of(person), form["fields"])


def states(api: Api, guest: Api, boat: dict[str, Any], crowd: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The charter in one state after the other."""
    ana, bo = crowd
    trip = make(api, boat, (24, 27))
    yield trip
    ask(api, trip, ana, "captain")
    yield trip
    answers(guest, ana, "accept")
    ask(api, trip, bo, "deckhand")
    yield trip
    answers(guest, bo, "accept")
    yield trip
    patch(api, read_charter(api, trip), departure_port="Oakland")
    yield trip
    answers(guest, ana, "accept")
    answers(guest, bo, "accept")
    born = {
        "signer_birth_date": "1971-03-09",
        "signer_email": "canary.signer@example.com",
        "signer_phone": "4155550666",
    }
    sign(guest, trip, signer_name="Cleo Park", **{**MINORS, "minor_birth_date": ["2019-07-31", "2019-07-31"]}, **born)
    yield trip
    answers(guest, bo, "decline")
    yield trip


def read_all(guest: Api, trip: dict[str, Any], crowd: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    for one in crowd:
        yield "page", guest.get(page_of(one)).text
        feed = guest.get(f"{page_of(one)}.ics").text
        yield "feed", feed.replace("\r\n ", "") + str(read_calendar(feed))
        yield "manifest", guest.get(manifest_of(one, trip)).text
        yield "refused answer", guest.submit(page_of(one), {"position_id": "x", "answer": "accept", "seen": "x"}).text
        yield "refused tick", tick(guest, manifest_of(one, trip), "depart", state="x").text


def check(html: str, where: tuple[object, ...]) -> None:
    """Ids and links are random: they may hold any digits."""
    html, shown = re.sub(IDS, "", html), text_of(html)
    for what, values in CANARIES.items():
        for value in values:
            assert value not in html, (what, value, where)
    for word in WORDS:
        assert word not in shown.lower(), (word, where)


def test_neither_page_nor_feed_nor_manifest_holds_what_is_not_for_crew(
    api: Api,
    guest: Api,
    boat: dict[str, Any],
    crowd: list[dict[str, Any]],
    pass_time: PassTime,
    mailbox: list[EmailMessage],
) -> None:
    seen = {"phone": 0}
    for number, trip in enumerate(states(api, guest, boat, crowd)):
        for hours in HOURS:
            pass_time(hours=hours)
            for what, html in read_all(guest, trip, crowd):
                check(html, (number, hours, what))
                seen["phone"] += "0199" in html
        pass_time(hours=0)
        crew.sweep(system.utc_now())
    # The captain was told how to call, so what was looked at is what is shown.
    assert seen["phone"] > 0
    for mail in mailbox:
        if mail["to"] and any(name in str(mail["to"]) for name in ("ana.reyes", "bo.lee")):
            text = mail.get_body(("plain",))
            assert isinstance(text, EmailMessage)
            check(text.get_content(), ("mail", mail["subject"]))


@pytest.mark.parametrize("state", ["departed", "cancelled"])
def test_neither_does_what_is_over(
    api: Api, guest: Api, boat: dict[str, Any], crowd: list[dict[str, Any]], pass_time: PassTime, state: str
) -> None:
    *_, trip = states(api, guest, boat, crowd)
    answers(guest, crowd[1], "accept")
    url = f"/api/events/{trip['event_id']}"
    if state == "cancelled":
        assert api.post(f"{url}/cancel", {"reason": "canary-reason"}).status == 200
    else:
        pass_time(hours=4)
        waive = dict.fromkeys(("captain", "crew", "people_papers", "boat_papers", "waivers", "money", "briefing"), "")
        blocks = [one["code"] for one in api.get(url).json["readiness"]["checks"] if one["state"] == "blocks"]
        body = {"waive": {code: "canary-reason" for code in waive if code in blocks}}
        assert api.post(f"{url}/depart", body).status == 200
    for hours in HOURS:
        pass_time(hours=hours)
        for what, html in read_all(guest, trip, crowd):
            check(html, (state, hours, what))
