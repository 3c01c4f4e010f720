"""A signature is sent once and is not lost: no signal, lost answers, two taps, Back, refusals."""

import itertools
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Visit
from tests.browser.visitors import PHONE, Signal, Site
from tests.browser.waiver_form import (
    ESIGN,
    INTENT,
    TYPED,
    draw,
    fill_in,
    forms_sent,
    inked,
    people,
    record_of,
    sign_button,
    thanked,
    waiver,
)

WEEK_MS = 7 * 24 * 3_600_000


@pytest.mark.parametrize("arrived", [False, True], ids=["before it arrived", "before the answer"])
def test_a_signature_outlives_page_and_browser_when_the_signal_is_lost(
    site: Site, chromium: Any, browser_path: str, tmp_path: Path, event: dict[str, Any], arrived: bool
) -> None:
    def open_browser() -> BrowserContext:
        return chromium.browser_type.launch_persistent_context(  # type: ignore[no-any-return]
            tmp_path, executable_path=browser_path, args=["--no-sandbox"], base_url=site.url, viewport=PHONE
        )

    context = open_browser()
    page = context.new_page()
    page.goto(waiver(event))
    fill_in(page, "Ines Kovac")
    if arrived:
        page.route("**/waiver", lambda route: (route.fetch(max_redirects=0), route.abort("connectionreset")))
    else:
        # Not `set_offline`: that ends a moment before a page that is closed, which would then send.
        page.evaluate("() => { window.fetch = () => Promise.reject(new TypeError('Failed to fetch')) }")
    sign_button(page).click()
    expect(page.get_by_role("status").filter(has_text="No signal. Kept on this phone; sends itself.")).to_be_visible()
    page.close()
    context.close()
    assert people(site, event) == (["Ines Kovac"] if arrived else [])

    context = open_browser()
    page = context.new_page()
    page.goto(waiver(event))
    thanked(page, "Ines Kovac")
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    page.goto(waiver(event))
    expect(page.get_by_label("Your full name")).to_have_value("")
    context.close()
    assert people(site, event) == ["Ines Kovac"]


def sign_without_a_signal(page: Page, event: dict[str, Any]) -> None:
    page.route("**/waiver", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    page.goto(waiver(event))
    fill_in(page, "Ines Kovac")
    sign_button(page).click()
    expect(page.get_by_role("status").filter(has_text="No signal. Kept on this phone")).to_be_visible()


def test_a_signature_goes_on_by_itself_after_a_reload_and_says_so(
    site: Site, visit: Visit, event: dict[str, Any]
) -> None:
    page = visit().new_page()
    sign_without_a_signal(page, event)
    page.reload()
    note = page.get_by_role("status").filter(has_text="The signature of Ines Kovac is kept on this phone")
    expect(note).to_be_visible()
    page.get_by_label("Your full name").fill("Marko Kovac")
    page.unroute_all()
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.get_by_text("The signature of Ines Kovac that was kept on this phone is through.")).to_be_visible()
    expect(page.get_by_label("Your full name")).to_have_value("Marko Kovac")
    page.get_by_role("link", name="See what is signed").click()
    thanked(page, "Ines Kovac")
    assert people(site, event) == ["Ines Kovac"]


def test_a_charter_that_ended_meanwhile_says_so_and_takes_the_signature_once_it_is_opened_again(
    site: Site, visit: Visit
) -> None:
    soon = datetime.now(UTC).replace(microsecond=0)
    event = site.charter()
    page = visit().new_page()
    sign_without_a_signal(page, event)
    page.unroute_all()
    ended = {"starts_at": (soon - timedelta(hours=3)).isoformat(), "ends_at": (soon - timedelta(hours=1)).isoformat()}
    site.admin("PATCH", f"/api/events/{event['event_id']}", {"version": event["version"], **ended})
    page.goto(waiver(event))
    expect(page.get_by_text("This charter is over, so it takes no more signatures.")).to_be_visible()
    site.admin("POST", f"/api/events/{event['event_id']}/reopen-waivers", {})
    page.goto(waiver(event))
    thanked(page, "Ines Kovac")
    assert people(site, event) == ["Ines Kovac"]


def test_an_answer_that_is_lost_on_its_way_is_asked_for_again(site: Site, visit: Visit, event: dict[str, Any]) -> None:
    page = visit().new_page()
    lost: list[int] = []

    def lose_the_first(route: Any) -> None:
        if route.request.method == "POST" and not lost:
            lost.append(route.fetch(max_redirects=0).status)
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/waiver", lose_the_first)
    sent = forms_sent(page)
    page.goto(waiver(event))
    fill_in(page, "Ines Kovac")
    sign_button(page).click()
    thanked(page, "Ines Kovac")
    assert lost == [303]
    assert len(sent) == 2
    assert sent[0] == sent[1]
    assert people(site, event) == ["Ines Kovac"]


def test_a_server_in_trouble_is_tried_again(site: Site, visit: Visit, event: dict[str, Any]) -> None:
    page = visit().new_page()
    signal, statuses = Signal(), itertools.cycle((503, 502))

    def fail(route: Any) -> None:
        if route.request.method == "POST" and not signal.is_back:
            route.fulfill(status=next(statuses), body="{}", content_type="application/json")
        else:
            route.continue_()

    page.route("**/waiver", fail)
    page.goto(waiver(event))
    fill_in(page, "Ines Kovac")
    sign_button(page).click()
    expect(page.locator("#form-status")).to_contain_text("Not through yet.")
    signal.is_back = True
    thanked(page, "Ines Kovac")
    assert people(site, event) == ["Ines Kovac"]


def test_two_taps_are_one_signature(site: Site, visit: Visit, event: dict[str, Any]) -> None:
    page = visit().new_page()
    sent = forms_sent(page)
    page.goto(waiver(event))
    fill_in(page, "Ines Kovac")
    sign_button(page).dblclick()
    thanked(page, "Ines Kovac")
    assert len(sent) == 1
    assert people(site, event) == ["Ines Kovac"]


def test_back_and_the_same_again_is_one_signature(site: Site, visit: Visit) -> None:
    event = site.charter(guests=[{"name": "Ines Kovac", "email": ""}])
    page = visit().new_page()
    page.goto(waiver(event))
    page.get_by_label("Find your name").select_option("Ines Kovac")
    fill_in(page, "Ines Kovac")
    sign_button(page).click()
    thanked(page, "Ines Kovac")
    page.go_back()
    fill_in(page, "Ines Kovac")
    sign_button(page).click()
    thanked(page, "Ines Kovac")
    assert people(site, event) == ["Ines Kovac"]


def test_back_and_somebody_else_are_two_signatures(site: Site, visit: Visit, event: dict[str, Any]) -> None:
    page = visit().new_page()
    page.goto(waiver(event))
    for name in ("Ines Kovac", "Marko Kovac"):
        fill_in(page, name)
        sign_button(page).click()
        thanked(page, name)
        page.go_back()
    assert people(site, event) == ["Ines Kovac", "Marko Kovac"]


def test_a_minor_added_after_a_lost_answer_is_not_dropped(site: Site, visit: Visit, event: dict[str, Any]) -> None:
    context = visit()
    page = context.new_page()
    page.goto(waiver(event))
    fill_in(page, "Ines Kovac")

    signal = Signal()

    def lose(route: Any) -> None:
        if signal.is_back:
            return route.continue_()
        route.fetch(max_redirects=0)
        return route.abort("connectionreset")

    page.route("**/waiver", lose)
    sign_button(page).click()
    expect(page.locator("#form-status")).to_contain_text("No signal.")
    page.get_by_text("I also sign for minors").click()
    page.get_by_label("Name of minor 1", exact=True).fill("Luka Kovac")
    expect(page.locator("#form-status")).to_have_text("Changed before it was sent. Please sign again.")
    signal.is_back = True
    page.get_by_label("Birth date", exact=True).first.fill("2016-02-29")
    page.get_by_label("You are their").select_option("parent")
    page.get_by_label("I am the parent").check()
    sign_button(page).click()
    thanked(page, "Ines Kovac")
    assert "Luka Kovac" in people(site, event)


def test_a_refused_form_keeps_what_was_typed_and_can_be_corrected(
    site: Site, visit: Visit, event: dict[str, Any]
) -> None:
    page = visit().new_page()
    page.goto(waiver(event))
    fill_in(page, "Ines Kovac")
    draw(page)
    page.get_by_label("Phone").fill("no number")
    sign_button(page).click()
    alert = page.get_by_role("alert")
    expect(alert).to_be_focused()
    expect(alert).to_contain_text("Phone must be a phone number")
    expect(page.get_by_label("Your full name")).to_have_value("Ines Kovac")
    expect(page.get_by_label(INTENT)).to_be_checked()
    assert inked(page) > 0
    page.get_by_label("Phone").fill("+1 415 555 0100")
    sign_button(page).click()
    thanked(page, "Ines Kovac")
    record = record_of(site, event, "Ines Kovac")
    assert record["signer_phone"] == "+1 415 555 0100"
    assert len(record["signature_strokes"]) == 2


def test_a_text_that_changed_meanwhile_is_shown_and_signed_anew(
    site: Site, visit: Visit, event: dict[str, Any]
) -> None:
    page = visit().new_page()
    page.goto(waiver(event))
    fill_in(page, "Ines Kovac")
    page.route(
        "**/waiver",
        lambda route: route.continue_(post_data=re.sub("waiver_version=.{8}", "waiver_version=00000000", _sent(route))),
        times=1,
    )
    sign_button(page).click()
    expect(page.get_by_role("alert")).to_contain_text("The text has changed since you opened it.")
    expect(page.get_by_label("Your full name")).to_have_value("Ines Kovac")
    expect(page.get_by_label(INTENT)).not_to_be_checked()
    page.get_by_label(ESIGN).check()
    page.get_by_label(INTENT).check()
    sign_button(page).click()
    thanked(page, "Ines Kovac")
    assert people(site, event) == ["Ines Kovac"]


def test_what_a_phone_keeps_is_gone_after_a_week_whichever_waiver_is_opened(
    site: Site, visit: Visit, event: dict[str, Any]
) -> None:
    page = visit().new_page()
    sign_without_a_signal(page, event)
    page.get_by_label("Phone").fill("+1 415 555 0100")
    page.unroute_all()
    kept = (
        "[...Object.keys(sessionStorage), ...Object.keys(localStorage)].filter((key) => key.startsWith('scc.waiver'))"
    )
    sign_without_a_signal(page, event)
    assert len(page.evaluate(kept)) == 2
    page.unroute_all()
    page.add_init_script(f"Date.now = ((now) => () => now() + {WEEK_MS})(Date.now)")
    page.goto(waiver(site.charter()))
    expect(page.get_by_label("Your full name")).to_have_value("")
    assert page.evaluate(kept) == []
    assert people(site, event) == []


def _sent(route: Any) -> str:
    return str(route.request.post_data)


def test_what_is_missing_is_asked_for_before_anything_is_sent(visit: Visit, event: dict[str, Any]) -> None:
    page = visit().new_page()
    sent = forms_sent(page)
    page.goto(waiver(event))
    page.get_by_label("Your full name").fill("Ines Kovac")
    page.get_by_label(ESIGN).check()
    page.get_by_label(TYPED).fill("Ines Kovac")
    sign_button(page).click()
    expect(page.get_by_label(INTENT)).to_be_focused()
    expect(page.get_by_role("alert")).to_contain_text("Not signed yet. Nothing you typed is lost")
    assert sent == []


@pytest.mark.parametrize("locale", ["en-US", "es-MX"])
def test_the_page_says_of_what_is_missing_what_the_server_says(
    visit: Visit, event: dict[str, Any], locale: str
) -> None:
    def said(page: Page) -> list[list[str]]:
        page.goto(waiver(event))
        page.locator("#minors summary").first.click()
        page.locator("[name=minor_name]").first.fill("Luka Kovac")
        page.locator("form button[type=submit]").click()
        page.locator(".summary").wait_for()
        return [page.locator(part).all_inner_texts() for part in (".summary p", ".summary li", ".error")]

    page = visit(locale=locale).new_page()
    sent = forms_sent(page)
    found = said(page)
    assert sent == []
    assert [len(part) for part in found] == [1, 7, 7]
    expect(page.locator("#signer_name")).to_be_focused()
    links = [f"{sentence}." for sentence in said(visit(locale=locale, java_script_enabled=False).new_page())[1]]
    assert sorted(found[1]) == sorted(found[2]) == sorted(links)
