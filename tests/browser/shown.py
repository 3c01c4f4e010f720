"""What the views show: charters of every kind, and words that do not break."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.visitors import Site
from tests.browser.waiver_form import records
from tests.support.clock import OPERATOR

UNBROKEN = "Donaudampfschifffahrtselektrizitaetenhauptbetriebswerkbauunterbeamtengesellschaft"
FREE_BOAT = "Heron"


@dataclass(frozen=True)
class Charters:
    """The charters that the views show: plain, with long words everywhere, called off, over, and as said below."""

    plain: dict[str, Any]
    paid_on: str
    """The operator's day on which the plain one was paid by check: while its views are looked at, midnight may pass."""
    long: dict[str, Any]
    cancelled: dict[str, Any]
    over: dict[str, Any]
    booked: dict[str, Any]
    """On a boat of the list, with a captain of the list, who was tipped."""
    crewed: dict[str, Any]
    """Somebody of the list is asked to be captain."""
    soon: dict[str, Any]
    """Casts off within the hour, with much that is open."""


def make_charters(site: Site) -> Charters:
    plain = site.charter()
    site.change_settings(
        pay_to=[{"method": "zelle", "text": "pay@bay.example"}, {"method": "bank_transfer", "text": UNBROKEN * 3}],
        guest_place_url="https://maps.example.com/?q=37.86,-122.48",
    )
    assert site.sign(plain).status == 303
    check = site.pay(plain, kind="deposit", method="check", reference="1042")
    paid_on = datetime.fromisoformat(check["received_at"]).astimezone(OPERATOR).date()
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
    site.pay(booked, kind="tip", amount_cents=12_345_679, notify=False)
    crewed = site.charter(captain=None, crew=[])
    site.admin("POST", f"/api/events/{crewed['event_id']}/positions", {"role": "captain", "person_ids": [captain_id]})
    hour = datetime.now(UTC) + timedelta(hours=1)
    soon = site.charter(starts_at=hour.isoformat(), ends_at=(hour + timedelta(hours=3)).isoformat(), notes=UNBROKEN)
    return Charters(plain, str(paid_on), long, cancelled, over, booked, crewed, soon)


def title(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", name=text, level=1)).to_be_visible()
