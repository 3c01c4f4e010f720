"""The waiver's page as a whole: a human's pace, a shared tablet, no JavaScript, paper, looks and weight."""

import gzip
import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visit
from tests.browser.visitors import DESKTOP, NARROW, PHONE, Site, Troubles, axe_violations, sheets, sideways_px
from tests.browser.waiver_form import (
    ESIGN,
    INTENT,
    LANDSCAPE,
    TYPED,
    copy_link,
    draw,
    fill_in,
    people,
    record_of,
    sign_button,
    thanked,
    waiver,
)
from tests.support.clock import waiting_for_a_processor

VECTORS: list[str] = json.loads((Path(__file__).parents[1] / "support/xss.json").read_text())
FIRST_VIEW_BYTES = 30 * 1024
HUMAN_S = 60
KEY_MS, PONDER_MS, WHEEL_MS, SKIM_MS = 90, 350, 2500, 3000
"""Between two keys, two fields, for setting a date on a phone's wheel, and for a look at the text."""


# --- a human's pace -------------------------------------------------------------------------------


def ponder(page: Page) -> None:
    """What it takes a thumb to find the next field."""
    page.wait_for_timeout(PONDER_MS)


def sign_as_a_human(page: Page) -> None:
    """A parent with two children; each key and each tap takes its time, the text is skimmed."""

    def write(field: Locator, text: str) -> None:
        ponder(page)
        field.tap()
        field.press_sequentially(text, delay=KEY_MS)

    def tap(target: Locator) -> None:
        ponder(page)
        target.tap()

    def pick_date(field: Locator, date: str) -> None:
        tap(field)
        page.wait_for_timeout(WHEEL_MS)
        field.fill(date)

    page.mouse.wheel(0, 600)
    page.wait_for_timeout(SKIM_MS)
    write(page.get_by_label("Your full name"), "Dana Whitfield")
    tap(page.get_by_text("I also sign for minors"))
    births = page.get_by_label("Birth date", exact=True)
    write(page.get_by_label("Name of minor 1", exact=True), "Robin Whitfield")
    pick_date(births.nth(0), "2015-04-03")
    tap(page.get_by_role("button", name="Add a minor"))
    write(page.get_by_label("Name of minor 2"), "Sam Whitfield")
    pick_date(births.nth(1), "2018-09-21")
    ponder(page)
    page.get_by_label("You are their").select_option("parent")
    for sentence in ("I am the parent or legal guardian", ESIGN, INTENT):
        tap(page.get_by_label(sentence))
    write(page.get_by_label(TYPED), "Dana Whitfield")


def test_a_parent_signs_for_two_minors_in_under_a_minute(site: Site, visit: Visit, event: dict[str, Any]) -> None:
    page = visit(has_touch=True, is_mobile=True).new_page()
    troubles = Troubles()
    troubles.watch(page)
    began = time.monotonic()
    page.goto(waiver(event))
    sign_as_a_human(page)
    sign_button(page).tap()
    thanked(page, "Dana Whitfield")
    assert time.monotonic() - began < HUMAN_S * waiting_for_a_processor()
    assert troubles.seen == []
    assert people(site, event) == ["Dana Whitfield", "Robin Whitfield", "Sam Whitfield"]
    record = record_of(site, event, "Sam Whitfield")
    assert record["guardian_relationship"] == "parent"
    # The edge passes the browser's own name on.
    assert record["user_agent"] == page.evaluate("navigator.userAgent")


def test_a_signal_lost_before_signing_costs_nothing(site: Site, visit: Visit, event: dict[str, Any]) -> None:
    context = visit(has_touch=True, is_mobile=True)
    page = context.new_page()
    began = time.monotonic()
    page.goto(waiver(event))
    context.set_offline(True)
    sign_as_a_human(page)
    sign_button(page).tap()
    status = page.locator("#form-status")
    expect(status).to_have_text(re.compile("^No signal. Kept on this phone; sends itself."))
    sign_button(page).tap()
    assert people(site, event) == []
    context.set_offline(False)
    thanked(page, "Dana Whitfield")
    assert time.monotonic() - began < HUMAN_S * waiting_for_a_processor()
    assert people(site, event) == ["Dana Whitfield", "Robin Whitfield", "Sam Whitfield"]
    assert page.evaluate("sessionStorage.length + localStorage.length") == 0


# --- a tablet that many sign on -------------------------------------------------------------------


def test_a_kiosk_goes_on_to_a_fresh_form_and_shows_nothing_of_the_one_before(
    site: Site, visit: Visit, event: dict[str, Any]
) -> None:
    page = visit(viewport=DESKTOP).new_page()
    page.clock.install()
    page.goto("/")
    page.goto(waiver(event, "?kiosk=1"))
    fill_in(page, "Ines Kovac")
    page.get_by_label("Email").fill("ines@example.com")
    sign_button(page).click()
    expect(page.get_by_role("heading", name="Signed. Thank you.")).to_be_visible()
    assert "Ines" not in page.content()
    page.clock.run_for(6000)
    expect(page.get_by_label("Your full name")).to_have_value("")
    assert page.evaluate("sessionStorage.length + localStorage.length") == 0
    for go in (page.go_back, page.go_forward, page.go_back):
        go()
        assert "Ines" not in page.content()
        assert page.evaluate("[...document.querySelectorAll('input')].every(({ value }) => !/ines/i.test(value))")
    page.goto(waiver(event, "?kiosk=1"))
    fill_in(page, "Marko Kovac")
    sign_button(page).click()
    expect(page.get_by_role("heading", name="Signed. Thank you.")).to_be_visible()
    assert people(site, event) == ["Ines Kovac", "Marko Kovac"]


def test_a_change_of_language_on_a_kiosk_keeps_what_was_typed_and_nothing_stays_behind(
    site: Site, visit: Visit
) -> None:
    event = site.charter(guests=[{"name": "Ines Kovac", "email": ""}])
    page = visit(viewport=DESKTOP).new_page()
    page.goto(waiver(event, "?kiosk=1"))
    page.get_by_label("Find your name").select_option("Ines Kovac")
    fill_in(page, "Ines Kovac")
    page.get_by_text("I also sign for minors").click()
    page.get_by_role("button", name="Add a minor").click()
    page.get_by_label("Name of minor 2").fill("Luka Kovac")
    page.get_by_role("link", name="Español").click()
    expect(page.get_by_label("Su nombre completo")).to_have_value("Ines Kovac")
    expect(page.get_by_label("Busque su nombre")).to_have_value(event["guests"][0]["guest_id"])
    expect(page.get_by_label("Nombre del menor 2")).to_have_value("Luka Kovac")
    # What is agreed to stands in the other language now.
    expect(page.get_by_label("He leído este documento")).not_to_be_checked()
    expect(page).to_have_url(re.compile("language=es&kiosk=1$"))
    assert page.evaluate("sessionStorage.length + localStorage.length") == 0
    page.context.set_offline(True)
    page.get_by_role("link", name="English").click()
    expect(page.get_by_text("Sin señal: el idioma sigue igual.")).to_be_visible()
    expect(page.get_by_label("Su nombre completo")).to_have_value("Ines Kovac")
    page.context.set_offline(False)
    page.reload()
    expect(page.get_by_label("Su nombre completo")).to_have_value("")


def test_a_form_left_behind_on_a_kiosk_is_cleared(visit: Visit, event: dict[str, Any]) -> None:
    page = visit(viewport=DESKTOP).new_page()
    page.clock.install()
    page.goto(waiver(event, "?kiosk=1"))
    page.get_by_label("Your full name").fill("Ines Kovac")
    page.clock.run_for(2 * 60_000)
    expect(page.get_by_label("Your full name")).to_have_value("Ines Kovac")
    page.clock.run_for(4 * 60_000)
    expect(page.get_by_label("Your full name")).to_have_value("")


# --- without JavaScript ---------------------------------------------------------------------------


def test_without_javascript_a_parent_signs_for_minors(site: Site, visit: Visit, event: dict[str, Any]) -> None:
    page = visit(java_script_enabled=False).new_page()
    page.goto(waiver(event))
    expect(page.locator("canvas")).to_be_hidden()
    expect(page.get_by_role("button", name="Add a minor")).to_be_hidden()
    fill_in(page, "Ines Kovac")
    page.get_by_text("I also sign for minors").click()
    page.get_by_text("More minors").click()
    page.get_by_label("Name of minor 3").fill("Luka Kovac")
    page.get_by_label("Birth date", exact=True).nth(2).fill("2016-02-29")
    sign_button(page).click()
    expect(page.get_by_role("alert")).to_contain_text("Your relationship is required when you sign for a minor")
    expect(page.get_by_label("Your full name")).to_have_value("Ines Kovac")
    page.get_by_label("You are their").select_option("parent")
    page.get_by_label("I am the parent").check()
    sign_button(page).click()
    thanked(page, "Ines Kovac")
    assert people(site, event) == ["Ines Kovac", "Luka Kovac"]


def test_without_javascript_the_parts_are_numbered(visit: Visit, event: dict[str, Any]) -> None:
    page = visit(java_script_enabled=False).new_page()
    page.goto(waiver(event))
    expect(page.get_by_role("heading", name="1. The document")).to_be_visible()
    for part in ("2. You", "3. I also sign for minors (under 18)", "4. Your signature"):
        expect(page.get_by_text(part, exact=True)).to_be_visible()
    progress = page.get_by_role("navigation", name="What there is to do")
    expect(progress.locator("p")).to_have_text("4 steps")
    progress.get_by_role("link", name="Sign").click()
    expect(page.get_by_text("4. Your signature")).to_be_in_viewport()


def test_without_javascript_a_hidden_field_that_the_browser_filled_in_loses_nothing(
    site: Site, visit: Visit, event: dict[str, Any]
) -> None:
    page = visit(java_script_enabled=False).new_page()
    page.goto(waiver(event))
    fill_in(page, "Ines Kovac")
    page.get_by_label("Phone").fill("+1 415 555 0100")
    page.locator("#website").fill("https://ines.example")
    sign_button(page).click()
    expect(page.get_by_role("alert")).to_contain_text("If your browser filled in a hidden field of this form")
    assert people(site, event) == []
    expect(page.get_by_label("Phone")).to_have_value("+1 415 555 0100")
    sign_button(page).click()
    thanked(page, "Ines Kovac")
    assert people(site, event) == ["Ines Kovac"]


# --- on paper -------------------------------------------------------------------------------------


@pytest.mark.parametrize("minors", [0, 10])
def test_the_signed_copy_prints_on_one_or_two_pages(
    site: Site, visit: Visit, event: dict[str, Any], minors: int
) -> None:
    email = f"ines-{event['event_id'][:8].lower()}@example.com".replace("_", "x")
    people_signed_for: dict[str, Any] = {
        "minor_name": [f"Luka Kovac the {number}th" for number in range(minors)],
        "minor_birth_date": ["2016-02-29"] * minors,
        "guardian_relationship": "parent",
        "authority_attestation": "yes",
    }
    strokes = "[[[10,100,0],[60,30,40],[90,120,80],[140,60,120]],[[40,70,300],[180,75,400]]]"
    form = {"signer_name": "Ines Kovac", "signer_email": email, "signature_strokes": strokes}
    assert site.sign(event, **form, **(people_signed_for if minors else {})).status == 303
    page = visit().new_page()
    page.goto(copy_link(site, email))
    expect(page.get_by_role("img", name="The drawn signature")).to_be_visible()
    for paper in ("Letter", "A4"):
        assert sheets(page, paper) <= 2, paper


def test_names_written_from_right_to_left_keep_their_birth_dates_in_the_copy(
    site: Site, visit: Visit, event: dict[str, Any]
) -> None:
    email = f"david-{event['event_id'][:8].lower()}@example.com".replace("_", "x")
    minors = {"נועה": "2016-02-29", "יעל": "2018-09-21"}
    form = {
        "signer_name": "דוד",
        "signer_email": email,
        "signer_birth_date": "1980-01-02",
        "minor_name": list(minors),
        "minor_birth_date": list(minors.values()),
        "guardian_relationship": "parent",
        "authority_attestation": "yes",
    }
    assert site.sign(event, **form).status == 303
    page = visit(viewport=DESKTOP).new_page()
    page.goto(copy_link(site, email))
    for name, birth_date in {"דוד": "1980-01-02", **minors}.items():
        shown = page.locator("dd bdi", has_text=name).last if name in minors else page.locator("dd bdi").first
        date = page.locator("dd bdi", has_text=birth_date)
        left, right = shown.bounding_box(), date.bounding_box()
        assert left
        assert right
        # On one line, the date right after its own name.
        assert left["y"] == pytest.approx(right["y"], abs=4)
        assert 0 < right["x"] - (left["x"] + left["width"]) < 20


# --- looks, weight, safety ------------------------------------------------------------------------


def just_opened(_: Page) -> None:
    pass


def with_all_open(page: Page) -> None:
    page.get_by_text("I also sign for minors").click()
    for _ in range(9):
        page.get_by_role("button", name="Add a minor").click()
    draw(page)


def waiting(page: Page) -> None:
    fill_in(page, "Ines Kovac")
    page.context.set_offline(True)
    sign_button(page).click()
    expect(page.locator("#form-status")).to_contain_text("No signal.")


@pytest.mark.parametrize("show", [just_opened, with_all_open, waiting])
@pytest.mark.parametrize("query", ["", "?language=es&kiosk=1"], ids=["english", "spanish kiosk"])
def test_axe_finds_nothing_at_any_width_in_both_schemes(
    site: Site, visit: Visit, show: Callable[[Page], None], query: str
) -> None:
    if query and show is not just_opened:
        pytest.skip("the words differ, the page does not")
    event = site.charter(guests=[{"name": "Ines Kovac", "email": ""}])
    page = visit().new_page()
    page.goto(waiver(event, query))
    show(page)
    for window in (NARROW, PHONE, LANDSCAPE, DESKTOP):
        page.set_viewport_size(window)
        assert sideways_px(page) == 0
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert axe_violations(page) == [], (window, scheme)


def test_the_first_view_is_one_request_of_at_most_30_kb_besides_the_text(
    site: Site, visit: Visit, event: dict[str, Any]
) -> None:
    page = visit().new_page()
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    response = page.goto(waiver(event), wait_until="networkidle")
    assert response
    assert [url for url in requests if not url.startswith("data:")] == [site.url + waiver(event)]
    # The gateway compresses (minimum_compression_size); its local likeness does not.
    heads = sum(len(name) + len(value) + 4 for name, value in response.all_headers().items())
    besides_text, texts = re.subn(r'(?s)(<section class="text").*?</section>', "", response.text())
    assert texts == 1
    assert heads + len(gzip.compress(besides_text.encode())) <= FIRST_VIEW_BYTES


def test_nothing_that_is_typed_runs(site: Site, visit: Visit) -> None:
    vectors = [" ".join(vector.split())[:100] for vector in VECTORS[::9]]
    event = site.charter(title=vectors[0], guests=[{"name": vector, "email": ""} for vector in dict.fromkeys(vectors)])
    context = visit()
    page = context.new_page()
    troubles = Troubles(expected=("400: POST",))
    troubles.watch(page)
    page.on("dialog", lambda dialog: troubles.seen.append(dialog.message))
    page.goto(waiver(event))
    for vector in vectors:
        page.get_by_label("Find your name").select_option(label=vector)
        expect(page.get_by_label("Your full name")).to_have_value(vector)
        fill_in(page, vector)
        page.get_by_label("Phone").fill(vector)
        sign_button(page).click()
        expect(page.get_by_role("alert")).to_be_focused()
        expect(page.get_by_role("alert")).to_contain_text("Phone must be")
        for label in ("Your full name", "Phone", TYPED):
            expect(page.get_by_label(label)).to_have_value(vector)
    # Signed as one that is no web address: such a name is refused.
    named = next(vector for vector in vectors if "/" not in vector)
    page.get_by_label("Find your name").select_option(label=named)
    fill_in(page, named)
    page.get_by_label("Phone").fill("")
    sign_button(page).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(named)
    assert troubles.seen == []
