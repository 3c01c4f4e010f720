"""The guest page: whose it is, in which language, and the calendar file that it makes."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import vobject
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.visitors import Site

HOSTILE = {
    "title": 'Ana, Ben; and "C:\\n" \\, BEGIN:VEVENT',
    "departure_port": "Pier 39; slip 4, left\\right",
    "guest_notes": "One\nEND:VEVENT\nEND:VCALENDAR\n\n two, three; four\\five",
}
LONG = {
    "title": "Ćšž 日本語の船 ⛵👨\u200d👩\u200d👧 " + "ñ" * 60,
    "guest_notes": "ñ" * 300 + "\n" + "https://example.com/x" * 9,
}
OVER_MIDNIGHT = {"starts_at": "2031-03-09T03:30:00Z", "ends_at": "2031-03-09T11:30:00Z"}


@pytest.fixture
def event(site: Site) -> dict[str, Any]:
    return site.charter()


@pytest.mark.parametrize(
    "changes", [{}, HOSTILE, LONG, OVER_MIDNIGHT], ids=["plain", "hostile", "long lines", "a night when clocks change"]
)
def test_the_calendar_file_says_what_the_page_says(
    site: Site, visit: Visit, tmp_path: Path, changes: dict[str, Any]
) -> None:
    settings = site.change_settings(guest_place_url="https://maps.example.com/?q=37.86,-122.48;z=1")
    event = site.charter(charter_fee_cents=7654321, **changes)
    page = visit().new_page()
    page.goto(f"/g/{event['event_id']}?language=es")
    with page.expect_download() as download:
        page.get_by_role("button", name="Añadir al calendario").click()
    assert download.value.suggested_filename == "charter.ics"
    file = tmp_path / "charter.ics"
    download.value.save_as(file)
    text = file.read_bytes().decode()

    entry = vobject.readOne(text).vevent
    page_url = f"{site.url}/g/{event['event_id']}"
    assert entry.dtstart.value == datetime.fromisoformat(event["starts_at"])
    assert entry.dtend.value == datetime.fromisoformat(event["ends_at"])
    assert entry.summary.value == f"{event['title']} (S/V Petrel)"
    assert entry.location.value == event["departure_port"]
    assert entry.description.value == f"{event['guest_notes']}\n\n{settings['guest_place_url']}\n\n{page_url}"
    assert entry.url.value == page_url
    assert entry.uid.value.startswith(event["event_id"])
    # Nothing of what only admins see.
    for word in ("Ana Ruiz", "patron-", "luis@", "Ferreira", "555 01", "7654321", "76543"):
        assert word not in text.replace(event["event_id"], "")


def header(page: Page) -> str:
    return page.get_by_role("banner").inner_text().strip()


def test_guests_see_the_operators_name_and_never_ours(site: Site, visit: Visit, event: dict[str, Any]) -> None:
    name = site.admin("GET", "/api/settings")["operator_name"]
    served = site.call("GET", f"/g/{event['event_id']}").text
    assert "ship captain crew" not in served.lower()
    assert "dispatch" not in served.lower()
    page = visit().new_page()
    page.goto(f"/g/{event['event_id']}")
    expect(page).to_have_title(f"{event['title']} · {name}")
    assert header(page) == name
    assert "ship captain crew" not in page.content().lower()


def test_an_admin_who_goes_on_to_the_desk_is_at_the_desk(site: Site, visit: Visit, event: dict[str, Any]) -> None:
    page = visit(token=site.token, locale="es-MX").new_page()
    page.goto(f"/g/{event['event_id']}")
    page.get_by_role("link", name="Abrir esta salida en el escritorio").click()
    expect(page).to_have_title(f"{event['title']} · Ship Captain Crew")
    assert page.locator("html").get_attribute("lang") == "en"
    assert "Ship Captain Crew" in header(page)


def test_a_guest_keeps_the_chosen_language_from_the_page_to_the_waiver_and_back(
    site: Site, visit: Visit, event: dict[str, Any]
) -> None:
    page = visit(locale="en-US").new_page()
    page.goto(f"/g/{event['event_id']}")
    expect(page.get_by_role("heading", name="What to bring and know")).to_be_visible()
    page.get_by_role("link", name="Español").click()
    expect(page.get_by_role("heading", name="Qué llevar y saber")).to_be_visible()
    assert page.locator("html").get_attribute("lang") == "es"
    page.get_by_role("link", name="Firmar el documento").click()
    page.get_by_label("Su nombre completo").fill("Marcus Bell")
    page.get_by_label("Acepto firmar este documento").check()
    page.get_by_label("He leído este documento").check()
    page.get_by_label("Escriba su nombre como firma").fill("Marcus Bell")
    page.get_by_role("button", name="Firmar", exact=True).click()
    page.get_by_role("link", name="A la página de la salida").click()
    expect(page.get_by_text("Documentos firmados: 1 de 4")).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text="Marcus B.")).to_be_visible()


def test_what_comes_later_is_asked_for_once_more_when_it_could_not_be_fetched(
    visit: Visit, event: dict[str, Any]
) -> None:
    page = visit().new_page()
    page.route("**/assets/details-*.js", lambda route: route.abort())
    page.goto(f"/g/{event['event_id']}")
    expect(page.get_by_role("alert")).to_contain_text("The rest of this page could not be loaded.")
    expect(page.get_by_role("link", name="Sign the waiver")).to_be_visible()
    page.unroute("**/assets/details-*.js")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("heading", name="What to bring and know")).to_be_visible()


# Pixels between each button, or row of them, and what stands above and below it in its panel.
GAPS = """() => [...document.querySelectorAll(".panel > .button, .panel > .guest-buttons")].flatMap((button) => {
  const { top, bottom } = button.getBoundingClientRect();
  const above = button.previousElementSibling?.getBoundingClientRect().bottom ?? -Infinity;
  const below = button.nextElementSibling?.getBoundingClientRect().top ?? Infinity;
  return [top - above, below - bottom].filter(Number.isFinite);
})"""


def test_no_button_touches_the_words_above_or_below_it(visit: Visit, event: dict[str, Any]) -> None:
    page = visit().new_page()
    page.goto(f"/g/{event['event_id']}")
    expect(page.get_by_role("button", name="Add to calendar")).to_be_visible()
    gaps = page.evaluate(GAPS)
    assert len(gaps) >= 3
    assert min(gaps) >= 4
