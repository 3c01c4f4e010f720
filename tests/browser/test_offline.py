"""The desk without a network: it opens, takes payments, loses none of them and sends each once."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.devices import (
    OUTBOX,
    READ_STORE,
    SNAPSHOTS,
    Device,
    log_in,
    log_payment,
    wait_for_snapshot,
    wait_for_worker,
    wait_until,
)
from tests.browser.visitors import Signal, Site, card


@pytest.fixture
def device(chromium: Any, browser_path: str, site: Site, tmp_path: Path) -> Iterator[Device]:
    phone = Device(chromium.browser_type, browser_path, site.url, tmp_path / "phone")
    yield phone
    while phone.opened:
        phone.close()


def all_sent(page: Page) -> None:
    expect(page.get_by_text("not sent yet")).to_have_count(0)
    assert page.evaluate(READ_STORE, OUTBOX) == []


@pytest.mark.parametrize("keep", [True, False], ids=["signed in for long", "logged in again"])
def test_payments_logged_without_a_network_outlive_reload_and_kill(site: Site, device: Device, keep: bool) -> None:
    event = site.charter()
    page = device.open()
    log_in(page, site, keep=keep)
    wait_for_worker(page)
    if keep:
        # Chromium writes local storage down with a delay of seconds; the login was not just now.
        device.close()
        page = device.open()
        expect(card(page, event)).to_be_visible()
    assert page.evaluate("'SyncManager' in window") is False

    page.context.set_offline(True)
    page.reload()
    expect(page.get_by_text(re.compile(r"^As of .+, no connection\.$"))).to_be_visible()
    page.get_by_role("button", name=f"Log payment for {event['title']}").click()
    dialog = page.get_by_role("dialog", name="Log payment")
    expect(dialog.get_by_label("Amount")).to_have_value("480.00")
    dialog.get_by_role("button", name="Change", exact=True).click()
    expect(dialog.get_by_text("Goes out if the patron has an email address.")).to_be_visible()
    dialog.get_by_role("button", name="Cancel").click()
    for amount, method in (("100", "Cash"), ("150.50", "Check"), ("229.50", "Zelle")):
        log_payment(page, event, amount, method)
    page.reload()
    expect(card(page, event).get_by_text("3 not sent yet ($480)")).to_be_visible()

    device.kill()
    page = device.open(offline=True)
    if keep:
        expect(card(page, event).get_by_text("$150.50 check: not sent yet.")).to_be_visible()
        expect(page.get_by_role("banner").get_by_text("3 not sent yet")).to_be_visible()
        page.context.set_offline(False)
    else:
        expect(
            page.get_by_text("3 payments on this device are not sent yet. Log in and they are sent.")
        ).to_be_visible()
        page.context.set_offline(False)
        log_in(page, site)
    expect(card(page, event).get_by_text("$380 to clear")).to_be_visible()
    all_sent(page)
    assert sorted(row["amount_cents"] for row in site.payments(event)) == [10000, 15050, 22950]
    assert len(site.mail(event["patron"]["email"])) == 3


def test_two_tabs_send_each_payment_once(site: Site, visit: Visit) -> None:
    event = site.charter()
    context = visit(token=site.token, worker=True)
    sent: list[str] = []
    context.on("response", lambda answer: sent.append(answer.url) if answer.request.method == "PUT" else None)
    tabs = [context.new_page(), context.new_page()]
    for tab in tabs:
        tab.goto("/")
        expect(card(tab, event)).to_be_visible()
    context.set_offline(True)
    log_payment(tabs[0], event, "100")
    log_payment(tabs[1], event, "150")
    for tab in tabs:
        expect(card(tab, event).get_by_text("2 not sent yet ($250)")).to_be_visible()
    context.set_offline(False)
    for tab in tabs:
        expect(card(tab, event).get_by_text("Due $230")).to_be_visible()
        all_sent(tab)
    assert len(sent) == len(set(sent)) == 2
    assert sorted(row["amount_cents"] for row in site.payments(event)) == [10000, 15000]
    assert len(site.mail(event["patron"]["email"])) == 2


def test_any_answer_of_the_server_sends_what_waits(site: Site, visit: Visit) -> None:
    event = site.charter()
    page = visit(token=site.token).new_page()
    page.goto("/")
    signal = Signal()
    page.route("**/payments/*", lambda route: route.continue_() if signal.is_back else route.abort())
    log_payment(page, event, "480")
    expect(card(page, event).get_by_text("$480.00 cash: not sent yet.")).to_be_visible()
    page.clock.install()
    signal.is_back = True
    page.get_by_role("link", name=event["title"]).click()
    expect(page.locator(".entry-total")).to_contain_text("$0.00")
    assert len(site.payments(event)) == 1


def test_the_worker_answers_for_the_app_and_never_for_the_server(site: Site, visit: Visit) -> None:
    event = site.charter()
    context = visit(token=site.token, worker=True)
    page = context.new_page()
    page.goto("/")
    wait_for_worker(page)
    waiver = f"/g/{event['event_id']}/waiver"
    for path in ("/", f"/events/{event['event_id']}", "/payments", f"/g/{event['event_id']}"):
        answer = page.goto(path)
        assert answer, path
        assert answer.from_service_worker, path
    for path in (waiver, "/api/health", "/api/no-such-thing", "/_local/mail.html", "/_staging/"):
        answer = page.goto(path)
        assert answer, path
        assert not answer.from_service_worker, path
    page.goto("/")
    with page.expect_response("**/api/events*") as listed:
        page.reload()
    assert not listed.value.from_service_worker
    context.set_offline(True)
    for path in (waiver, "/api/health"):
        with pytest.raises(Exception, match="ERR_INTERNET_DISCONNECTED"):
            page.goto(path)


def test_a_slot_has_its_own_worker_and_its_own_manifest(site: Site, visit: Visit) -> None:
    page = visit(token=site.token, worker=True).new_page()
    for base in ("/", "/_staging/"):
        page.goto(base)
        wait_for_worker(page)
        # At first the whole site's worker is the nearest there is.
        nearest = f"(await navigator.serviceWorker.getRegistration('{site.url}{base}'))"
        wait_until(page, f"{nearest}?.scope === '{site.url}{base}' && {nearest}?.active")
        manifest = page.locator('link[rel="manifest"]').evaluate("(link) => link.href")
        assert manifest == f"{site.url}{base}manifest.webmanifest"
        errors = page.context.new_cdp_session(page).send("Page.getInstallabilityErrors")["installabilityErrors"]
        # A private window installs nothing.
        assert [error["errorId"] for error in errors] in ([], ["in-incognito"])
    caches = page.evaluate("caches.keys()")
    assert sorted(name.rpartition(" ")[0] for name in caches) == ["scc /", "scc /_staging/"]


def test_a_guest_gets_no_worker_and_no_app_to_install(site: Site, visit: Visit) -> None:
    event = site.charter()
    page = visit(worker=True).new_page()
    page.goto(f"/g/{event['event_id']}")
    expect(page.get_by_role("heading", name=event["title"])).to_be_visible()
    assert page.evaluate("navigator.serviceWorker.getRegistrations().then(({ length }) => length)") == 0
    assert page.locator('link[rel="manifest"]').count() == 0


def test_the_last_known_board_holds_no_contacts_cannot_be_edited_and_is_forgotten(site: Site, visit: Visit) -> None:
    event = site.charter(notes="Gate code 4711")
    site.pay(event, note="Call the patron", notify=False)
    context = visit(worker=True)
    page = context.new_page()
    page.goto("/")
    log_in(page, site)
    wait_for_worker(page)
    page.get_by_role("link", name=event["title"]).click()
    expect(page.get_by_text("Gate code 4711")).to_be_visible()
    wait_for_snapshot(page, "found[0]?.records.length === 1")
    text = json.dumps(page.evaluate(READ_STORE, SNAPSHOTS))
    assert event["title"] in text
    for secret in ("@example.com", "+1 415", "4711", "Call the patron"):
        assert secret not in text

    context.set_offline(True)
    page.reload()
    expect(page.get_by_text(re.compile(r"^As of .+, no connection\.$"))).to_be_visible()
    expect(page.locator(".entry-total")).to_contain_text("$380.00")
    expect(page.get_by_role("button", name="Edit")).to_be_disabled()
    expect(page.get_by_text("Contacts and notes are not kept on this device.")).to_be_visible()
    context.set_offline(False)
    expect(page.get_by_text("Gate code 4711")).to_be_visible()
    expect(page.get_by_role("button", name="Edit")).to_be_enabled()

    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("heading", name="Dispatch")).to_be_visible()
    wait_for_snapshot(page, "found.length === 0")


def test_one_outbox_on_two_devices_is_sent_once(site: Site, visit: Visit) -> None:
    """A phone set up from the backup of another one."""
    event = site.charter()
    phones = [visit(token=site.token), visit(token=site.token)]
    pages = [phone.new_page() for phone in phones]
    for page in pages:
        page.goto("/")
        expect(card(page, event)).to_be_visible()
        page.context.set_offline(True)
    log_payment(pages[0], event, "480")
    (entry,) = pages[0].evaluate(READ_STORE, OUTBOX)
    pages[1].evaluate(
        """(entry) => new Promise((resolve) => {
          const opening = indexedDB.open("scc.outbox");
          opening.onsuccess = () => {
            const writing = opening.result.transaction("payments", "readwrite");
            writing.objectStore("payments").put(entry);
            writing.oncomplete = resolve;
          };
        })""",
        entry,
    )
    for page in pages:
        page.context.set_offline(False)
    for page in pages:
        expect(card(page, event).get_by_text("Paid", exact=True)).to_be_visible()
        all_sent(page)
    assert [row["payment_id"] for row in site.payments(event)] == [entry["payment_id"]]
    assert len(site.mail(event["patron"]["email"])) == 1
