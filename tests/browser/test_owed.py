"""Who owes: one tap from anywhere; reminded, mailed a statement, and logged from there."""

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visit
from tests.browser.test_corrections import count_taps
from tests.browser.visitors import DESKTOP, NARROW, PHONE, Site

PAST = {"starts_at": "2026-10-01T18:00:00Z", "ends_at": "2026-10-01T21:00:00Z"}


@pytest.fixture
def page(site: Site, visit: Visit) -> Page:
    return visit(token=site.token, viewport=DESKTOP).new_page()


def row(page: Page, event: dict[str, Any]) -> Locator:
    return page.get_by_role("row").filter(has_text=event["title"])


@pytest.mark.parametrize("start", ["/", "/week", "/people", "/events/{event_id}"])
def test_who_owes_is_one_tap_from_anywhere(site: Site, page: Page, start: str) -> None:
    event = site.charter(**PAST)
    page.goto(start.format(**event))
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()
    count_taps(page)
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Money").click()
    expect(row(page, event)).to_contain_text("Ana Ruiz")
    expect(row(page, event)).to_contain_text("days")
    expect(row(page, event)).to_contain_text("$480")
    assert page.evaluate("window.taps") == 1


def test_a_payment_logged_from_there_ends_what_is_owed(site: Site, page: Page) -> None:
    event = site.charter(**PAST)
    page.goto("/payments/owed")
    row(page, event).get_by_role("button", name="Log payment").click()
    page.get_by_role("radio", name="Cash").click()
    page.get_by_role("button", name="Log $480 cash").click()
    expect(row(page, event)).to_have_count(0)
    assert [payment["amount_cents"] for payment in site.payments(event)] == [48000]


def test_the_patron_is_reminded_in_one_tap_and_a_bookkeeper_gets_the_statement(site: Site, page: Page) -> None:
    site.change_settings(pay_to=[{"method": "zelle", "text": "pay@sail.example"}])
    event = site.charter(**PAST)
    books = f"books-{event['event_id'].lower()}@example.com"
    page.goto("/payments/owed")
    row(page, event).get_by_role("button", name="Remind").click()
    expect(page.get_by_text(f"goes to {event['patron']['email']}.")).to_be_visible()
    (reminder,) = site.mail(event["patron"]["email"])
    assert "$480.00" in reminder["text"]
    assert "pay@sail.example" in reminder["text"]

    row(page, event).get_by_role("button", name="Statement…").click()
    dialog = page.get_by_role("dialog", name="Mail statement")
    expect(dialog.get_by_label("To")).to_have_value(event["patron"]["email"])
    dialog.get_by_label("To").fill("nowhere")
    dialog.get_by_role("button", name="Mail statement").click()
    expect(dialog.get_by_label("To")).to_have_attribute("aria-invalid", "true")
    dialog.get_by_label("To").fill(books)
    dialog.get_by_label("Note (optional)").fill("PO 4711")
    dialog.get_by_role("button", name="Mail statement").click()
    expect(page.get_by_text(f"goes to {books}.")).to_be_visible()
    (statement,) = site.mail(books)
    assert "PO 4711" in statement["text"]


def test_a_patron_without_an_address_is_mailed_only_where_one_is_typed(site: Site, page: Page) -> None:
    event = site.charter(**PAST, patron={"name": "Kayla Jensen", "email": "", "phone": ""})
    page.goto("/payments/owed")
    expect(row(page, event).get_by_role("button", name="Remind")).to_have_count(0)
    row(page, event).get_by_role("button", name="Statement…").click()
    dialog = page.get_by_role("dialog", name="Mail statement")
    dialog.get_by_role("button", name="Mail statement").click()
    expect(dialog).to_contain_text("Enter an email address.")


def test_a_row_on_a_phone_has_log_payment_in_sight_and_the_rest_behind_three_dots(site: Site, visit: Visit) -> None:
    event = site.charter(**PAST)
    page = visit(token=site.token, viewport=PHONE, has_touch=True).new_page()
    page.goto("/payments/owed")
    mine = row(page, event)
    expect(mine.get_by_role("button", name="Log payment")).to_be_visible()
    expect(mine.get_by_role("button", name="Remind the patron")).to_be_hidden()
    box = mine.bounding_box()
    assert box
    # Also with its year, when that is over.
    assert box["height"] < 110
    mine.get_by_role("button", name="Remind, statement").tap()
    mine.get_by_role("button", name="Remind the patron").tap()
    expect(page.get_by_text(f"goes to {event['patron']['email']}.")).to_be_visible()
    assert site.mail(event["patron"]["email"])


@pytest.mark.parametrize("name", ["Ulrich Bauer", "Alexandra Papadopoulou-Hohenstein"])
def test_a_patrons_name_is_never_cut_on_a_narrow_phone(site: Site, visit: Visit, name: str) -> None:
    event = site.charter(**PAST, patron={"name": name, "email": "", "phone": ""})
    page = visit(token=site.token, viewport=NARROW).new_page()
    page.goto("/payments/owed")
    patron = row(page, event).get_by_role("cell").first
    expect(patron).to_have_text(name)
    assert patron.evaluate("(cell) => cell.scrollWidth <= cell.clientWidth")
    amount = row(page, event).locator(".owed-due").bounding_box()
    box = patron.bounding_box()
    assert amount
    assert box
    assert box["x"] + box["width"] <= amount["x"]
