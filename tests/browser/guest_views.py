"""What of the guests' pages the tests of every page look at."""

from playwright.sync_api import Page, expect

from tests.browser.shown import UNBROKEN, Charters, title

UNKNOWN = "A" * 22


def guest(page: Page, charters: Charters) -> None:
    page.goto(f"/g/{charters.plain['event_id']}")
    title(page, charters.plain["title"])
    expect(page.get_by_role("heading", name="How to pay")).to_be_visible()


def guest_in_spanish(page: Page, charters: Charters) -> None:
    page.goto(f"/g/{charters.long['event_id']}?language=es")
    title(page, charters.long["title"])
    expect(page.get_by_role("heading", name="Cómo pagar")).to_be_visible()


def long_guest(page: Page, charters: Charters) -> None:
    page.goto(f"/g/{charters.long['event_id']}")
    title(page, charters.long["title"])
    expect(page.get_by_role("heading", name="How to pay")).to_be_visible()


def cancelled_guest(page: Page, charters: Charters) -> None:
    page.goto(f"/g/{charters.cancelled['event_id']}")
    expect(page.get_by_text("This charter is cancelled.")).to_be_visible()


def guest_of_no_charter(page: Page, _: Charters) -> None:
    page.goto(f"/g/{UNKNOWN}")
    title(page, "Off the chart")
    expect(page.get_by_text("This charter link is not known.")).to_be_visible()


def waiver(page: Page, charters: Charters) -> None:
    page.goto(f"/g/{charters.plain['event_id']}/waiver")
    page.get_by_text("I also sign for minors").click()


def long_waiver(page: Page, charters: Charters) -> None:
    page.goto(f"/g/{charters.long['event_id']}/waiver")


def waiver_refused(page: Page, charters: Charters) -> None:
    waiver(page, charters)
    page.get_by_label("Your full name").fill("Ana Ruiz")
    page.get_by_label("Phone").fill("no number")
    page.get_by_label("Name of minor 1", exact=True).fill(UNBROKEN)
    page.get_by_label("Birth date", exact=True).first.fill("1990-01-01")
    page.get_by_label("You are their").select_option("grandparent")
    for sentence in ("I am the parent", "I agree to sign this document electronically", "I have read this document"):
        page.get_by_label(sentence).check()
    page.get_by_label("Type your name as your signature").fill("Ana Ruiz")
    page.get_by_role("button", name="Sign", exact=True).click()
    alert = page.get_by_role("alert")
    expect(alert).to_be_visible()
    # Each problem leads to its field.
    for link in alert.get_by_role("link").all():
        assert page.locator(f'[id="{(link.get_attribute("href") or "")[1:]}"]').count() == 1
    expect(page.get_by_label("Name of minor 1", exact=True)).to_have_value(UNBROKEN)


def waiver_signed(page: Page, charters: Charters) -> None:
    page.goto(f"/g/{charters.long['event_id']}/waiver")
    page.get_by_label("Your full name").fill(UNBROKEN)
    page.get_by_label("I agree to sign this document electronically").check()
    page.get_by_label("I have read this document").check()
    page.get_by_label("Type your name as your signature").fill(UNBROKEN)
    page.get_by_role("button", name="Sign", exact=True).click()
    expect(page.get_by_role("heading", name="Signed. Thank you")).to_be_visible()


def waiver_closed(page: Page, charters: Charters) -> None:
    page.goto(f"/g/{charters.over['event_id']}/waiver")
    title(page, "Nothing to sign")


def waiver_of_no_charter(page: Page, _: Charters) -> None:
    page.goto(f"/g/{UNKNOWN}/waiver")
    title(page, "No such charter")
