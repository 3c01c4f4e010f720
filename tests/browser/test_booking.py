"""A charter with a known boat, captain and patron: how little is typed, and what happens when it is booked already."""

import re
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visit
from tests.browser.visitors import DESKTOP, PHONE, Site

MOST_CHARACTERS = 60


@pytest.fixture(scope="module")
def fleet(site: Site) -> dict[str, Any]:
    """Two boats, a captain and a patron whose names no other has, and a charter on the first boat with the captain."""
    tag = secrets.token_hex(3)
    kestrel = site.admin(
        "POST",
        "/api/boats",
        {"name": f"Kestrel {tag}", "passenger_limit": 9, "home_port": "Vis", "turnaround_minutes": 60},
    )
    gull = site.admin("POST", "/api/boats", {"name": f"Gull {tag}", "passenger_limit": 4})
    captain = {"name": f"Dana {tag}", "email": f"{tag}@example.com", "phone": "+1 619 555 0110", "roles": ["captain"]}
    dana = site.admin("POST", "/api/people", captain)
    patron = {"name": f"Ana {tag}", "email": f"ana-{tag}@example.com", "phone": "+1 619 555 0199"}
    booked = site.charter(boat_id=kestrel["boat_id"], captain={"person_id": dana["person_id"]}, patron=patron)
    return {"kestrel": kestrel, "gull": gull, "dana": dana, "patron": patron, "booked": booked}


def open_new(page: Page) -> Locator:
    page.goto("/")
    page.get_by_role("button", name="New charter").press("Enter")
    dialog = page.get_by_role("dialog", name="New charter")
    expect(dialog.get_by_label("Vessel")).to_have_attribute("list", re.compile(".+"))
    return dialog


@pytest.mark.parametrize("window", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_charter_with_known_boat_captain_and_patron_takes_sixty_characters(
    site: Site, visit: Visit, fleet: dict[str, Any], window: Any
) -> None:
    page = visit(token=site.token, viewport=window).new_page()
    dialog = open_new(page)
    typed = 0

    def type_in(field: Locator, text: str) -> None:
        nonlocal typed
        field.focus()
        page.keyboard.type(text)
        typed += len(text)

    starts_at = datetime.now(UTC) + timedelta(days=20 if window == DESKTOP else 21)
    name = dialog.get_by_label("Name", exact=True)
    type_in(dialog.get_by_label("Title"), "Evening sail")
    type_in(dialog.get_by_label("Departs"), f"{starts_at:%m%d%Y}")
    page.keyboard.press("Tab")
    page.keyboard.type("0500P")
    typed += len("0500P")
    type_in(dialog.get_by_label("Vessel"), fleet["kestrel"]["name"].lower())
    type_in(name.nth(0), fleet["patron"]["name"].lower())
    type_in(name.nth(1), fleet["dana"]["name"].lower())
    expect(dialog.get_by_label("Passenger limit")).to_have_value("9")
    expect(dialog.get_by_label("Departure port")).to_have_value("Vis")
    dialog.get_by_role("button", name="Create charter").press("Enter")
    expect(page.get_by_role("heading", name="Evening sail", level=1)).to_be_visible()
    event = site.admin("GET", f"/api/events/{page.url.rsplit('/', 1)[1]}")
    assert event["boat_id"] == fleet["kestrel"]["boat_id"]
    assert event["captain"] == {name: fleet["dana"][name] for name in ("person_id", "name", "email", "phone")}
    assert event["patron"] == fleet["patron"]
    assert event["starts_at"] < event["ends_at"]
    assert typed <= MOST_CHARACTERS, typed


def test_what_is_booked_already_shows_both_times_and_is_booked_anyway_for_a_reason(
    site: Site, visit: Visit, fleet: dict[str, Any]
) -> None:
    page = visit(token=site.token, viewport=DESKTOP).new_page()
    booked = fleet["booked"]
    page.goto(f"/events/{booked['event_id']}")
    page.get_by_role("button", name="Duplicate…").click()
    dialog = page.get_by_role("dialog", name="New charter")
    local = page.evaluate(
        "at => new Date(at).toLocaleString('sv', {timeZone: 'America/Los_Angeles'}).replace(' ', 'T').slice(0, 16)",
        booked["starts_at"],
    )
    dialog.get_by_label("Departs").fill(local)
    dialog.get_by_label("Title").fill("A second one")
    dialog.get_by_role("button", name="Create charter").click()
    refused = dialog.get_by_role("region", name="Booked already")
    expect(refused.get_by_role("link")).to_have_count(2)
    expect(refused.get_by_role("button", name=f"Take {fleet['gull']['name']}")).to_be_visible()
    expect(refused.get_by_role("button", name=f"Take {fleet['kestrel']['name']}")).to_have_count(0)
    expect(refused.get_by_role("button", name=f"Take {fleet['dana']['name']}")).to_have_count(0)
    refused.get_by_role("button", name="Book anyway").click()
    expect(refused.get_by_text("Say why, in a few words.")).to_be_visible()
    refused.get_by_label("Reason to book it anyway").fill("Agreed with both")
    refused.get_by_role("button", name="Book anyway").click()
    expect(page.get_by_role("heading", name="A second one", level=1)).to_be_visible()
    expect(page.get_by_text("Booked anyway by admin: Agreed with both")).to_be_visible()
    # The warning is on the other one too, and on the board.
    page.get_by_role("link", name=booked["title"]).first.click()
    expect(page.get_by_role("heading", name=booked["title"], level=1)).to_be_visible()
    expect(page.get_by_role("link", name="A second one").first).to_be_visible()
    page.goto("/")
    row = page.get_by_role("article", name=booked["title"])
    expect(row.get_by_text("Double-booked")).to_be_visible()


def test_a_charter_is_repeated_with_the_keyboard_and_what_is_in_the_way_is_left_out(
    site: Site, visit: Visit, fleet: dict[str, Any]
) -> None:
    source = site.charter(boat_id=fleet["gull"]["boat_id"])
    starts_at = datetime.fromisoformat(source["starts_at"])
    site.charter(
        title="In the way",
        boat_id=fleet["gull"]["boat_id"],
        starts_at=(starts_at + timedelta(days=7)).isoformat(),
        ends_at=(starts_at + timedelta(days=7, hours=2)).isoformat(),
    )
    page = visit(token=site.token, viewport=PHONE).new_page()
    page.goto(f"/events/{source['event_id']}")
    page.get_by_role("button", name="Repeat weekly…").press("Enter")
    dialog = page.get_by_role("dialog", name="Repeat weekly")
    expect(dialog.get_by_label("Last day")).to_be_focused()
    page.keyboard.type(f"{starts_at + timedelta(days=22):%m%d%Y}")
    page.keyboard.press("Enter")
    expect(dialog.get_by_text("Booked already:")).to_have_count(1)
    dialog.get_by_role("button", name="Create 2 charters").press("Enter")
    expect(page.get_by_text("Created 2 charters.")).to_be_visible()
    found = site.admin("GET", f"/api/events?q={source['title'].replace(' ', '%20')}")["events"]
    assert [event["boat_id"] for event in found] == [fleet["gull"]["boat_id"]] * 3


def test_a_boat_that_coming_charters_name_stays_active_and_the_dialog_leads_to_them(
    site: Site, visit: Visit, fleet: dict[str, Any]
) -> None:
    page = visit(token=site.token, viewport=DESKTOP).new_page()
    page.goto("/boats")
    page.get_by_role("button", name=fleet["kestrel"]["name"]).click()
    dialog = page.get_by_role("dialog", name=fleet["kestrel"]["name"])
    dialog.get_by_role("checkbox", name="Charters can be planned with this boat").uncheck()
    dialog.get_by_role("button", name="Save changes").click()
    dialog.get_by_role("link", name=fleet["booked"]["title"]).click()
    expect(page.get_by_role("heading", name=fleet["booked"]["title"], level=1)).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
