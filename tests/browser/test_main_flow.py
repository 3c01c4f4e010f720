"""The whole job, as an admin and a guest do it: charter, guest link, waiver, payment, receipt, void."""

import json
import re
import secrets
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.visitors import DESKTOP, PHONE, Site, Troubles, card


def log_in(page: Page, password: str) -> None:
    page.goto("/")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="Board")).to_be_visible()


def create_charter(page: Page, title: str, email: str) -> None:
    page.get_by_role("button", name="New charter").click()
    dialog = page.get_by_role("dialog")
    # Before those of the other tests, whatever the hour is: the board shows the first ones.
    starts = (datetime.now() + timedelta(days=1)).replace(hour=17, minute=0)  # noqa: DTZ005 - the form's local time
    dialog.get_by_label("Title").fill(title)
    dialog.get_by_label("Departs").fill(starts.strftime("%Y-%m-%dT%H:%M"))
    dialog.get_by_label("Returns").fill((starts + timedelta(hours=3)).strftime("%Y-%m-%dT%H:%M"))
    dialog.get_by_label("Vessel").fill("S/V Petrel")
    patron = dialog.get_by_role("region", name="Patron and party")
    patron.get_by_label("Name").fill("Ana Ruiz")
    patron.get_by_label("Email").fill(email)
    patron.get_by_label("Party size").fill("4")
    dialog.get_by_label("Charter fee").fill("1,234.50")
    dialog.get_by_role("button", name="Create charter").click()
    expect(page.get_by_role("heading", name=title)).to_be_visible()


def sign_from_the_guest_page(guest: Page, guest_url: str) -> None:
    guest.goto(guest_url)
    guest.get_by_role("link", name="Sign the waiver").click()
    fill_in_waiver(guest)


def sign_without_javascript(guest: Page, guest_url: str) -> None:
    guest.goto(f"{guest_url}/waiver")
    fill_in_waiver(guest)


def fill_in_waiver(guest: Page) -> None:
    guest.get_by_label("Your full name").fill("Marcus Bell")
    guest.get_by_label("I agree to sign this document electronically").check()
    guest.get_by_label("I have read this document").check()
    guest.get_by_label("Type your name as your signature").fill("Marcus Bell")
    guest.get_by_role("button", name="Sign", exact=True).click()
    expect(guest.get_by_role("heading", name="Signed. Thank you, Marcus Bell.")).to_be_visible()


def log_payment_in_three_taps(page: Page, title: str) -> tuple[str, dict[str, str], str, Any]:
    """Taps, and tells what was sent and answered: address, headers, body, answer."""
    page.get_by_role("button", name=f"Log payment for {title}").click()
    dialog = page.get_by_role("dialog", name="Log payment")
    expect(dialog.get_by_label("Amount")).to_have_value("1234.50")
    dialog.get_by_role("radio", name="Cash").click()
    with page.expect_response(lambda response: "/payments/" in response.url) as sent:
        dialog.get_by_role("button", name="Log $").click()
    expect(dialog).to_be_hidden()
    request = sent.value.request
    assert sent.value.status == 201
    return request.url, request.headers, request.post_data or "", sent.value.json()


def void_in_the_ledger(page: Page, title: str, reason: str) -> None:
    page.get_by_role("link", name=title).click()
    page.get_by_text("Actions for $1,234.50 cash").click()
    page.get_by_role("button", name="Void…").click()
    dialog = page.get_by_role("dialog", name="Void payment")
    dialog.get_by_label("Reason").fill(reason)
    dialog.get_by_role("button", name="Void payment").click()
    expect(dialog).to_be_hidden()


@pytest.mark.parametrize(
    ("window", "javascript"),
    [(PHONE, True), (DESKTOP, False)],
    ids=["on a phone", "on a desktop, the guest without JavaScript"],
)
def test_a_charter_is_created_signed_paid_and_the_payment_voided(
    site: Site, visit: Visit, window: dict[str, int], javascript: bool
) -> None:
    tag = secrets.token_hex(4)
    title, email = f"Sunset sail {tag}", f"ana-{tag}@example.com"
    troubles = Troubles()
    admin = visit(viewport=window)
    page = admin.new_page()
    troubles.watch(page)

    log_in(page, site.product.password)
    create_charter(page, title, email)
    guest_url = page.get_by_role("textbox", name="Guest link").input_value()
    assert guest_url.startswith(f"{site.url}/g/")

    guest = visit(viewport=window, java_script_enabled=javascript).new_page()
    troubles.watch(guest)
    (sign_from_the_guest_page if javascript else sign_without_javascript)(guest, guest_url)
    if javascript:
        guest.get_by_role("link", name="To the charter").click()
        expect(guest.get_by_role("listitem").filter(has_text="Marcus B.")).to_be_visible()

    page.goto("/")
    on_board = page.get_by_role("article", name=title)
    expect(on_board.get_by_text("1 of 4 signed")).to_be_visible()
    expect(on_board.get_by_text("Due $1,234.50")).to_be_visible()

    url, headers, body, first = log_payment_in_three_taps(page, title)
    expect(on_board.get_by_text("Paid", exact=True)).to_be_visible()
    (receipt,) = site.mail(email)
    assert "$1,234.50" in receipt["subject"]
    for part in (receipt["text"], receipt["html"]):
        assert "Ana Ruiz" in part
        assert "$1,234.50" in part
        assert "cash" in part
        assert title in part

    replayed = admin.request.put(
        url, data=body, headers={"Authorization": headers["authorization"], "Content-Type": "application/json"}
    )
    assert replayed.status == 200
    assert replayed.headers["idempotency-replayed"] == "true"
    assert replayed.json() == first
    rows = site.payments(first["event"])
    assert [row["amount_cents"] for row in rows] == [123450]
    assert len(site.mail(email)) == 1

    void_in_the_ledger(page, title, f"Wrong charter {tag}")
    entry = page.locator(".entry-dead")
    expect(entry).to_contain_text(re.compile(f"Voided .* by admin: Wrong charter {tag}"))
    expect(entry.locator("s")).to_have_text(["Balance", re.compile(r"\$1,234\.50")])
    expect(page.locator(".entry-total")).to_have_text(re.compile(r"Balance due.*\$1,234\.50"))
    correction, receipt_again = site.mail(email)
    assert receipt_again == receipt
    assert "Correction" in correction["subject"]
    assert f"Wrong charter {tag}" in correction["text"]
    assert json.loads(body)["amount_cents"] == 123450
    assert troubles.seen == []


def test_two_taps_on_sign_are_one_signature(site: Site, visit: Visit) -> None:
    event = site.charter()
    guest = visit(has_touch=True).new_page()
    guest.goto(f"/g/{event['event_id']}/waiver")
    guest.get_by_label("Your full name").fill("Ines Kovac")
    guest.get_by_label("I agree to sign this document electronically").check()
    guest.get_by_label("I have read this document").check()
    guest.get_by_label("Type your name as your signature").fill("Ines Kovac")
    posts: list[str] = []
    guest.on("request", lambda request: posts.append(request.post_data or "") if request.method == "POST" else None)
    guest.get_by_role("button", name="Sign", exact=True).dblclick()
    expect(guest.get_by_role("heading", name="Signed. Thank you, Ines Kovac.")).to_be_visible()
    # Going back and signing the same page again is still one signature.
    address, form = f"/g/{event['event_id']}/waiver", posts[0]
    again = site.call("POST", address, form.encode(), headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert again.status == 303
    assert again.headers["Location"] in guest.url
    found = site.admin("GET", f"/api/events/{event['event_id']}")
    assert found["waivers"]["signed"] == 1
    assert [record["participant_name"] for record in found["waiver_records"]] == ["Ines Kovac"]


def test_a_patron_without_email_is_paid_without_a_receipt(site: Site, visit: Visit) -> None:
    event = site.charter(patron={"name": "Ana Ruiz", "email": "", "phone": ""})
    page = visit(token=site.token).new_page()
    page.goto("/")
    page.get_by_role("button", name=f"Log payment for {event['title']}").click()
    dialog = page.get_by_role("dialog", name="Log payment")
    expect(dialog.get_by_label("Email for the receipt (optional)")).to_have_value("")
    dialog.get_by_role("radio", name="Check").click()
    dialog.get_by_role("button", name="Log $").click()
    expect(card(page, event).get_by_text("$480 to clear")).to_be_visible()
    assert [row["receipt"] for row in site.payments(event)] == ["off"]
