"""What was logged wrong, put right from its own row: taps counted as an admin makes them."""

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visit
from tests.browser.visitors import Site


@pytest.fixture
def page(site: Site, visit: Visit) -> Page:
    return visit(token=site.token).new_page()


def open_charter(page: Page, event: dict[str, Any]) -> None:
    page.goto(f"/events/{event['event_id']}")
    expect(page.get_by_role("heading", name=event["title"])).to_be_visible()


def count_taps(page: Page) -> None:
    """From now on, in `window.taps`. A label passes its tap on to its input: that is one."""
    page.evaluate("addEventListener('click', (event) => { window.taps += event.detail > 0 }, true); window.taps = 0")


def entry(page: Page, text: str) -> Locator:
    return page.locator(".entry").filter(has_text=text)


def test_a_typo_is_corrected_in_two_taps_and_the_figure(site: Site, page: Page, event: dict[str, Any]) -> None:
    paid = site.pay(event, method="check", reference="1042", amount_cents=8400)
    open_charter(page, event)
    count_taps(page)
    page.get_by_role("button", name="Correct… $84.00 check 1042").click()
    # The amount has the cursor, and typing takes its place.
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("480")
    page.get_by_role("button", name="Correct it").click()
    expect(page.get_by_text("Corrected: $84.00 check 1042 is now $480.00 check 1042.")).to_be_visible()
    assert page.evaluate("window.taps") <= 3

    old, new = sorted(site.payments(event), key=lambda row: row["amount_cents"])
    assert (old["status"], old["void"]["reason"], new["amount_cents"]) == ("voided", "Typing error", 48000)
    assert old["corrected_by"] == {"event_id": event["event_id"], "payment_id": new["payment_id"]}
    assert new["received_at"] == paid["received_at"]
    struck = entry(page, "In its place: the balance of $480.00 check 1042")
    expect(struck.locator("s").first).to_be_visible()
    struck.get_by_role("link").click()
    expect(page).to_have_url(f"{site.url}/events/{event['event_id']}#payment-{new['payment_id']}")
    expect(entry(page, "Corrects the balance of $84.00 check 1042")).to_be_visible()

    page.goto(f"/events/{event['event_id']}/statement")
    printed = page.get_by_role("row").filter(has_text="In its place: the balance of $480.00 check 1042")
    expect(printed.locator("s").first).to_be_visible()
    assert len([mail for mail in site.mail(event["patron"]["email"]) if "480.00" in mail["text"]]) == 1


def test_an_unusual_figure_is_asked_about_before_it_corrects(site: Site, page: Page, event: dict[str, Any]) -> None:
    site.pay(event, amount_cents=8400)
    open_charter(page, event)
    page.get_by_role("button", name="Correct… $84.00 card").click()
    page.get_by_label("Amount (USD)").fill("4800")
    page.get_by_role("button", name="Correct it").click()
    expect(page.get_by_role("dialog")).to_contain_text("$4,800.00 was typed, but $480.00 is due for this charter.")
    assert len(site.payments(event)) == 1
    page.get_by_role("button", name="It is right: correct it").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert [row["amount_cents"] for row in site.payments(event) if row["status"] != "voided"] == [480000]


def test_a_payment_moves_to_the_charter_it_was_for(site: Site, page: Page, event: dict[str, Any]) -> None:
    there = site.charter()
    site.pay(event, method="venmo", amount_cents=48000, received_at="2026-11-01T18:00:00Z")
    open_charter(page, event)
    entry(page, "Venmo").get_by_text("Actions").click()
    page.get_by_role("button", name="Move to another charter…").click()
    page.get_by_label("Find the charter").fill(there["title"])
    page.get_by_role("dialog").get_by_role("button", name=there["title"]).click()
    expect(page.get_by_role("dialog").get_by_text(f"goes from {event['title']} to {there['title']}")).to_be_focused()
    page.get_by_role("button", name="Move $480.00 Venmo").click()
    expect(page.get_by_text(f"now counts for {there['title']}")).to_be_visible()
    (old,), (new,) = site.payments(event), site.payments(there)
    assert (old["status"], new["status"], new["received_at"]) == ("voided", "received", "2026-11-01T18:00:00Z")
    entry(page, "Moved").get_by_role("link", name="It counts for another charter").click()
    expect(page.get_by_role("heading", name=there["title"])).to_be_visible()
    expect(page.get_by_role("link", name="Moved here from another charter")).to_be_visible()


def test_a_refund_begins_with_what_is_left_of_its_payment(site: Site, page: Page, event: dict[str, Any]) -> None:
    paid = site.pay(event, method="zelle", amount_cents=20000)
    site.pay(event, method="zelle", amount_cents=5000, kind="refund", refund_of=paid["payment_id"])
    open_charter(page, event)
    entry(page, "Balance Zelle").get_by_text("Actions").click()
    page.get_by_role("button", name="Refund…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Amount (USD)")).to_have_value("150.00")
    expect(dialog.get_by_role("radio", name="Zelle")).to_be_checked()
    dialog.locator("button[type=submit]").click()
    expect(dialog).to_have_count(0)
    refunds = [row for row in site.payments(event) if row["kind"] == "refund"]
    assert sorted(row["amount_cents"] for row in refunds) == [5000, 15000]
    assert {row["refund_of"] for row in refunds} == {paid["payment_id"]}
