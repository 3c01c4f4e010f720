"""A charter is cancelled with its money: the fee, what goes back, or where it counts from then on, in one dialog."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.visitors import Site


@pytest.fixture
def page(site: Site, visit: Visit) -> Page:
    return visit(token=site.token).new_page()


def begin(page: Page, event: dict[str, Any], fee: str) -> None:
    page.goto(f"/events/{event['event_id']}")
    page.get_by_role("button", name="Cancel charter").click()
    dialog = page.get_by_role("dialog", name="Cancel charter")
    dialog.get_by_label("Reason").fill("storm")
    dialog.get_by_label("Cancellation fee (USD)").fill(fee)


def confirm(page: Page) -> None:
    page.get_by_role("dialog", name="Cancel charter").locator("button[type=submit]").click()
    mails = page.get_by_role("dialog", name="Tell them?")
    expect(mails.get_by_role("listitem").first).to_be_visible()
    mails.locator("button[type=submit]").click()
    expect(page.get_by_text("The charter is cancelled, and the mails are on their way.")).to_be_visible()


def balance(site: Site, event: dict[str, Any]) -> dict[str, int]:
    return dict(site.admin("GET", f"/api/events/{event['event_id']}")["balance"])


def test_what_is_above_the_fee_is_refunded_the_way_it_came(site: Site, page: Page, event: dict[str, Any]) -> None:
    site.pay(event, method="check", kind="deposit", amount_cents=20000, received_at="2026-11-01T18:00:00Z")
    site.pay(event, method="zelle", amount_cents=28000, received_at="2026-11-02T18:00:00Z")
    begin(page, event, "150")
    dialog = page.get_by_role("dialog", name="Cancel charter")
    expect(dialog).to_contain_text("$480.00 was paid: $330.00 to give back.")
    dialog.get_by_role("radio", name="Refund it").check()
    expect(dialog).to_contain_text("$280.00 goes back to Ana Ruiz, as it came")
    expect(dialog).to_contain_text("$50.00 goes back to Ana Ruiz, as it came")
    # Only whole payments can be moved.
    expect(dialog.get_by_role("radio", name="Another charter")).to_have_count(0)
    confirm(page)
    refunds = [(row["method"], row["amount_cents"]) for row in site.payments(event) if row["kind"] == "refund"]
    assert sorted(refunds) == [("check", 5000), ("zelle", 28000)]
    after = balance(site, event)
    assert (after["charged_cents"], after["balance_due_cents"], after["to_refund_cents"]) == (15000, 0, 0)


def test_the_deposit_moves_to_another_charter(site: Site, page: Page, event: dict[str, Any]) -> None:
    there = site.charter()
    site.pay(event, method="zelle", kind="deposit", amount_cents=20000)
    begin(page, event, "0")
    dialog = page.get_by_role("dialog", name="Cancel charter")
    dialog.get_by_role("radio", name="Another charter").check()
    dialog.locator("button[type=submit]").click()
    expect(dialog).to_contain_text("Choose the charter that it is for.")
    dialog.get_by_label("Find the charter").fill(there["title"])
    dialog.get_by_role("button", name=there["title"]).click()
    expect(dialog).to_contain_text(f"It counts for {there['title']} from then on.")
    confirm(page)
    assert [row["status"] for row in site.payments(event)] == ["voided"]
    assert [(row["method"], row["amount_cents"]) for row in site.payments(there)] == [("zelle", 20000)]
    assert balance(site, event)["to_refund_cents"] == 0


def test_a_fee_that_is_not_paid_is_due_and_one_above_the_charters_is_refused(
    site: Site, page: Page, event: dict[str, Any]
) -> None:
    begin(page, event, "481")
    dialog = page.get_by_role("dialog", name="Cancel charter")
    dialog.locator("button[type=submit]").click()
    expect(dialog).to_contain_text("The most is $480.00.")
    dialog.get_by_label("Cancellation fee (USD)").fill("100")
    expect(dialog).to_contain_text("Nothing was paid: $100.00 will be due.")
    confirm(page)
    assert balance(site, event)["balance_due_cents"] == 10000
    page.goto("/payments/owed")
    expect(page.get_by_role("row").filter(has_text=event["title"])).to_contain_text("(cancelled)")
