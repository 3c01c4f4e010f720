"""Who is told of a change: shown before it is saved, then mailed or not."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.visitors import Site


@pytest.fixture
def event(site: Site) -> dict[str, Any]:
    return site.charter(guests=[{"name": "Ben Ott", "email": "ben@example.com"}])


@pytest.fixture
def page(site: Site, visit: Visit, event: dict[str, Any]) -> Page:
    page = visit(token=site.token).new_page()
    page.goto(f"/events/{event['event_id']}")
    return page


def mails_to(site: Site, address: str, event: dict[str, Any]) -> list[str]:
    sent = site.admin("GET", "/api/mail?status=sent&limit=100")["mails"]
    return [one["subject"] for one in sent if one["to"] == address and one["event_id"] == event["event_id"]]


def test_a_move_shows_the_mails_and_back_returns_to_the_form(site: Site, page: Page, event: dict[str, Any]) -> None:
    page.get_by_role("button", name="Edit").click()
    form = page.get_by_role("dialog", name="Edit charter")
    form.get_by_label("Departure port").fill("Pier 39")
    form.get_by_role("button", name="Save changes").click()
    asked = page.get_by_role("dialog", name="Tell them?")
    asked.get_by_text("ben@example.com").click()
    mail = asked.get_by_role("listitem").filter(has_text="ben@example.com").get_by_text("From: Pier 39")
    expect(mail).to_be_visible()
    page.go_back()
    expect(asked).to_be_hidden()
    expect(form.get_by_label("Departure port")).to_have_value("Pier 39")
    assert site.admin("GET", f"/api/events/{event['event_id']}")["version"] == 1
    form.get_by_role("button", name="Save changes").click()
    asked.get_by_role("button", name="Save and mail").click()
    expect(form).to_be_hidden()
    assert site.admin("GET", f"/api/events/{event['event_id']}")["departure_port"] == "Pier 39"
    (subject,) = mails_to(site, "ben@example.com", event)
    assert subject.startswith(f"Changed: {event['title']}")
    page.goto("/mail?status=sent")
    told = page.get_by_role("listitem").filter(has_text="ben@example.com").filter(has_text=event["title"])
    expect(told.first).to_contain_text("News of a change")


def test_a_cancellation_can_be_told_or_not(site: Site, page: Page, event: dict[str, Any]) -> None:
    page.get_by_role("button", name="Cancel charter").click()
    page.get_by_label("Reason").fill("storm")
    page.get_by_role("dialog", name="Cancel charter").get_by_role("button", name="Cancel charter").click()
    page.get_by_role("dialog", name="Tell them?").get_by_role("button", name="Cancel charter without mail").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_text("The charter is cancelled.")).to_be_visible()
    assert site.admin("GET", f"/api/events/{event['event_id']}")["status"] == "cancelled"
    assert mails_to(site, "ben@example.com", event) == []
