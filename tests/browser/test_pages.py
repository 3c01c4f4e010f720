"""Every page and dialog: accessible at both widths and in both colour schemes, quiet, never wider than the window."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Visit
from tests.browser.shown import UNBROKEN, Charters
from tests.browser.views import FREE_BOAT, VIEWS, View
from tests.browser.visitors import DESKTOP, NARROW, PHONE, Site, Troubles, axe_violations, sideways_px
from tests.browser.waiver_form import records


@pytest.fixture(scope="module")
def charters(site: Site) -> Charters:
    plain = site.charter()
    site.change_settings(
        pay_to=[{"method": "zelle", "text": "pay@bay.example"}, {"method": "bank_transfer", "text": UNBROKEN * 3}],
        guest_place_url="https://maps.example.com/?q=37.86,-122.48",
    )
    assert site.sign(plain).status == 303
    site.pay(plain, kind="deposit", method="check", reference="1042")
    site.admin(
        "POST",
        f"/api/events/{plain['event_id']}/payments/{site.pay(plain)['payment_id']}/void",
        {"reason": "Typed twice"},
    )
    person = {"name": UNBROKEN, "email": f"{'a' * 60}@{'b' * 60}.example.com", "phone": "+1 415 555 0142"}
    long = site.charter(
        title="W" * 110,
        vessel=UNBROKEN,
        departure_port=UNBROKEN,
        return_port=UNBROKEN[::-1],
        captain=person,
        crew=[person],
        patron=person,
        charter_fee_cents=99_999_999,
        party_size=500,
        guests=[{"name": UNBROKEN[::-1], "email": f"{'a' * 60}@example.com"}],
        guest_notes=f"https://example.com/{'x' * 200}",
        notes=UNBROKEN * 4,
    )
    assert site.sign(long, signer_name=UNBROKEN, signature_strokes="[[[0,0,0],[80,30,20]]]").status == 303
    site.pay(
        long,
        method="check",
        amount_cents=12_345_678,
        payer=UNBROKEN,
        reference=UNBROKEN,
        note=UNBROKEN * 3,
        notify=False,
    )
    cancelled = site.charter()
    assert site.sign(cancelled).status == 303
    (struck,) = records(site, cancelled)
    for act in ("set-aside", "erase"):
        path = f"/api/events/{cancelled['event_id']}/waivers/{struck['waiver_id']}/{act}"
        site.admin("POST", path, {"reason": UNBROKEN})
    site.admin("POST", f"/api/events/{cancelled['event_id']}/cancel", {"reason": "Gusts to 35 knots"})
    yesterday = datetime.now(UTC) - timedelta(days=1)
    over = site.charter(starts_at=yesterday.isoformat(), ends_at=(yesterday + timedelta(hours=3)).isoformat())
    refused = site.call("POST", f"/api/events/{over['event_id']}/depart", {}, token=site.token).json["readiness"]
    waive = {check["code"]: UNBROKEN for check in refused["checks"] if check["state"] == "blocks"}
    site.admin("POST", f"/api/events/{over['event_id']}/depart", {"waive": waive})
    papers = [{"kind": "insurance", "valid_until": "2024-03-01", "note": UNBROKEN}, {"kind": "other"}]
    boat = site.admin("POST", "/api/boats", {"name": UNBROKEN, "home_port": UNBROKEN, "papers": papers})
    site.admin("POST", "/api/boats", {"name": FREE_BOAT})
    captain = person | {"roles": ["captain", "mate"], "papers": [{"kind": "mmc", "valid_until": "2024-03-01"}]}
    captain_id = site.admin("POST", "/api/people", captain)["person_id"]
    booked = site.charter(boat_id=boat["boat_id"], captain={"person_id": captain_id}, crew=[])
    crewed = site.charter(captain=None, crew=[])
    site.admin("POST", f"/api/events/{crewed['event_id']}/positions", {"role": "captain", "person_ids": [captain_id]})
    hour = datetime.now(UTC) + timedelta(hours=1)
    soon = site.charter(starts_at=hour.isoformat(), ends_at=(hour + timedelta(hours=3)).isoformat(), notes=UNBROKEN)
    return Charters(plain, long, cancelled, over, booked, crewed, soon)


@dataclass(frozen=True)
class Shown:
    page: Page
    troubles: Troubles


@pytest.fixture(scope="module")
def guests(new_context: Visit) -> Iterator[BrowserContext]:
    with new_context() as context:
        yield context


@pytest.fixture(scope="module")
def admins(new_context: Visit, site: Site) -> Iterator[BrowserContext]:
    with new_context(token=site.token) as context:
        yield context


@pytest.fixture(scope="module", params=VIEWS, ids=[view.name for view in VIEWS])
def shown(
    request: pytest.FixtureRequest, guests: BrowserContext, admins: BrowserContext, charters: Charters
) -> Iterator[Shown]:
    """One view after the other; the tests below look at it before it goes."""
    view: View = request.param
    with (admins if view.admin else guests).new_page() as page:
        troubles = Troubles(expected=view.expected)
        troubles.watch(page)
        view.show(page, charters)
        yield Shown(page, troubles)


def test_it_comes_without_a_complaint_of_the_browser(shown: Shown) -> None:
    assert shown.troubles.seen == []


@pytest.mark.parametrize("window", [NARROW, PHONE, DESKTOP], ids=["320", "390", "1280"])
def test_it_never_scrolls_sideways(shown: Shown, window: Any) -> None:
    shown.page.set_viewport_size(window)
    assert sideways_px(shown.page) == 0
    assert shown.page.evaluate(
        "[...document.querySelectorAll('dialog')].every((dialog) => dialog.scrollWidth <= dialog.clientWidth)"
    )


@pytest.mark.parametrize("window", [PHONE, DESKTOP], ids=["390", "1280"])
def test_axe_finds_nothing(shown: Shown, window: Any) -> None:
    shown.page.set_viewport_size(window)
    shown.page.emulate_media(color_scheme="light")
    assert axe_violations(shown.page) == []
    shown.page.emulate_media(color_scheme="dark")
    # All other rules ignore colours.
    assert axe_violations(shown.page, rules=("color-contrast", "link-in-text-block")) == []


def test_back_closes_its_dialog_and_stays_on_the_page(shown: Shown) -> None:
    """The last test of each view: it leaves the dialog closed."""
    page, address = shown.page, shown.page.url
    dialogs = page.locator("dialog[open]")
    opened = dialogs.count()
    for left in reversed(range(opened)):
        page.go_back()
        expect(dialogs).to_have_count(left)
        assert page.url == address
    if opened:
        page.go_forward()
        expect(dialogs).to_have_count(0)
        assert page.url == address
