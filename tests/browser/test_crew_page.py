"""The crew's own page and the captain's manifest: without JavaScript, without a network, and how they look."""

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import PATIENCE_MS, Visit
from tests.browser.devices import READ_STORE, Device, log_in, log_payment, wait_for_worker
from tests.browser.visitors import DESKTOP, NARROW, PHONE, Site, Troubles, axe_violations, card, sideways_px
from tests.browser.waiver_form import fill_in, sign_button, waiver

VALID = [{"kind": kind, "valid_until": "2199-01-01"} for kind in ("mmc", "medical")]
DESK_TICKS = ["scc.ticks", "ticks"]


def person(site: Site, name: str, **changes: Any) -> dict[str, Any]:
    details = {"name": name, "phone": "+1 415 555 0101", "roles": ["captain", "deckhand"], **changes}
    return dict(site.admin("POST", "/api/people", details))


def sailing(site: Site, captain: dict[str, Any], *crew: dict[str, Any], hours: float = 3, **changes: Any) -> Any:
    """A charter of this captain that begins in so many hours."""
    starts_at = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=hours)
    return site.charter(
        **{
            "starts_at": starts_at.isoformat(),
            "ends_at": (starts_at + timedelta(hours=3)).isoformat(),
            "timezone": "America/Los_Angeles",
            "captain": {"person_id": captain["person_id"]},
            "crew": [{"person_id": one["person_id"]} for one in crew],
            "guests": [{"name": "Cleo Park"}, {"name": "Dan Wu"}],
            "party_size": 2,
            **changes,
        }
    )


def path_of(site: Site, someone: dict[str, Any], event: dict[str, Any] | None = None) -> str:
    path = str(someone["page_url"]).removeprefix(site.url)
    return f"{path}/{event['event_id']}" if event else path


def guest_row(page: Page, name: str) -> Any:
    return page.locator(".guest").filter(has_text=name)


def manifest(site: Site, event: dict[str, Any]) -> dict[str, Any]:
    return dict(site.admin("GET", f"/api/events/{event['event_id']}/manifest"))


def passengers(site: Site, event: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in manifest(site, event)["passengers"]}


@pytest.fixture
def ana(site: Site) -> dict[str, Any]:
    return person(site, f"Ana Reyes {secrets.token_hex(2)}", papers=VALID)


# --- without JavaScript, and how it looks -----------------------------------------------------------------


def test_a_captain_ticks_off_and_departs_without_javascript(site: Site, visit: Visit, ana: dict[str, Any]) -> None:
    event = sailing(site, ana)
    page = visit(java_script_enabled=False).new_page()
    troubles = Troubles()
    troubles.watch(page)
    page.goto(path_of(site, ana))
    page.get_by_role("link", name="Guest list and Depart").click()
    page.get_by_role("button", name="Cleo Park is aboard").click()
    expect(guest_row(page, "Cleo Park")).to_contain_text("aboard since")
    page.get_by_role("button", name="Dan Wu is a no-show").click()
    page.get_by_role("button", name="Safety briefing given").click()
    expect(page.locator("#aboard")).to_have_text("1")
    page.get_by_role("button", name="Depart").click()
    expect(page.get_by_role("status").filter(has_text="Departed")).to_be_visible()
    assert manifest(site, event)["frozen"]["by"] == ana["name"]
    assert troubles.seen == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_are_whole_and_accessible_at_every_width(
    site: Site, visit: Visit, ana: dict[str, Any], scheme: str
) -> None:
    bo = person(site, "Bo Lee", roles=["deckhand"], papers=[{"kind": "first_aid", "valid_until": "2020-01-01"}])
    event = sailing(site, ana, bo)
    sailing(site, ana, hours=30, title="Club sunset")
    for size in (PHONE, DESKTOP, NARROW):
        page = visit(viewport=size, color_scheme=scheme).new_page()
        troubles = Troubles()
        troubles.watch(page)
        for path in (path_of(site, ana), path_of(site, bo), path_of(site, ana, event)):
            page.goto(path)
            expect(page.get_by_role("main")).to_be_visible()
            assert sideways_px(page) == 0
            assert axe_violations(page) == []
        assert troubles.seen == []


# --- without a network ------------------------------------------------------------------------------------


@pytest.fixture
def devices(chromium: Any, browser_path: str, site: Site, tmp_path: Path) -> Iterator[tuple[Device, Device]]:
    """The captain's phone and the desk's tablet."""
    both = [Device(chromium.browser_type, browser_path, site.url, tmp_path / name) for name in ("phone", "tablet")]
    yield both[0], both[1]
    for device in both:
        while device.opened:
            device.close()


def crew_worker_ready(page: Page, path: str) -> None:
    """Until the page is kept on the device, and the worker answers for the next one."""
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    page.evaluate(
        """async (path) => {
          for (let tries = 0; tries < 400; tries++) {
            if (await caches.match(path)) return;
            await new Promise((resolve) => setTimeout(resolve, 50));
          }
          throw new Error(`${path} was not kept`);
        }""",
        path,
    )


def test_the_pages_open_without_a_network_as_seen_last_and_say_so(
    site: Site, devices: tuple[Device, Device], ana: dict[str, Any]
) -> None:
    phone, _ = devices
    event = sailing(site, ana)
    page = phone.open(path_of(site, ana))
    # The manifest was never opened: the page that leads to it has kept it.
    crew_worker_ready(page, path_of(site, ana, event))
    phone.close()
    page = phone.open(path_of(site, ana), unreachable=True)
    expect(as_of(page)).to_be_visible()
    page.get_by_role("link", name="Guest list and Depart").click()
    expect(page.get_by_role("heading", name=event["title"])).to_be_visible()
    expect(as_of(page)).to_be_visible()
    phone.close()
    page = phone.open(path_of(site, ana, event))
    expect(page.get_by_role("heading", name=event["title"])).to_be_visible()
    expect(as_of(page)).to_have_count(0)


def as_of(page: Page) -> Locator:
    """Where a page says that it is a kept one."""
    said = re.compile(r"No connection\. This is the page as of \w+, .*[AP]M")
    return page.get_by_role("status").filter(has_text=said)


def test_a_link_that_was_renewed_takes_what_the_device_has_kept(
    site: Site, devices: tuple[Device, Device], ana: dict[str, Any]
) -> None:
    phone, _ = devices
    event = sailing(site, ana)
    page = phone.open(path_of(site, ana))
    crew_worker_ready(page, path_of(site, ana, event))
    site.admin("POST", f"/api/people/{ana['person_id']}/new-link", {})
    page.reload()
    expect(page.get_by_role("heading", name="This link opens nothing")).to_be_visible()
    assert page.evaluate("caches.open('scc crew').then(one => one.keys()).then(keys => keys.length)") == 0


@dataclass
class Tap:
    """Between which moments a button was pressed; how long that took is the machine's affair."""

    before: datetime
    after: datetime

    def was_at(self, instant: str) -> bool:
        """Instants are whole seconds."""
        return self.before - timedelta(seconds=1) < datetime.fromisoformat(instant) <= self.after


def tap(button: Locator) -> Tap:
    before = datetime.now(UTC)
    button.click()
    return Tap(before, datetime.now(UTC))


def test_a_day_at_the_dock_in_airplane_mode_on_two_devices_loses_doubles_and_misdates_nothing(
    site: Site, devices: tuple[Device, Device], ana: dict[str, Any]
) -> None:
    phone, tablet = devices
    # What is open an hour before the start blocks the departure.
    event = sailing(site, ana, hours=1)
    path = path_of(site, ana, event)
    captain = phone.open(path)
    crew_worker_ready(captain, path)
    phone.close()
    desk = tablet.open()
    log_in(desk, site, keep=True)
    wait_for_worker(desk)
    # Chromium writes local storage down with a delay of seconds; the login was not just now.
    tablet.close()

    kills = 0
    ticked: dict[str, Tap] = {}

    def at_the_phone(button: str, subject: str) -> None:
        """One tick, and the battery is empty."""
        nonlocal kills
        page = phone.open(path, offline=True)
        expect(page.get_by_text("No connection. This is the page as of")).to_be_visible()
        ticked[subject] = tap(page.get_by_role("button", name=button, exact=True))
        count = len(ticked)
        expect(page.locator("#unsent")).to_contain_text(f"{count} tick{'' if count == 1 else 's'}")
        phone.kill()
        kills += 1

    def at_the_tablet(amount: str, method: str) -> None:
        nonlocal kills
        page = tablet.open(offline=True)
        log_payment(page, event, amount, method)
        tablet.kill()
        kills += 1

    at_the_phone("Cleo Park is aboard", "Cleo Park")
    at_the_tablet("100", "Cash")
    at_the_phone("Dan Wu is a no-show", "Dan Wu")
    at_the_tablet("150.50", "Check")
    at_the_phone("Safety briefing given", "briefing")
    at_the_tablet("229.50", "Zelle")
    at_the_phone("Depart", "departure")
    # A guest signs on the tablet; the signal was there when the waiver was opened.
    page = tablet.open(waiver(event))
    page.context.set_offline(True)
    fill_in(page, "Cleo Park")
    sign_button(page).click()
    expect(page.get_by_text("No signal. Kept on this phone; sends itself.")).to_be_visible()
    tablet.wait_until_stored(f"scc.waiver.waiting {waiver(event)}")
    tablet.kill()
    # And two more, with nothing done.
    for _ in range(2):
        page = phone.open(path, offline=True)
        expect(page.locator("#unsent")).to_contain_text("4 ticks")
        expect(guest_row(page, "Cleo Park")).to_contain_text("not sent yet")
        phone.kill()
    kills += 3
    assert kills == 10
    assert site.payments(event) == []

    # The phone is online first: Cleo has not signed, as far as anybody knows.
    page = phone.open(path)
    refused = page.get_by_role("list", name="Not taken")
    expect(refused).to_contain_text("Departure, departed")
    expect(refused).to_contain_text("1 of 1 has not signed")
    assert manifest(site, event)["frozen"] is None

    desk = tablet.open(waiver(event))
    expect(desk.get_by_role("heading", name=re.compile("Signed"))).to_be_visible()
    desk.goto("/")
    expect(card(desk, event).get_by_text("not sent yet")).to_have_count(0)
    refused.get_by_role("button", name="Send again").click()
    expect(page.get_by_role("status").filter(has_text="Departed")).to_be_visible()
    expect(page.locator("#unsent")).to_be_hidden()

    frozen = manifest(site, event)
    assert ticked["departure"].was_at(frozen["frozen"]["at"])
    assert ticked["briefing"].was_at(frozen["snapshot"]["safety_briefing_at"])
    found = passengers(site, event)
    assert sorted(found) == ["Cleo Park", "Dan Wu"]
    assert ticked["Cleo Park"].was_at(found["Cleo Park"]["checked_in_at"])
    assert (found["Cleo Park"]["waiver"], found["Dan Wu"]["no_show"]) == ("signed", True)
    assert sorted(row["amount_cents"] for row in site.payments(event)) == [10000, 15050, 22950]
    history = site.admin("GET", f"/api/events/{event['event_id']}/history")["events"]
    acts = [one["act"] for one in history]
    assert (acts.count("checked_in"), acts.count("safety_briefing"), acts.count("departed")) == (2, 1, 1)


def test_the_desks_ticks_outlive_a_kill_and_are_sent_from_any_page_with_the_time_that_they_had(
    site: Site, devices: tuple[Device, Device], ana: dict[str, Any]
) -> None:
    _, tablet = devices
    event = sailing(site, ana, hours=1)
    page = tablet.open()
    log_in(page, site, keep=True)
    wait_for_worker(page)
    tablet.close()
    page = tablet.open(f"/events/{event['event_id']}/manifest")
    expect(page.get_by_role("button", name="Aboard: Cleo Park")).to_be_visible()
    page.context.set_offline(True)
    ticked = tap(page.get_by_role("button", name="Aboard: Cleo Park"))
    expect(page.get_by_text("Not saved yet: Cleo Park. This device keeps it")).to_be_visible()
    page.get_by_role("button", name="No-show: Dan Wu").click()
    expect(page.get_by_text("Not saved yet: Cleo Park, Dan Wu.")).to_be_visible()
    tablet.kill()
    page = tablet.open(f"/events/{event['event_id']}/manifest", offline=True)
    expect(page.get_by_text("Not saved yet: Cleo Park, Dan Wu.")).to_be_visible()
    page.wait_for_timeout(4_000)
    tablet.kill()
    assert not [one for one in passengers(site, event).values() if one["checked_in_at"] or one["no_show"]]
    page = tablet.open("/")
    for _ in range(PATIENCE_MS // 100):
        if not page.evaluate(READ_STORE, DESK_TICKS):
            break
        page.wait_for_timeout(100)
    found = passengers(site, event)
    assert found["Dan Wu"]["no_show"] is True
    assert ticked.was_at(found["Cleo Park"]["checked_in_at"])
    history = site.admin("GET", f"/api/events/{event['event_id']}/history")["events"]
    assert [one["act"] for one in history].count("checked_in") == 2
