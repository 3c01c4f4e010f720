"""Guests by name, the manifest, sharing and texts: as an admin works with them."""

import re
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.visitors import Site, card, sheets

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
    tag = secrets.token_hex(4)
    guests = [
        guest | {"email": guest["email"] and f"{guest['name'].split()[0].lower()}-{tag}@example.com"}
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
    page.get_by_role("button", name="Save without mail").click()
    expect(dialog).to_be_hidden()
    assert site.admin("GET", f"/api/events/{event['event_id']}")["guests"] == saved


def test_a_mails_list_that_is_pasted_and_not_added_is_saved_too(site: Site, page: Page, event: dict[str, Any]) -> None:
    page.goto(f"/events/{event['event_id']}")
    page.get_by_role("button", name="Edit").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("Paste several").click()
    dialog.get_by_label("One guest a line").fill("Dan Oak <dan@example.com>; Eva Pine <eva@example.com>")
    dialog.get_by_role("button", name="Save changes").click()
    expect(dialog).to_be_hidden()
    saved = site.admin("GET", f"/api/events/{event['event_id']}")["guests"]
    assert saved[:-2] == event["guests"]
    assert [(guest["name"], guest["email"]) for guest in saved[-2:]] == [
        ("Dan Oak", "dan@example.com"),
        ("Eva Pine", "eva@example.com"),
    ]


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
    expect(missing.get_by_role("listitem")).to_contain_text(["Bo Sund no email", "Cora Lind"])
    expect(page.get_by_role("button", name="Remind all who has not signed")).to_be_visible()


def test_one_missing_guest_is_reminded_alone(site: Site, page: Page, event: dict[str, Any]) -> None:
    ana, _, cora = event["guests"]
    page.goto(f"/events/{event['event_id']}")
    expect(page.get_by_role("button", name="Remind Bo Sund")).to_have_count(0)
    page.get_by_role("button", name="Remind Cora Lind").click()
    expect(page.get_by_text("Reminded: Cora L.")).to_be_visible()
    assert (len(site.mail(cora["email"])), len(site.mail(ana["email"]))) == (1, 0)


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


# --- manifest -------------------------------------------------------------------------------------


def test_passengers_are_ticked_off_briefed_and_frozen_at_departure(
    site: Site, page: Page, event: dict[str, Any]
) -> None:
    # Earlier than twelve hours before its start nothing departs.
    starts_at = datetime.now(UTC) + timedelta(hours=8)
    ends_at = starts_at + timedelta(hours=3)
    times = {"starts_at": starts_at.isoformat(), "ends_at": ends_at.isoformat()}
    event = site.admin("PATCH", f"/api/events/{event['event_id']}", {"version": event["version"], **times})
    assert site.sign(event, signer_name="Ana Reyes").status == 303
    page.goto(f"/events/{event['event_id']}")
    page.get_by_role("link", name="Manifest").click()
    expect(page.get_by_text("1 signed, limit 12")).to_be_visible()
    expect(page.get_by_text("3 have not signed: Bo Sund, Cora Lind and 1 without a name.")).to_be_visible()
    expect(page.get_by_text("VHF channel 16")).to_be_visible()

    page.get_by_role("button", name="Aboard: Ana Reyes").click()
    page.get_by_role("button", name="Aboard: Bo Sund").click()
    page.get_by_role("button", name="No-show: Cora Lind").click()
    expect(page.get_by_text("2 aboard, limit 12")).to_be_visible()
    expect(page.get_by_text("Did not come")).to_be_visible()
    # A tick that was a mistake is taken back by the same button.
    page.get_by_role("button", name="Aboard: Bo Sund").click()
    expect(page.get_by_text("1 aboard, limit 12")).to_be_visible()
    page.get_by_role("button", name="Safety briefing given").click()
    expect(page.get_by_text(re.compile("Given .* by admin"))).to_be_visible()

    page.get_by_role("button", name="Depart…").click()
    dialog = page.get_by_role("dialog", name="Depart?")
    expect(dialog).to_contain_text(re.compile(r"This charter departs in (8 h|7 h 5\d min)\. Is it the right one\?"))
    expect(dialog).to_contain_text("Neither aboard nor a no-show: Bo Sund.")
    expect(dialog).not_to_contain_text("briefing is not ticked off")
    dialog.get_by_role("button", name="Depart", exact=True).click()
    expect(page.get_by_role("heading", name="Departed")).to_be_visible()
    expect(page.get_by_role("button", name="Aboard")).to_have_count(0)
    frozen = site.admin("GET", f"/api/events/{event['event_id']}/manifest")["frozen"]
    expect(page.get_by_text(frozen["sha256"])).to_be_visible()

    # Who signs afterwards stands in the list of now only.
    assert site.sign(event, signer_name="Late Larry").status == 303
    page.reload()
    expect(page.get_by_role("heading", name="Departed")).to_be_visible()
    expect(page.get_by_text("Late Larry")).to_be_hidden()
    page.get_by_role("button", name="Show it as of now").click()
    expect(page.get_by_text("Late Larry")).to_be_visible()


def test_a_tick_that_was_not_saved_says_so_and_is_saved_by_a_tap_or_when_the_signal_is_back(
    site: Site, page: Page, event: dict[str, Any]
) -> None:
    def saved() -> list[bool]:
        passengers = site.admin("GET", f"/api/events/{event['event_id']}/manifest")["passengers"]
        return [bool(one["checked_in_at"]) for one in passengers]

    page.goto(f"/events/{event['event_id']}/manifest")
    page.route("**/check-in", lambda route: route.abort())
    for name in ("Ana Reyes", "Bo Sund", "Cora Lind"):
        page.get_by_role("button", name=f"Aboard: {name}").click()
        row = page.get_by_role("listitem").filter(has_text=name)
        expect(row.get_by_role("alert")).to_contain_text("Not saved.")
        expect(row.get_by_role("button", name=f"Aboard: {name}")).to_have_attribute("aria-pressed", "false")
    expect(page.get_by_text("Not saved yet: Ana Reyes, Bo Sund, Cora Lind.")).to_be_visible()
    page.get_by_role("button", name="Depart…").click()
    expect(page.get_by_role("dialog")).to_contain_text("Not saved yet: Ana Reyes, Bo Sund, Cora Lind.")
    page.get_by_role("button", name="Not yet").click()
    page.unroute_all()
    page.get_by_role("button", name="Aboard: Ana Reyes").click()
    expect(page.get_by_text("Not saved yet: Bo Sund, Cora Lind.")).to_be_visible()
    assert saved() == [True, False, False]
    # Elsewhere in the app and back, it is still known.
    page.route("**/check-in", lambda route: route.abort())
    page.get_by_role("link", name="← Charter").click()
    page.get_by_role("link", name="Manifest").click()
    expect(page.get_by_text("Not saved yet: Bo Sund, Cora Lind.")).to_be_visible()
    page.unroute_all()
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.get_by_text("Not saved yet")).to_be_hidden()
    assert saved() == [True, True, True]


def test_the_desk_prints_on_as_few_sheets_as_its_papers_have(site: Site, visit: Visit) -> None:
    guests = [{"name": f"Guest Number {number}", "email": ""} for number in range(12)]
    event = site.charter(guests=guests, party_size=12)
    assert site.sign(event, signer_name="Guest Number 3").status == 303
    (record,) = site.admin("GET", f"/api/events/{event['event_id']}")["waiver_records"]
    page = visit(token=site.token).new_page()
    for path, heading, most in (
        ("manifest", "Manifest", 1),
        ("dock-card", event["title"], 1),
        (f"waivers/{record['waiver_id']}", "Guest Number 3", 2),
    ):
        page.goto(f"/events/{event['event_id']}/{path}")
        expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible()
        expect(page.get_by_text(event["title"]).first).to_be_visible()
        for paper in ("Letter", "A4"):
            assert sheets(page, paper) <= most, (path, paper)


def test_the_manifest_prints_without_controls_and_downloads_as_a_file(
    site: Site, page: Page, event: dict[str, Any]
) -> None:
    page.goto(f"/events/{event['event_id']}/manifest")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download CSV").click()
    assert "Bo Sund" in download.value.path().read_text()
    page.emulate_media(media="print")
    assert page.get_by_role("button").filter(visible=True).count() == 0
    expect(page.get_by_role("listitem").filter(has_text="Bo Sund")).to_be_visible()
    expect(page.get_by_role("heading", name="Departure")).to_be_hidden()


# --- sharing --------------------------------------------------------------------------------------


def test_the_guest_link_travels_as_code_message_card_and_kiosk(site: Site, page: Page, event: dict[str, Any]) -> None:
    page.goto(f"/events/{event['event_id']}")
    page.get_by_role("button", name="QR code…").click()
    expect(page.get_by_role("img", name="QR code of the guest link")).to_be_visible()
    link = page.get_by_role("link", name="Text message").get_attribute("href") or ""
    assert unquote(link).startswith(f"sms:?&body={event['title']}")
    assert event["guest_url"] in unquote(link)
    whats_app = page.get_by_role("link", name="WhatsApp")
    assert event["guest_url"] in unquote(whats_app.get_attribute("href") or "")
    expect(whats_app).to_have_attribute("rel", "noopener noreferrer")

    page.get_by_role("link", name="Dock card to print").click()
    expect(page.get_by_text("Sign your waiver before boarding")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.get_by_role("img", name="QR code of the guest link")).to_be_visible()
    assert page.get_by_role("button").filter(visible=True).count() == 0

    page.emulate_media(media="screen")
    page.go_back()
    page.get_by_role("button", name="QR code…").click()
    page.get_by_role("link", name="Kiosk on this device").click()
    page.wait_for_url(f"**/g/{event['event_id']}/waiver?kiosk=1")
    expect(page.get_by_role("button", name="Sign", exact=True)).to_be_visible()


# --- texts ----------------------------------------------------------------------------------------


@pytest.fixture
def sample_text(site: Site) -> Iterator[None]:
    """The text that ships is the current one again after the test."""
    before = site.admin("GET", "/api/waiver-versions")
    (version,) = [one for one in before["versions"] if one["waiver_version"] == before["current"]]
    yield
    site.admin("PUT", "/api/waiver-versions/current", {"title": version["title"], "text": version["text"]})


@pytest.mark.usefixtures("sample_text")
def test_a_text_is_previewed_published_and_signers_of_the_old_one_asked_again(
    site: Site, page: Page, event: dict[str, Any]
) -> None:
    ana = event["guests"][0]
    assert site.sign(event, signer_name="Ana Reyes", signer_email=ana["email"]).status == 303
    page.goto("/waiver")
    expect(page.get_by_text("This is the sample that comes with the product.").first).to_be_visible()
    page.get_by_role("button", name="New version").click()
    dialog = page.get_by_role("dialog")
    tag = secrets.token_hex(4)
    dialog.get_by_label("Text").fill(f"## Risks {tag}\n\n**All** of them <b>now</b>.\n\n- wind\n- water")
    dialog.get_by_label("Language").select_option("es")
    expect(dialog.get_by_label("Text")).to_have_value(re.compile("muestra", re.IGNORECASE))
    dialog.get_by_label("Language").select_option("en")
    dialog.get_by_role("button", name="Preview").click()
    preview = dialog.get_by_role("region", name="Preview")
    expect(preview.get_by_role("heading", name=f"Risks {tag}")).to_be_visible()
    expect(preview.locator("strong")).to_have_text("All")
    expect(preview).to_contain_text("<b>now</b>")
    expect(preview.get_by_role("listitem")).to_have_count(2)
    dialog.get_by_role("button", name="Publish").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_text("Published.")).to_be_visible()
    expect(page.get_by_role("heading", name=f"Risks {tag}")).to_be_visible()
    expect(page.get_by_text("Guests who choose Spanish sign the English one")).to_be_visible()

    mine = page.get_by_role("listitem").filter(has=page.get_by_role("link", name=event["title"]))
    expect(mine).to_contain_text("Ana Reyes")
    mine.get_by_role("button", name="Ask them again").click()
    expect(mine.get_by_role("status")).to_have_text("Asked: Ana R.")
    mine.get_by_role("button", name="Ask them again").click()
    expect(mine.get_by_role("status")).to_have_text("Asked less than six hours ago: Ana R.")
