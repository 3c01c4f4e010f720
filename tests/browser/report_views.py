"""The ways to the reports by boat and captain, the filtered ledger and the tips."""

from playwright.sync_api import Page, expect

from tests.browser.shown import UNBROKEN, Charters


def by_boat(page: Page, _: Charters) -> None:
    page.goto("/payments/reports")
    page.get_by_role("radio", name="Boat").check()
    expect(page.get_by_role("heading", name="Sums by boat").first).to_be_visible()
    expect(page.get_by_role("rowheader", name=UNBROKEN).first).to_be_visible()


def by_captain(page: Page, _: Charters) -> None:
    page.goto("/payments/reports")
    page.get_by_role("radio", name="Captain").check()
    page.get_by_role("radio", name="Kinds").check()
    expect(page.get_by_role("heading", name="Kinds by captain").first).to_be_visible()


def ledger_of_a_boat(page: Page, charters: Charters) -> None:
    page.goto("/payments")
    expect(page.get_by_role("button", name="This month")).to_be_visible()
    more = page.get_by_role("button", name="Filters")
    if more.is_visible():
        more.click()
    page.get_by_label("Boat").select_option(label=UNBROKEN)
    expect(page.get_by_role("link", name=charters.booked["title"])).to_be_visible()
    expect(page.get_by_role("link", name=charters.plain["title"])).to_have_count(0)


def tips(page: Page, charters: Charters) -> None:
    page.goto("/payments/tips")
    # Tips stand on the day of their charter, which is still to come.
    page.get_by_label("From", exact=True).fill("2001-01-01")
    page.get_by_label("To", exact=True).fill("2099-12-31")
    expect(page.get_by_role("link", name=charters.booked["title"])).to_be_visible()


def no_tips(page: Page, _: Charters) -> None:
    page.goto("/payments/tips")
    page.get_by_label("From", exact=True).fill("2001-01-01")
    page.get_by_label("To", exact=True).fill("2001-01-01")
    expect(page.get_by_text("No tips in this period.")).to_be_visible()


def shares_dialog(page: Page, charters: Charters) -> None:
    tips(page, charters)
    page.get_by_role("button", name=f"tips of {charters.booked['title']}").click()
    dialog = page.get_by_role("dialog", name="Share out tips")
    dialog.get_by_role("button", name="Add", exact=True).click()
    dialog.get_by_role("button", name="Save shares").click()
    expect(dialog.get_by_text("Enter an amount.")).to_be_visible()


def shares_dialog_refused(page: Page, charters: Charters) -> None:
    tips(page, charters)
    page.get_by_role("button", name=f"tips of {charters.booked['title']}").click()
    dialog = page.get_by_role("dialog", name="Share out tips")
    dialog.get_by_label("Share of").first.fill("1")
    dialog.get_by_role("button", name="Save shares").click()
    expect(dialog.get_by_role("alert")).to_contain_text("less than the tips of")
