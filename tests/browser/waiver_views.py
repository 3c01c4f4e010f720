"""What of the desk's waivers the tests of every page look at."""

from playwright.sync_api import Page, expect

from tests.browser.shown import UNBROKEN, Charters, title


def waiver_versions(page: Page, _: Charters) -> None:
    page.goto("/waiver")
    expect(page.get_by_text("Guests sign this text.").first).to_be_visible()
    expect(page.get_by_role("heading", name="The risks")).to_be_visible()


def publish_dialog(page: Page, charters: Charters) -> None:
    waiver_versions(page, charters)
    page.get_by_role("button", name="New version").click()
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("region", name="Preview")).to_be_visible()


def superseded(page: Page, charters: Charters) -> None:
    """As it is after a new text: the texts of the product that all tests share stay as they are."""
    signer = {"waiver_id": "1", "participant_name": UNBROKEN, "signer_name": UNBROKEN, "can_be_asked": True}
    trip = {name: charters.long[name] for name in ("event_id", "title", "starts_at", "timezone")}
    answer = {"events": [trip | {"signers": [signer]}]}
    page.route("**/api/waiver-versions/superseded", lambda route: route.fulfill(json=answer))
    waiver_versions(page, charters)
    expect(page.get_by_role("button", name="Ask them again")).to_be_visible()


def waivers(page: Page, _: Charters) -> None:
    page.goto(f"/waivers?query={UNBROKEN}")
    expect(page.get_by_role("link", name=UNBROKEN)).to_be_visible()


def waiver_record(page: Page, charters: Charters) -> None:
    waivers(page, charters)
    page.get_by_role("link", name=UNBROKEN).click()
    expect(page.get_by_role("img", name="Signature drawn by")).to_be_visible()
    expect(page.get_by_role("heading", name="The risks")).to_be_visible()


def struck_record(page: Page, charters: Charters) -> None:
    """Set aside, and erased after that."""
    page.goto(f"/events/{charters.cancelled['event_id']}")
    page.get_by_role("link", name="Erased guest").click()
    title(page, "Erased guest")
    expect(page.get_by_text("It counts nowhere")).to_be_visible()


def set_aside_dialog(page: Page, charters: Charters) -> None:
    page.goto(f"/events/{charters.long['event_id']}")
    title(page, charters.long["title"])
    page.get_by_role("button", name="Set aside…").click()
    expect(page.get_by_role("dialog", name="Set aside")).to_be_visible()


def erase_dialog(page: Page, charters: Charters) -> None:
    waiver_record(page, charters)
    page.get_by_role("button", name="Erase personal data…").click()
    page.get_by_role("button", name="Erase for good").click()
    expect(page.get_by_text("Tick this too")).to_be_visible()


def log(page: Page, charters: Charters) -> None:
    waivers(page, charters)
    page.locator("summary", has_text="The log: ").click()
    expect(page.get_by_role("button", name="Download the log")).to_be_visible()
