"""One entry for what happened: several methods and payers, tips, an address for the receipt. Taps are counted."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.test_corrections import count_taps
from tests.browser.visitors import Signal, Site, card


@pytest.fixture
def page(site: Site, visit: Visit) -> Page:
    return visit(token=site.token).new_page()


def open_dialog(page: Page, event: dict[str, Any]) -> None:
    page.get_by_role("button", name=f"Log payment for {event['title']}").click()
    expect(page.get_by_role("dialog", name="Log payment")).to_be_visible()


def split_with_two_tips(page: Page, event: dict[str, Any]) -> None:
    """Half Venmo, half cash, and a tip of each."""
    open_dialog(page, event)
    page.get_by_role("radio", name="Venmo").click()
    page.get_by_role("button", name="Split").click()
    page.get_by_role("button", name="Add a tip").click()
    expect(page.get_by_label("Tip 3 (USD)")).to_be_focused()
    page.keyboard.type("60")
    page.get_by_role("button", name="Another tip").click()
    expect(page.get_by_label("Tip 4 (USD)")).to_be_focused()
    page.keyboard.type("40")
    expect(page.get_by_role("dialog")).to_contain_text("Paid in full, Venmo to clear")


def test_a_split_with_two_tips_takes_six_taps_and_is_one_receipt(site: Site, page: Page, event: dict[str, Any]) -> None:
    page.goto("/")
    expect(card(page, event)).to_be_visible()
    count_taps(page)
    split_with_two_tips(page, event)
    page.get_by_role("button", name="Log $580 in 4 parts").click()
    expect(page.get_by_text(f"Saved: $580.00 for {event['title']}.")).to_be_visible()
    assert page.evaluate("window.taps") <= 8

    rows = [(row["kind"], row["method"], row["amount_cents"]) for row in site.payments(event)]
    assert sorted(rows) == sorted(
        [("balance", "venmo", 24000), ("balance", "cash", 24000), ("tip", "venmo", 6000), ("tip", "cash", 4000)]
    )
    (receipt,) = site.mail(event["patron"]["email"])
    assert "$60.00" in receipt["text"]
    assert "$40.00" in receipt["text"]


def test_two_payers_share_a_charter_to_the_cent(site: Site, page: Page) -> None:
    event = site.charter(charter_fee_cents=48001)
    page.goto("/")
    open_dialog(page, event)
    page.get_by_role("radio", name="Check").click()
    page.get_by_role("button", name="Split").click()
    page.get_by_label("Check number 1").fill("204")
    page.get_by_label("Amount 1 (USD)").fill("300")
    expect(page.get_by_label("Amount 2 (USD)")).to_have_value("180.01")
    page.get_by_label("Method 2").select_option("Zelle")
    page.get_by_label("Payer 2").fill("Carla Mendes")
    page.get_by_role("button", name="Log $480.01 in 2 parts").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    rows = [(row["method"], row["payer"], row["reference"], row["amount_cents"]) for row in site.payments(event)]
    assert sorted(rows) == [("check", "Ana Ruiz", "204", 30000), ("zelle", "Carla Mendes", "", 18001)]


def test_a_batch_whose_answer_is_lost_waits_and_is_logged_once(site: Site, page: Page, event: dict[str, Any]) -> None:
    page.goto("/")
    split_with_two_tips(page, event)

    signal = Signal()

    def lose_answer(route: Any) -> None:
        if signal.is_back:
            return route.continue_()
        route.fetch()
        return route.abort()

    page.route("**/payment-batches/*", lose_answer)
    page.get_by_role("button", name="Log $580 in 4 parts").click()
    expect(card(page, event)).to_contain_text("$580.00 in 4 parts: not sent yet.")
    signal.is_back = True
    page.reload()
    # It sends itself.
    expect(card(page, event)).not_to_contain_text("not sent yet")
    assert len(site.payments(event)) == 4
    assert len(site.mail(event["patron"]["email"])) == 1


def test_an_address_given_in_the_dialog_gets_the_receipt_and_is_kept(site: Site, page: Page) -> None:
    event = site.charter(patron={"name": "Kayla Jensen", "email": "", "phone": "+1 415 555 0150"})
    address = f"kayla-{event['event_id'].lower()}@example.com"
    page.goto("/")
    open_dialog(page, event)
    page.get_by_label("Email for the receipt (optional)").fill(address)
    page.get_by_role("radio", name="Cash").click()
    page.get_by_role("button", name="Log $480 cash").click()
    expect(page.get_by_text(f"Saved: $480.00 for {event['title']}.")).to_be_visible()
    kept = site.admin("GET", f"/api/events/{event['event_id']}")
    assert kept["patron"] == {"name": "Kayla Jensen", "email": address, "phone": "+1 415 555 0150"}
    assert len(site.mail(address)) == 1


def test_what_comes_when_all_is_paid_is_a_tip(site: Site, page: Page, event: dict[str, Any]) -> None:
    site.pay(event, amount_cents=48000)
    page.goto("/")
    open_dialog(page, event)
    page.get_by_label("Amount (USD)").fill("75")
    page.get_by_role("radio", name="Cash").click()
    page.get_by_role("button", name="Log $75 cash tip").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert sorted(row["kind"] for row in site.payments(event)) == ["balance", "tip"]
