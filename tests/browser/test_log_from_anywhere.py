"""Log payment from any page: a tab of a phone, a button of the money desk; and the ledger that shows it first."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.test_corrections import count_taps
from tests.browser.visitors import DESKTOP, PHONE, Site


@pytest.fixture
def phone(site: Site, visit: Visit) -> Page:
    return visit(token=site.token, viewport=PHONE, has_touch=True).new_page()


def test_from_any_page_of_a_phone_a_payment_is_a_name_and_four_taps(
    site: Site, phone: Page, event: dict[str, Any]
) -> None:
    phone.goto("/mail")
    tab = phone.get_by_role("navigation", name="Main").get_by_role("button", name="Log payment")
    expect(tab).to_be_visible()
    count_taps(phone)
    tab.tap()
    dialog = phone.get_by_role("dialog", name="Log payment")
    dialog.get_by_label("Find the charter").fill(event["title"])
    dialog.get_by_role("button", name=event["title"]).tap()
    dialog.get_by_role("radio", name="Cash").tap()
    dialog.get_by_role("button", name="Log $480 cash").tap()
    expect(phone.get_by_text(f"Saved: $480.00 for {event['title']}.")).to_be_visible()
    assert phone.evaluate("window.taps") == 4
    assert [payment["amount_cents"] for payment in site.payments(event)] == [48000]


def test_it_fills_the_phone_with_the_charter_above_and_the_button_below(phone: Page, event: dict[str, Any]) -> None:
    phone.goto(f"/events/{event['event_id']}")
    # Until the charter is there, the tab below the page stands in its button's place.
    expect(phone.get_by_role("heading", name=event["title"], level=1)).to_be_visible()
    phone.get_by_role("button", name="Log payment").tap()
    dialog = phone.get_by_role("dialog", name="Log payment")
    box = dialog.bounding_box()
    assert box
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, PHONE["width"], PHONE["height"])
    expect(dialog.get_by_text(event["title"])).to_be_in_viewport(ratio=1)
    send = dialog.locator("button[type=submit]").bounding_box()
    assert send
    assert send["y"] + send["height"] > PHONE["height"] - 40


def test_back_leaves_the_choice_and_stays_on_the_page(phone: Page) -> None:
    phone.goto("/week")
    phone.get_by_role("navigation", name="Main").get_by_role("button", name="Log payment").tap()
    dialog = phone.get_by_role("dialog", name="Log payment")
    expect(dialog.get_by_role("listitem").first).to_be_visible()
    phone.go_back()
    expect(dialog).to_have_count(0)
    expect(phone).to_have_url("/week")
    phone.get_by_role("button", name="Log payment").tap()
    dialog.get_by_role("link", name="Show all who owe").tap()
    expect(dialog).to_have_count(0)
    expect(phone.get_by_role("heading", name="Owed", level=1)).to_be_visible()
    phone.go_back()
    expect(phone).to_have_url("/week")


def test_the_newest_payment_stands_first_and_a_heads_tap_orders_the_whole_period(
    site: Site, visit: Visit, event: dict[str, Any]
) -> None:
    for day, cents in (("01", 30_000), ("02", 10_000), ("03", 20_000)):
        site.pay(event, method="cash", amount_cents=cents, received_at=f"2015-04-{day}T19:00:00Z")
    page = visit(token=site.token, viewport=DESKTOP).new_page()
    page.goto("/payments?from=2015-04-01&to=2015-04-30")
    rows = page.get_by_role("region", name="Entries").locator("tbody tr")

    def amounts() -> list[str]:
        return [text.rsplit("$", 1)[1].strip() for text in rows.all_inner_texts()]

    expect(rows).to_have_count(3)
    assert amounts() == ["200.00", "100.00", "300.00"]
    page.get_by_role("button", name="Amount").press("Enter")
    expect(page.get_by_role("columnheader", name="Amount")).to_have_attribute("aria-sort", "descending")
    assert amounts() == ["300.00", "200.00", "100.00"]
    page.get_by_role("button", name="Amount").press("Enter")
    expect(page.get_by_role("columnheader", name="Amount")).to_have_attribute("aria-sort", "ascending")
    assert amounts() == ["100.00", "200.00", "300.00"]


def test_a_phone_orders_the_ledger_under_filters_and_says_what_each_payment_is_for(
    site: Site, phone: Page, event: dict[str, Any]
) -> None:
    site.pay(event, method="cash", kind="tip", amount_cents=10_000, received_at="2015-05-02T19:00:00Z")
    site.pay(event, method="cash", amount_cents=5_000, received_at="2015-05-03T19:00:00Z")
    phone.goto("/payments?from=2015-05-01&to=2015-05-31")
    rows = phone.get_by_role("region", name="Entries").locator("tbody tr")
    expect(rows.first).to_contain_text("$50.00")
    phone.get_by_label("Order").select_option("Largest first")
    expect(rows.first).to_contain_text("$100.00")
    kind = "node => getComputedStyle(node, '::before').content"
    assert "Tip" in rows.first.locator(".ledger-how").evaluate(kind)
