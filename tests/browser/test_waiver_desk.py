"""Guests by name, the manifest, sharing, texts and records: as an admin works with them."""

import re
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.visitors import Site, card

GUESTS = [
    {"name": "Ana Reyes", "email": "ana@example.com"},
    {"name": "Bo Sund", "email": ""},
    {"name": "Cora Lind", "email": "cora@example.com"},
]


@pytest.fixture
def page(site: Site, visit: Visit) -> Page:
    return visit(token=site.token).new_page()


@pytest.fixture
def event(site: Site) -> dict[str, Any]:
    """A charter of a fresh party: the same person in another test is another address."""
    mark = secrets.token_hex(4)
    guests = [
        guest | {"email": guest["email"] and f"{guest['name'].split()[0].lower()}-{mark}@example.com"}
        for guest in GUESTS
    ]
    return site.charter(guests=guests, return_port="Sausalito")


# --- expected guests ------------------------------------------------------------------------------


def test_guests_are_typed_and_pasted_corrected_and_kept_through_other_edits(
    site: Site, page: Page, event: dict[str, Any]
) -> None:
    page.goto(f"/events/{event['event_id']}")
    page.get_by_role("button", name="Edit").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Remove guest 2").click()
    dialog.get_by_text("Paste several").click()
    dialog.get_by_label("One guest a line").fill("Dan Oak, dan@\nEva Pine, eva@example.com")
    dialog.get_by_role("button", name="Add 2 guests").click()
    dialog.get_by_role("button", name="Save changes").click()
    third = dialog.get_by_role("group", name="Guest 3")
    expect(third).to_contain_text("This is not an email address.")
    third.get_by_label("Email").fill("dan@example.com")
    dialog.get_by_role("button", name="Save changes").click()
    expect(dialog).to_be_hidden()
    saved = site.admin("GET", f"/api/events/{event['event_id']}")["guests"]
    assert [guest["name"] for guest in saved] == ["Ana Reyes", "Cora Lind", "Dan Oak", "Eva Pine"]
    assert saved[0] == event["guests"][0]

    page.get_by_role("button", name="Edit").click()
    dialog.get_by_label("Vessel").fill("Kestrel")
    dialog.get_by_role("button", name="Save changes").click()
    expect(dialog).to_be_hidden()
    assert site.admin("GET", f"/api/events/{event['event_id']}")["guests"] == saved


# --- who is missing -------------------------------------------------------------------------------


def test_the_board_names_who_is_missing_and_one_tap_reminds_them_once(
    site: Site, page: Page, event: dict[str, Any]
) -> None:
    page.goto("/")
    mine = card(page, event)
    expect(mine).to_contain_text("Missing: Ana R., Bo S. +1")
    mine.get_by_role("button", name="Remind").click()
    expect(page.get_by_text("Reminded: Ana R., Cora L. No email: Bo S.")).to_be_visible()
    mine.get_by_role("button", name="Remind").click()
    expect(page.get_by_text("Reminded less than six hours ago: Ana R., Cora L.")).to_be_visible()
    assert len(site.mail(event["guests"][0]["email"])) == 1

    assert site.sign(event, signer_name="Ana Reyes").status == 303
    page.goto(f"/events/{event['event_id']}")
    missing = page.get_by_role("heading", name="Not signed yet").locator("+ ul")
    expect(missing.get_by_role("listitem")).to_have_text(["Bo Sundno email", "Cora Lind"])


def test_warnings_stand_on_the_board_and_on_the_charters_page(site: Site, page: Page) -> None:
    event = site.charter(return_port="Oakland", party_size=9, passenger_limit=6)
    page.goto("/")
    expect(card(page, event)).to_contain_text("Ends in another port")
    expect(card(page, event)).to_contain_text("Over the passenger limit")
    page.goto(f"/events/{event['event_id']}")
    expect(page.get_by_text("46 USC 30527")).to_be_visible()
    expect(page.get_by_text("9 passengers are expected or have signed; this charter may carry 6.")).to_be_visible()


def test_a_past_charter_is_opened_for_a_day(site: Site, page: Page) -> None:
    yesterday = datetime.now(UTC) - timedelta(days=1)
    event = site.charter(starts_at=yesterday.isoformat(), ends_at=(yesterday + timedelta(hours=3)).isoformat())
    page.goto(f"/events/{event['event_id']}")
    page.get_by_role("button", name="Take signatures for 24 hours").click()
    expect(page.get_by_text(re.compile("guests can still sign until"))).to_be_visible()
    assert site.sign(event).status == 303
