"""Captain and crew at the desk: asked, answered, ready to sail."""

import re
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visit
from tests.browser.visitors import DESKTOP, PHONE, Site, card
from tools.local.demo import hidden_forms

VALID = [{"kind": "mmc", "valid_until": "2099-01-01"}, {"kind": "medical", "valid_until": "2099-01-01"}]
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def sailors(site: Site) -> dict[str, dict[str, Any]]:
    """Two captains and a mate whose names no other has."""
    tag = secrets.token_hex(3)

    def make(name: str, role: str, papers: list[dict[str, str]]) -> dict[str, Any]:
        email = f"{name}-{tag}@example.com".lower()
        person = {"name": f"{name} {tag}", "email": email, "phone": "+1 619 555 0110", "roles": [role]}
        return dict(site.admin("POST", "/api/people", person | {"papers": papers}))

    return {
        "Maya": make("Maya", "captain", VALID),
        "Luis": make("Luis", "captain", []),
        "Tess": make("Tess", "mate", []),
    }


@pytest.fixture
def desk(site: Site, visit: Visit) -> Page:
    return visit(token=site.token, viewport=DESKTOP).new_page()


def boat(site: Site, **changes: Any) -> dict[str, Any]:
    papers = [{"kind": "insurance", "valid_until": "2099-01-01"}]
    return dict(site.admin("POST", "/api/boats", {"name": f"Gull {secrets.token_hex(3)}", "papers": papers} | changes))


def answer(site: Site, person: dict[str, Any], wanted: str, reason: str = "") -> None:
    """As the person does on their own page."""
    path = urlsplit(person["page_url"]).path
    form = next(one for one in hidden_forms(site.call("GET", path).text) if one.get("answer") == wanted)
    sent = site.call("POST", path, urlencode({**form, "reason": reason}).encode(), headers=FORM)
    assert sent.status == 303, sent.text


def crew(page: Page) -> Locator:
    return page.get_by_role("region", name="Crew", exact=True)


def checks(page: Page) -> Locator:
    return page.get_by_role("region", name="Ready to sail")


def test_the_next_captain_is_asked_after_a_decline_and_the_desk_sees_who_said_what(
    site: Site, desk: Page, sailors: dict[str, dict[str, Any]]
) -> None:
    event = site.charter(captain=None, crew=[], boat_id=boat(site)["boat_id"])
    desk.goto(f"/events/{event['event_id']}")
    expect(crew(desk).get_by_text("No captain yet")).to_be_visible()
    crew(desk).get_by_role("button", name="Add position").click()
    dialog = desk.get_by_role("dialog", name="New position")
    dialog.get_by_role("radio", name="Ask in my order").check()
    dialog.get_by_label(sailors["Maya"]["name"]).check()
    luis = dialog.locator(".candidate", has_text=sailors["Luis"]["name"])
    expect(luis).to_contain_text("Merchant Mariner Credential: not entered")
    luis.get_by_role("checkbox").check()
    expect(luis).to_contain_text("asked 2nd")
    dialog.get_by_role("button", name=f"Ask {sailors['Maya']['name']}, then 1 more").click()
    expect(crew(desk)).to_contain_text(f"{sailors['Maya']['name']} asked")
    expect(crew(desk).get_by_role("link", name="WhatsApp")).to_have_attribute(
        "href", re.compile(r"^https://wa\.me/16195550110\?text=.*" + re.escape(sailors["Maya"]["page_url"][-20:]))
    )
    answer(site, sailors["Maya"], "decline", "I am away")
    desk.reload()
    expect(crew(desk)).to_contain_text(f"{sailors['Luis']['name']} asked")
    expect(crew(desk)).to_contain_text(re.compile("declined: I am away"))
    desk.goto("/")
    expect(card(desk, event)).to_contain_text(f"{sailors['Luis']['name']} asked")
    answer(site, sailors["Luis"], "accept")
    desk.goto(f"/events/{event['event_id']}")
    expect(crew(desk)).to_contain_text(f"{sailors['Luis']['name']} accepted")
    expect(checks(desk)).to_contain_text("not entered")
    assert site.admin("GET", f"/api/events/{event['event_id']}")["captain"]["name"] == sailors["Luis"]["name"]


def test_a_position_is_assigned_changed_and_withdrawn_by_keyboard(
    site: Site, desk: Page, sailors: dict[str, dict[str, Any]]
) -> None:
    event = site.charter(crew=[])
    desk.goto(f"/events/{event['event_id']}")
    crew(desk).get_by_role("button", name="Add position").press("Enter")
    dialog = desk.get_by_role("dialog", name="New position")
    expect(dialog.get_by_label("Role")).to_be_focused()
    desk.keyboard.type("Mate")
    dialog.get_by_role("radio", name="Ask by rank").focus()
    for _ in range(2):
        desk.keyboard.press("ArrowRight")
    expect(dialog.get_by_role("radio", name="Assign")).to_be_checked()
    dialog.get_by_label(sailors["Tess"]["name"]).press("Space")
    desk.keyboard.press("Enter")
    expect(crew(desk)).to_contain_text(f"{sailors['Tess']['name']} assigned")
    crew(desk).get_by_role("button", name="Change… Mate").press("Enter")
    desk.get_by_role("button", name="Withdraw…").press("Enter")
    desk.get_by_label("Reason").fill("They bring their own")
    desk.keyboard.press("Enter")
    expect(crew(desk).get_by_text("1 position withdrawn")).to_be_visible()
    seen = site.admin("GET", f"/api/events/{event['event_id']}")
    assert ([one["state"] for one in seen["positions"]], seen["crew"]) == (["withdrawn"], [])


def test_who_sails_elsewhere_is_told_of_before_and_assigned_for_a_reason(
    site: Site, desk: Page, sailors: dict[str, dict[str, Any]]
) -> None:
    event = site.charter(captain=None, crew=[])
    times = {name: event[name] for name in ("starts_at", "ends_at")}
    site.charter(title="Whale watch", captain={"person_id": sailors["Maya"]["person_id"]}, crew=[], **times)
    desk.goto(f"/events/{event['event_id']}")
    crew(desk).get_by_role("button", name="Add position").click()
    dialog = desk.get_by_role("dialog", name="New position")
    dialog.get_by_role("radio", name="Assign").check()
    maya = dialog.locator(".candidate", has_text=sailors["Maya"]["name"])
    expect(maya).to_contain_text("Sails on Whale watch")
    maya.get_by_role("radio").check()
    dialog.get_by_role("button", name=f"Assign {sailors['Maya']['name']}").click()
    dialog.get_by_label("Book anyway, because").fill("The other one is over before")
    dialog.get_by_role("button", name=f"Assign {sailors['Maya']['name']}").click()
    expect(crew(desk)).to_contain_text(f"{sailors['Maya']['name']} assigned")
    seen = site.admin("GET", f"/api/events/{event['event_id']}")
    assert [one["state"] for one in seen["positions"]] == ["assigned"]


def test_on_a_bareboat_the_page_says_why_nobody_is_asked(site: Site, desk: Page) -> None:
    event = site.charter(captain=None, crew=[], boat_id=boat(site, kind="bareboat")["boat_id"])
    desk.goto(f"/events/{event['event_id']}")
    expect(crew(desk).get_by_text("may neither ask nor assign them")).to_be_visible()
    expect(crew(desk).get_by_role("button", name="Add position")).to_have_count(0)


@pytest.mark.parametrize("window", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_board_says_how_ready_each_charter_is(site: Site, visit: Visit, window: Any) -> None:
    page = visit(token=site.token, viewport=window).new_page()
    boat_id = boat(site)["boat_id"]
    blocked = site.charter(party_size=9, passenger_limit=6, boat_id=boat_id)
    page.goto("/")
    expect(card(page, blocked).get_by_text("Blocked")).to_be_visible()
    expect(card(page, blocked)).to_contain_text("Over the passenger limit")


def test_a_refused_departure_sails_for_a_reason_that_stays_with_the_charter(
    site: Site, visit: Visit, desk: Page
) -> None:
    starts_at = datetime.now(UTC) + timedelta(minutes=40)
    event = site.charter(starts_at=starts_at.isoformat(), ends_at=(starts_at + timedelta(hours=3)).isoformat())
    desk.goto(f"/events/{event['event_id']}")
    checks(desk).get_by_role("button", name="Mark given").click()
    expect(checks(desk).get_by_role("button", name="Mark given")).to_have_count(0)
    checks(desk).get_by_role("link", name="Sail anyway Waivers").click()
    desk.get_by_role("button", name="Depart…").click()
    dialog = desk.get_by_role("dialog", name="Depart?")
    dialog.get_by_role("button", name="Depart", exact=True).click()
    why = dialog.get_by_label(re.compile("^Waivers: 4 of 4 have not signed"))
    expect(why).to_be_visible()
    expect(dialog.get_by_role("textbox")).to_have_count(1)
    dialog.get_by_role("button", name="Sail anyway").click()
    expect(dialog.get_by_text("Say why it sails all the same.")).to_be_visible()
    why.fill("Paper forms at the dock")
    dialog.get_by_role("button", name="Sail anyway").click()
    expect(desk.get_by_role("heading", name=re.compile("^Departed"))).to_be_visible()
    expect(desk.get_by_text("Sailed anyway: Paper forms at the dock")).to_be_visible()
    seen = site.admin("GET", f"/api/events/{event['event_id']}")
    waived = {one["code"]: one["waived"]["reason"] for one in seen["readiness"]["checks"] if one["waived"]}
    assert (seen["status"], waived) == ("departed", {"waivers": "Paper forms at the dock"})
    desk.goto(f"/events/{event['event_id']}")
    expect(desk.get_by_role("heading", name="As it departed")).to_be_visible()


SMALL = """(selector) => [...document.querySelectorAll(selector)]
  .filter((element) => element.getClientRects().length > 0 && element.getBoundingClientRect().height < 44)
  .map((element) => `${element.textContent} ${element.getBoundingClientRect().height}`)"""


def test_all_that_is_tapped_is_large_enough_for_a_finger(
    site: Site, visit: Visit, sailors: dict[str, dict[str, Any]]
) -> None:
    event = site.charter(captain=None, crew=[])
    body = {"role": "captain", "person_ids": [sailors["Maya"]["person_id"]]}
    site.admin("POST", f"/api/events/{event['event_id']}/positions", body)
    page = visit(token=site.token, viewport=PHONE, has_touch=True).new_page()
    page.goto(f"/events/{event['event_id']}")
    expect(crew(page).get_by_role("link", name="WhatsApp")).to_be_visible()
    assert page.evaluate(SMALL, ":is(.crew, .readiness) :is(a, button, summary)") == []
    crew(page).get_by_role("button", name="Change… Captain").click()
    expect(page.get_by_role("dialog").get_by_label(sailors["Luis"]["name"])).to_be_visible()
    assert page.evaluate(SMALL, "dialog :is(a, button, .choice, .candidate)") == []
