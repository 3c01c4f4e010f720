"""What the dialog asks and proposes without a network, and with a split entry that waits on the device."""

from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Visit
from tests.browser.test_split import open_dialog
from tests.browser.visitors import Site, card


@pytest.fixture
def context(site: Site, visit: Visit) -> BrowserContext:
    return visit(token=site.token)


@pytest.fixture
def page(context: BrowserContext) -> Page:
    page = context.new_page()
    page.goto("/")
    return page


def split(page: Page, event: dict[str, Any]) -> None:
    """Half Venmo, half cash; the form is there before the network goes."""
    open_dialog(page, event)
    page.get_by_role("radio", name="Venmo").click()
    page.get_by_role("button", name="Split").click()
    expect(page.get_by_label("Amount 2 (USD)")).to_have_value("240.00")


@pytest.mark.parametrize("is_offline", [False, True], ids=["online", "offline"])
def test_8000_for_800_is_asked_about_before_anything_is_sent(
    site: Site, page: Page, context: BrowserContext, is_offline: bool
) -> None:
    event = site.charter(charter_fee_cents=80000)
    page.reload()
    expect(card(page, event)).to_be_visible()
    context.set_offline(is_offline)
    open_dialog(page, event)
    page.get_by_label("Amount (USD)").fill("8000")
    page.get_by_role("radio", name="Zelle").click()
    expect(page.get_by_role("alert").filter(has_text="10 times what is due.")).to_be_visible()
    page.get_by_role("button", name="Answer above first").click()
    expect(page.get_by_role("button", name="Make it $800")).to_be_focused()
    page.get_by_role("button", name="It is $8,000").click()
    page.get_by_role("button", name="Log $8,000 Zelle").click()
    context.set_offline(False)
    expect(page.get_by_text(f"Saved: $8,000.00 for {event['title']}.")).to_be_visible()
    assert [row["amount_cents"] for row in site.payments(event)] == [800000]


def test_with_a_split_entry_waiting_the_rest_is_a_tip(
    site: Site, page: Page, context: BrowserContext, event: dict[str, Any]
) -> None:
    page.reload()
    split(page, event)
    context.set_offline(True)
    page.get_by_role("button", name="Log $480 in 2 parts").click()
    expect(card(page, event)).to_contain_text("$480.00 in 2 parts: not sent yet.")
    open_dialog(page, event)
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Paid in full with what is not sent yet")
    dialog.get_by_label("Amount (USD)").fill("60")
    dialog.get_by_role("radio", name="Cash").click()
    dialog.get_by_role("button", name="Change").click()
    dialog.get_by_role("radio", name="Balance").check()
    expect(dialog.get_by_role("alert").filter(has_text="Nothing is due.")).to_be_visible()
    dialog.get_by_role("button", name="It is a tip").click()
    dialog.get_by_role("button", name="Log $60 cash tip").click()
    expect(card(page, event)).to_contain_text("$60.00 cash: not sent yet.")
    context.set_offline(False)
    expect(card(page, event)).not_to_contain_text("not sent yet")
    rows = [(row["kind"], row["amount_cents"]) for row in site.payments(event)]
    assert sorted(rows) == [("balance", 24000), ("balance", 24000), ("tip", 6000)]


def test_a_split_entry_of_what_was_paid_meanwhile_is_asked_about_in_its_row_and_logged_once(
    site: Site, page: Page, context: BrowserContext, event: dict[str, Any]
) -> None:
    page.reload()
    split(page, event)
    context.set_offline(True)
    page.get_by_role("button", name="Log $480 in 2 parts").click()
    expect(card(page, event)).to_contain_text("not sent yet")
    site.pay(event, amount_cents=48000)
    context.set_offline(False)
    expect(card(page, event)).to_contain_text("$480.00 in 2 parts: is the amount right?")
    assert len(site.payments(event)) == 1
    card(page, event).get_by_role("button", name="The amount is right: log it").click()
    expect(page.get_by_text(f"Saved: $480.00 for {event['title']}.")).to_be_visible()
    assert sorted(row["amount_cents"] for row in site.payments(event)) == [24000, 24000, 48000]


def test_an_address_typed_without_a_network_holds_no_payment_up(
    site: Site, page: Page, context: BrowserContext
) -> None:
    event = site.charter(patron={"name": "Kayla Jensen", "email": "", "phone": ""})
    page.reload()
    expect(card(page, event)).to_be_visible()
    context.set_offline(True)
    open_dialog(page, event)
    page.get_by_label("Email for the receipt (optional)").fill("kayla@example.com")
    page.get_by_role("radio", name="Cash").click()
    page.get_by_role("button", name="Log $480 cash").click()
    expect(page.get_by_role("dialog")).to_contain_text("No connection: it cannot be kept now.")
    page.get_by_role("button", name="Log $480 cash").click()
    expect(card(page, event)).to_contain_text("$480.00 cash: not sent yet.")
    context.set_offline(False)
    expect(page.get_by_text(f"Saved: $480.00 for {event['title']}.")).to_be_visible()
    assert [row["amount_cents"] for row in site.payments(event)] == [48000]
