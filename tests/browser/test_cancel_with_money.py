"""A charter is cancelled with its money: the fee, what goes back, or where it counts from then on, in one dialog."""

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

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
    confirm(page)
    refunds = [(row["method"], row["amount_cents"]) for row in site.payments(event) if row["kind"] == "refund"]
    assert sorted(refunds) == [("check", 5000), ("zelle", 28000)]
    after = balance(site, event)
    assert (after["charged_cents"], after["balance_due_cents"], after["to_refund_cents"]) == (15000, 0, 0)


def test_a_part_is_refunded_and_the_rest_stays_to_give_back(site: Site, page: Page, event: dict[str, Any]) -> None:
    site.pay(event, method="card", kind="deposit", amount_cents=20000)
    begin(page, event, "0")
    dialog = page.get_by_role("dialog", name="Cancel charter")
    dialog.get_by_role("radio", name="Refund it").check()
    dialog.get_by_label("How much goes back (USD)").fill("200.01")
    dialog.locator("button[type=submit]").click()
    expect(dialog).to_contain_text("The most is $200.00.")
    dialog.get_by_label("How much goes back (USD)").fill("75.50")
    expect(dialog).to_contain_text("$124.50 stays to give back later.")
    confirm(page)
    assert [row["amount_cents"] for row in site.payments(event) if row["kind"] == "refund"] == [7550]
    assert balance(site, event)["to_refund_cents"] == 12450


def choose(dialog: Locator, there: dict[str, Any]) -> None:
    dialog.get_by_role("radio", name="Another charter").check()
    dialog.get_by_label("Find the charter").fill(there["title"])
    dialog.get_by_role("button", name=there["title"]).click()


def test_a_part_of_a_cleared_deposit_moves_and_the_fee_stays(site: Site, page: Page, event: dict[str, Any]) -> None:
    """Both parts are cleared as the whole was, and the patron gets one mail of it besides the cancellation's."""
    there = site.charter(patron=event["patron"])
    paid = site.pay(event, method="zelle", kind="deposit", amount_cents=40000, reference="90312", notify=False)
    shown = {"source": "chase", "file_sha256": "0" * 64, "row": 4, "date": "2026-11-21", "amount_cents": 40000}
    clear = f"/api/events/{event['event_id']}/payments/{paid['payment_id']}/clear"
    cleared = site.admin("POST", clear, {"evidence": shown | {"name": "ANA RUIZ"}})["payment"]
    begin(page, event, "150")
    dialog = page.get_by_role("dialog", name="Cancel charter")
    choose(dialog, there)
    expect(dialog).to_contain_text("It becomes $250.00 there and $150.00 here, both received when it was.")
    dialog.locator("button[type=submit]").click()
    mails = page.get_by_role("dialog", name="Tell them?")
    expect(mails).to_contain_text(f"gets a mail that it counts for {there['title']}, too.")
    mails.locator("summary").filter(has_text=event["patron"]["email"]).click()
    expect(mails.locator("pre").filter(has_text="Paid: $150.00")).to_be_visible()
    mails.locator("button[type=submit]").click()
    expect(page.get_by_text("The charter is cancelled, and the mails are on their way.")).to_be_visible()

    rest, whole = sorted(site.payments(event), key=lambda row: row["amount_cents"])
    (moved,) = site.payments(there)
    assert (whole["status"], whole["corrected_by"]["event_id"]) == ("voided", there["event_id"])
    assert [(row["amount_cents"], row["status"], row["reference"]) for row in (moved, rest)] == [
        (25000, "cleared", "90312"),
        (15000, "cleared", "90312"),
    ]
    for row in (moved, rest):
        assert row["clearance"]["evidence"] == cleared["clearance"]["evidence"]
        assert (row["received_at"], row["cleared_at"]) == (paid["received_at"], cleared["cleared_at"])
    after = balance(site, event)
    assert (after["charged_cents"], after["balance_due_cents"], after["to_refund_cents"]) == (15000, 0, 0)
    assert balance(site, there)["balance_due_cents"] == 23000
    mailed = site.mail(event["patron"]["email"])
    assert [mail["subject"] for mail in mailed if "250.00" in mail["subject"]] == [
        f"Corrected: the deposit of $250.00 for {there['title']}"
    ]
    assert len(mailed) == 2
    assert not any("storm" in mail["text"] for mail in mailed), "the reason is for the desk alone"


def test_what_cannot_move_is_said_and_nothing_is_cancelled(site: Site, page: Page, event: dict[str, Any]) -> None:
    paid = site.pay(event, kind="deposit", amount_cents=20000)
    site.pay(event, kind="refund", refund_of=paid["payment_id"], amount_cents=5000)
    begin(page, event, "0")
    dialog = page.get_by_role("dialog", name="Cancel charter")
    dialog.get_by_role("radio", name="Another charter").check()
    expect(dialog).to_contain_text("A payment of which a part was given back cannot move. Refund it, or move less.")
    dialog.locator("button[type=submit]").click()
    expect(dialog.get_by_label("How much moves (USD)")).to_have_attribute("aria-invalid", "true")
    assert site.admin("GET", f"/api/events/{event['event_id']}")["status"] == "scheduled"


def test_a_cancellation_that_breaks_off_after_the_move_is_done_again_and_counts_once(
    site: Site, page: Page, event: dict[str, Any]
) -> None:
    there = site.charter()
    site.pay(event, method="venmo", kind="deposit", amount_cents=20000)
    begin(page, event, "50")
    dialog = page.get_by_role("dialog", name="Cancel charter")
    choose(dialog, there)
    page.route("**/cancel", lambda route: route.abort(), times=1)
    for said in (dialog.get_by_text("Not saved."), page.get_by_text("The charter is cancelled.", exact=True)):
        dialog.locator("button[type=submit]").click()
        page.get_by_role("dialog", name="Tell them?").get_by_role("button", name="without mail").click()
        expect(said).to_be_visible()
    assert sorted((row["status"], row["amount_cents"]) for row in site.payments(event)) == [
        ("received", 5000),
        ("voided", 20000),
    ]
    assert [(row["status"], row["amount_cents"]) for row in site.payments(there)] == [("received", 15000)]
    assert balance(site, event)["to_refund_cents"] == balance(site, event)["balance_due_cents"] == 0


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
    expect(dialog.get_by_text(f"It counts for {there['title']} from then on.")).to_be_focused()
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
