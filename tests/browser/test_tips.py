"""Tips and to whom they are owed; revenue by boat and captain, from report to ledger to file."""

import csv
import re
import secrets
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visit
from tests.browser.focus import stops_without_a_ring, tab_to
from tests.browser.visitors import DESKTOP, Site

CREW = {"captain": {"name": "Luis Ferreira"}, "crew": [{"name": "Tess Lindqvist"}, {"name": "Jo Nakamura"}]}


@pytest.fixture
def page(site: Site, visit: Visit) -> Page:
    return visit(token=site.token, viewport=DESKTOP).new_page()


def tipped(site: Site, day: str, *amounts_cents: int, **changes: Any) -> dict[str, Any]:
    """A charter of that day with these tips. Each test has a day of its own, far from the others."""
    span = {"starts_at": f"{day}T18:00:00Z", "ends_at": f"{day}T21:00:00Z"}
    event = site.charter(**CREW | span | changes)
    for amount_cents in amounts_cents:
        site.pay(event, kind="tip", amount_cents=amount_cents, received_at=span["ends_at"])
    return event


def show(page: Page, day: str, path: str = "/payments/tips") -> None:
    page.goto(path)
    if path == "/payments":
        page.get_by_role("button", name="Choose days").click()
    # The start first: an end before it shows nothing for a moment.
    page.get_by_label("From", exact=True).fill(day)
    page.get_by_label("To", exact=True).fill(day)


def owed(page: Page) -> list[str]:
    rows = page.get_by_role("region", name="Owed to").get_by_role("row")
    expect(rows.nth(1)).to_be_visible()
    return [" ".join(text.split()) for text in rows.all_inner_texts()[1:]]


def of(page: Page, event: dict[str, Any]) -> Locator:
    return page.get_by_role("row").filter(has_text=event["title"])


def test_tips_of_a_day_are_shared_equally_then_by_hand_then_equally_again(site: Site, page: Page) -> None:
    event = tipped(site, "2024-05-03", 10_000, 1)
    show(page, "2024-05-03")
    expect(of(page, event)).to_contain_text("Equally: Luis Ferreira $33.34, Tess Lindqvist $33.34, Jo Nakamura $33.33")
    assert owed(page) == [
        "Jo Nakamura 1 charter $33.33",
        "Luis Ferreira 1 charter $33.34",
        "Tess Lindqvist 1 charter $33.34",
    ]

    of(page, event).get_by_role("button", name="Share out…").click()
    dialog = page.get_by_role("dialog", name="Share out tips")
    dialog.get_by_label("Share of Luis Ferreira").fill("60")
    dialog.get_by_role("button", name="Remove Jo Nakamura").click()
    dialog.get_by_role("button", name="Save shares").click()
    expect(dialog.get_by_role("alert")).to_have_text(
        "The shares add up to $93.34, $6.67 less than the tips of $100.01."
    )
    dialog.get_by_label("Share of Tess Lindqvist").fill("40.01")
    expect(dialog).to_contain_text(re.compile(r"Left to share\s*\$0\.00"))
    dialog.get_by_role("button", name="Save shares").click()
    expect(of(page, event)).to_contain_text("By hand: Luis Ferreira $60.00, Tess Lindqvist $40.01")
    assert owed(page) == ["Luis Ferreira 1 charter $60.00", "Tess Lindqvist 1 charter $40.01"]

    site.pay(event, kind="tip", amount_cents=2_000)
    show(page, "2024-05-03")
    expect(of(page, event)).to_contain_text("$20.00 is not shared out")
    of(page, event).get_by_role("button", name="Share out…").click()
    dialog.get_by_role("button", name="Share equally").click()
    expect(of(page, event)).to_contain_text("Equally: Luis Ferreira $40.01, Tess Lindqvist $40.00, Jo Nakamura $40.00")


def test_a_tip_that_comes_in_while_shares_are_typed_is_told_and_nothing_is_kept(site: Site, page: Page) -> None:
    event = tipped(site, "2024-05-04", 9_000)
    show(page, "2024-05-04")
    of(page, event).get_by_role("button", name="Share out…").click()
    site.pay(event, kind="tip", amount_cents=1_000)
    dialog = page.get_by_role("dialog", name="Share out tips")
    dialog.get_by_role("button", name="Save shares").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Must add up to $100.00, the tips of this charter.")
    expect(dialog).to_contain_text(re.compile(r"Left to share\s*\$10\.00"))
    dialog.get_by_label("Share of Jo Nakamura").fill("40")
    dialog.get_by_role("button", name="Save shares").click()
    expect(of(page, event)).to_contain_text("Jo Nakamura $40.00")


def test_the_owner_takes_no_share_not_even_by_hand(site: Site, page: Page) -> None:
    name = f"Marisol {secrets.token_hex(4)}"
    site.admin("POST", "/api/people", {"name": name, "roles": ["captain"], "is_owner": True})
    event = tipped(site, "2024-05-05", 5_000, captain={"name": name}, crew=[])
    show(page, "2024-05-05")
    expect(of(page, event)).to_contain_text("Nobody aboard takes a share")
    expect(page.get_by_text("Not shared out")).to_be_visible()
    of(page, event).get_by_role("button", name="Share out…").click()
    dialog = page.get_by_role("dialog", name="Share out tips")
    choice = dialog.get_by_label("Give a share to")
    expect(choice.locator("option", has_text=name)).to_have_count(0)
    choice.select_option(label="Somebody else")
    dialog.get_by_role("button", name="Add", exact=True).click()
    dialog.get_by_label("Name").fill(name.upper())
    dialog.get_by_label("Share of").fill("50")
    dialog.get_by_role("button", name="Save shares").click()
    expect(dialog.locator(".tip-share .error")).to_have_text("Is an owner's, who takes no share of tips.")


def test_yen_and_dinars_are_shared_to_their_last_digit_by_keyboard_alone(site: Site, page: Page) -> None:
    yen = tipped(site, "2024-05-06", 10_001, currency="JPY")
    dinars = tipped(site, "2024-05-06", 10_001, currency="KWD", crew=[{"name": "Tess Lindqvist"}])
    show(page, "2024-05-06")
    expect(of(page, yen)).to_contain_text("Luis Ferreira ¥3,334, Tess Lindqvist ¥3,334, Jo Nakamura ¥3,333")
    expect(of(page, dinars)).to_contain_text("Luis Ferreira KWD 5.001, Tess Lindqvist KWD 5.000")
    tab_to(page, of(page, dinars).get_by_role("button", name="Share out…"))
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Share out tips")
    for name, amount in (("Luis Ferreira", "5.002"), ("Tess Lindqvist", "4.999")):
        field = dialog.get_by_label(f"Share of {name} (KWD)")
        tab_to(page, field)
        page.keyboard.press("Control+A")
        page.keyboard.type(amount)
    page.keyboard.press("Enter")
    expect(of(page, dinars)).to_contain_text("By hand: Luis Ferreira KWD 5.002, Tess Lindqvist KWD 4.999")
    assert stops_without_a_ring(page) == []


# --- by boat and by captain -----------------------------------------------------------------------


def test_revenue_by_boat_leads_to_the_ledger_of_the_boat_and_to_its_file(
    site: Site, page: Page, tmp_path: Path
) -> None:
    tag = secrets.token_hex(4)
    boat = site.admin("POST", "/api/boats", {"name": f"Petrel {tag}"})
    petrel_of = {"boat_id": boat["boat_id"], "vessel": "", "crew": []}
    events = [
        tipped(site, "2024-06-01", captain={"name": f"Ana {tag}"}, **petrel_of),
        tipped(site, "2024-06-02", captain={"name": f"Ben {tag}"}, **petrel_of),
        tipped(site, "2024-06-02", captain={"name": f"Ana {tag}"}, vessel=f"Otter {tag}", crew=[]),
    ]
    for place, event in enumerate(events):
        site.pay(event, amount_cents=10_000 * 2**place, received_at="2017-03-04T20:00:00Z")
    show(page, "2017-03-04", "/payments/reports")
    page.get_by_role("radio", name="Boat").check()
    petrel = page.get_by_role("row", name=f"Petrel {tag}")
    expect(petrel).to_contain_text(re.compile(r"2 charters.*\$300\.00"))
    expect(page.get_by_role("row", name=f"Otter {tag}")).to_contain_text(re.compile(r"1 charter.*\$400\.00"))
    expect(page.locator("tfoot tr")).to_contain_text("$700.00")
    page.get_by_role("radio", name="Captain").check()
    expect(page.get_by_role("row", name=f"Ana {tag}")).to_contain_text(re.compile(r"2 charters.*\$500\.00"))

    page.get_by_role("radio", name="Boat").check()
    petrel.get_by_role("link").click()
    expect(page.get_by_role("heading", name="Ledger", level=1)).to_be_focused()
    expect(page.get_by_label("Boat")).to_have_value(boat["boat_id"])
    entries = page.get_by_role("region", name="Entries").get_by_role("row")
    expect(entries).to_have_count(3)
    page.get_by_label("Captain").select_option(label=f"Ben {tag}")
    expect(entries).to_have_count(2)
    expect(entries.nth(1)).to_contain_text(events[1]["title"])
    with page.expect_download() as download:
        page.get_by_role("button", name="Download CSV").click()
    assert download.value.suggested_filename == "payments-2017-03-04-to-2017-03-04-part.csv"
    file = tmp_path / "payments.csv"
    download.value.save_as(file)
    rows = list(csv.DictReader(file.read_text(encoding="utf-8-sig").splitlines()))
    assert [(row["amount"], row["boat"], row["captain"]) for row in rows] == [("200.00", f"Petrel {tag}", f"Ben {tag}")]


def test_a_typed_boat_is_chosen_in_the_ledger_however_it_was_typed(site: Site, page: Page) -> None:
    tag = secrets.token_hex(4)
    for vessel in (f"Sea Otter {tag}", f"SEA  OTTER {tag}", f"Heron {tag}"):
        site.pay(site.charter(vessel=vessel), amount_cents=5_000, received_at="2017-03-05T20:00:00Z")
    show(page, "2017-03-05", "/payments")
    entries = page.get_by_role("region", name="Entries").get_by_role("row")
    expect(entries).to_have_count(4)
    boats = page.get_by_label("Boat").locator("option")
    expect(boats).to_have_count(3)
    page.get_by_label("Boat").select_option(index=2)
    expect(entries).to_have_count(3)
    page.get_by_label("To", exact=True).fill("2017-03-06")
    expect(entries).to_have_count(3)
    page.get_by_label("From", exact=True).fill("2017-03-06")
    expect(page.get_by_text("No such payment in this period.")).to_be_visible()
    expect(page.get_by_label("Boat")).to_have_value(f"sea otter {tag}")
