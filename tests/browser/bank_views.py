"""What of the bank files the tests of every page look at."""

from datetime import UTC, datetime

from playwright.sync_api import Page, expect

from tests.browser.shown import UNBROKEN, Charters

HEAD = "Details,Posting Date,Description,Amount,Type,Balance,Check or Slip #"


def files(page: Page, _: Charters) -> None:
    """A row of each kind, one of them of long words, and a sum that is not right."""
    day = f"{datetime.now(UTC):%m/%d/%Y}"
    rows = [
        f'CREDIT,{day},"REMOTE ONLINE DEPOSIT #          1",100.00,CHECK_DEPOSIT,900.00,1,',
        f'CREDIT,{day},"Zelle payment from {UNBROKEN.upper()} 22844120087",500.00,QUICKPAY_CREDIT,800.00,,',
        f'DEBIT,{day},"DEPOSITED ITEM RETURNED CHK SER# 77",-7.00,DEPOSIT_RETURN,300.00,,',
        f'CREDIT,{day},"{UNBROKEN}",#####,ACH_CREDIT,300.00,,',
        f'CREDIT,{day},"Zelle payment from ANA RUIZ",5.00,QUICKPAY_CREDIT, ,,',
    ]
    page.goto("/payments/to-clear")
    content = "\n".join([HEAD, *rows]).encode()
    page.get_by_label("Bank files").set_input_files({"name": "bank.csv", "mimeType": "text/csv", "buffer": content})
    expect(page.get_by_role("rowheader", name="Could not be read")).to_be_visible()


def columns_dialog(page: Page, _: Charters) -> None:
    page.goto("/payments/to-clear")
    content = f"Day,Who,Sum\n2026-10-05,{UNBROKEN},5.00\n".encode()
    page.get_by_label("Bank files").set_input_files({"name": "any.csv", "mimeType": "text/csv", "buffer": content})
    expect(page.get_by_role("dialog", name="Which column is what?")).to_be_visible()


def log_as_dialog(page: Page, charters: Charters) -> None:
    files(page, charters)
    page.get_by_role("button", name=f"Log as… {UNBROKEN.upper()}").click()
    expect(page.get_by_role("dialog", name="Log as a payment of…").get_by_role("listitem").first).to_be_visible()


def paste_dialog(page: Page, _: Charters) -> None:
    page.goto("/payments/to-clear")
    page.get_by_role("button", name="Paste").click()
    expect(page.get_by_role("dialog", name="Paste bank rows")).to_be_visible()
