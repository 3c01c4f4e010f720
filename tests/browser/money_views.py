"""What of the money desk the tests of every page look at."""

from playwright.sync_api import Locator, Page, expect

from tests.browser.shown import Charters


def owed(page: Page, charters: Charters) -> None:
    page.goto("/payments/owed")
    expect(page.get_by_role("row").filter(has_text=charters.over["title"])).to_be_visible()
    expect(page.get_by_role("row").filter(has_text=charters.long["title"])).to_be_visible()


def statement_dialog(page: Page, charters: Charters) -> None:
    owed(page, charters)
    row = page.get_by_role("row").filter(has_text=charters.long["title"])
    expect(row).to_be_visible()
    more = row.get_by_role("button", name="Remind, statement")
    if more.is_visible():
        more.click()
    row.get_by_role("button", name="Statement…").click()
    dialog = page.get_by_role("dialog", name="Mail statement")
    dialog.get_by_label("To").fill("")
    dialog.get_by_role("button", name="Mail statement").click()
    expect(dialog.get_by_text("Enter an email address.")).to_be_visible()


def for_which_dialog(page: Page, charters: Charters) -> None:
    page.goto("/payments")
    page.get_by_role("button", name="Log payment").click()
    dialog = page.get_by_role("dialog", name="Log payment")
    dialog.get_by_label("Find the charter").fill(charters.long["title"][:90])
    expect(dialog.get_by_role("button", name=charters.long["title"])).to_be_visible()


def ledger(page: Page, charters: Charters) -> None:
    page.goto("/payments")
    page.get_by_role("button", name="Filters").click()
    page.get_by_label("Order").select_option("Largest first")
    expect(page.get_by_role("row").filter(has_text=charters.long["title"]).first).to_be_visible()


def log_dialog(page: Page, charters: Charters) -> Locator:
    page.goto("/")
    page.get_by_role("button", name=f"Log payment for {charters.plain['title']}").click()
    return page.get_by_role("dialog", name="Log payment")


def split_dialog(page: Page, charters: Charters) -> None:
    dialog = log_dialog(page, charters)
    dialog.get_by_role("radio", name="Check").click()
    dialog.get_by_role("button", name="Split").click()
    dialog.get_by_role("button", name="Add a tip").click()
    dialog.locator("button[type=submit]").click()
    expect(dialog.get_by_label("Tip 3 (USD)")).to_have_attribute("aria-invalid", "true")


def unusual_amount(page: Page, charters: Charters) -> None:
    dialog = log_dialog(page, charters)
    dialog.get_by_label("Amount").fill("8000")
    expect(dialog.get_by_role("alert").filter(has_text="times what is due.")).to_be_visible()


def statement(page: Page, charters: Charters) -> Locator:
    """The live payment of the plain charter, with all that can be done to it."""
    page.goto(f"/events/{charters.plain['event_id']}")
    entry = page.locator(".entry").filter(has_text="Deposit Check 1042")
    entry.get_by_text("Actions").click()
    return entry


def correct_dialog(page: Page, charters: Charters) -> None:
    """The server asks about the amount that was typed."""
    statement(page, charters).get_by_role("button", name="Correct…").click()
    dialog = page.get_by_role("dialog", name="Correct payment")
    dialog.get_by_label("Amount").fill("48000")
    dialog.get_by_role("button", name="Correct it").click()
    expect(dialog.get_by_role("button", name="It is right: correct it")).to_be_visible()


def move_dialog(page: Page, charters: Charters) -> None:
    statement(page, charters).get_by_role("button", name="Move to another charter…").click()
    expect(page.get_by_role("dialog").get_by_role("button", name=charters.long["title"])).to_be_visible()


def move_confirmed(page: Page, charters: Charters) -> None:
    move_dialog(page, charters)
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name=charters.long["title"]).click()
    dialog.get_by_label("Reason").fill("")
    dialog.locator("button[type=submit]").click()
    expect(dialog.get_by_text("Say why, in a few words.")).to_be_visible()


def refund_dialog(page: Page, charters: Charters) -> None:
    statement(page, charters).get_by_role("button", name="Refund…").click()
    expect(page.get_by_role("dialog").get_by_label("Refund of")).to_be_visible()


def cancel_with_money(page: Page, charters: Charters) -> None:
    """A part of the deposit counts for another charter."""
    page.goto(f"/events/{charters.plain['event_id']}")
    page.get_by_role("button", name="Cancel charter").click()
    dialog = page.get_by_role("dialog", name="Cancel charter")
    dialog.get_by_label("Reason").fill("Gusts to 35 knots")
    dialog.get_by_label("Cancellation fee").fill("25")
    dialog.get_by_role("radio", name="Another charter").check()
    dialog.get_by_role("button", name=charters.long["title"]).click()
    expect(dialog.get_by_text("It becomes $75.00 there and $25.00 here")).to_be_visible()


def cancel_told(page: Page, charters: Charters) -> None:
    cancel_with_money(page, charters)
    page.get_by_role("dialog", name="Cancel charter").locator("button[type=submit]").click()
    mails = page.get_by_role("dialog", name="Tell them?")
    mails.locator("summary").first.click()
    expect(mails.locator("pre").first).to_be_visible()
    expect(mails.get_by_text("a mail that it counts for")).to_be_visible()
