"""Filling in the waiver with JavaScript: drafts, the list of names, progress, Spanish, a drawing."""

import json
import re
from typing import Any

from playwright.sync_api import Position, expect

from tests.browser.conftest import Visit
from tests.browser.visitors import PHONE, Site
from tests.browser.waiver_form import (
    ESIGN,
    INTENT,
    LANDSCAPE,
    TYPED,
    copy_link,
    draw,
    fill_in,
    inked,
    record_of,
    records,
    sign_button,
    thanked,
    waiver,
)

# --- draft ----------------------------------------------------------------------------------------


def test_a_draft_survives_a_reload_and_a_change_of_language(visit: Visit, event: dict[str, Any]) -> None:
    page = visit().new_page()
    page.goto(waiver(event))
    fill_in(page, "Ines Kovac")
    page.get_by_text("I also sign for minors").click()
    page.get_by_role("button", name="Add a minor").click()
    page.get_by_label("Name of minor 2").fill("Luka Kovac")
    page.reload()
    expect(page.get_by_label("Your full name")).to_have_value("Ines Kovac")
    expect(page.get_by_label("Name of minor 2")).to_have_value("Luka Kovac")
    expect(page.get_by_label(TYPED)).to_have_value("")
    expect(page.get_by_label(INTENT)).not_to_be_checked()
    page.get_by_role("link", name="Español").click()
    expect(page.get_by_label("Su nombre completo")).to_have_value("Ines Kovac")
    expect(page.get_by_label("Nombre del menor 2")).to_have_value("Luka Kovac")


def test_a_draft_belongs_to_one_charter(site: Site, visit: Visit, event: dict[str, Any]) -> None:
    page = visit().new_page()
    page.goto(waiver(event))
    page.get_by_label("Your full name").fill("Ines Kovac")
    page.goto(waiver(site.charter()))
    expect(page.get_by_label("Your full name")).to_have_value("")


# --- list, language, drawing ----------------------------------------------------------------------


def test_a_name_picked_from_the_list_is_filled_in_and_signed_for(site: Site, visit: Visit) -> None:
    event = site.charter(guests=[{"name": "Ines Kovac", "email": ""}, {"name": "Marko Kovac", "email": ""}])
    page = visit().new_page()
    page.goto(waiver(event))
    page.get_by_label("Find your name").select_option("Marko Kovac")
    expect(page.get_by_label("Your full name")).to_have_value("Marko Kovac")
    fill_in(page, "Marko Kovac")
    sign_button(page).click()
    thanked(page, "Marko Kovac")
    (record,) = records(site, event)
    assert record["guest_id"] == event["guests"][1]["guest_id"]


def test_a_pick_is_cleared_when_another_name_is_typed(site: Site, visit: Visit) -> None:
    event = site.charter(guests=[{"name": "Bob Two", "email": ""}, {"name": "Ines Kovac", "email": ""}])
    page = visit().new_page()
    page.goto(waiver(event))
    picked = page.get_by_label("Find your name")
    picked.select_option("Bob Two")
    fill_in(page, "Cat Three")
    expect(picked).to_have_value("")
    expect(picked.locator("option:checked")).to_have_text(re.compile("not on the list$"))
    page.reload()
    expect(page.get_by_label("Your full name")).to_have_value("Cat Three")
    expect(picked).to_have_value("")
    fill_in(page, "Cat Three")
    sign_button(page).click()
    thanked(page, "Cat Three")
    (record,) = records(site, event)
    assert record["guest_id"] is None


def test_the_progress_follows_what_is_read_and_filled_in_and_moves_nothing(visit: Visit, event: dict[str, Any]) -> None:
    context = visit(has_touch=True, is_mobile=True)
    context.add_init_script(
        # What opens under a finger is meant to.
        "window.shifted = 0; new PerformanceObserver((list) => { for (const one of list.getEntries()) "
        "if (!one.hadRecentInput) window.shifted += one.value }).observe({ type: 'layout-shift', buffered: true })"
    )
    page = context.new_page()
    page.goto(waiver(event))
    progress = page.get_by_role("navigation", name="What there is to do")
    text = progress.locator("p")
    expect(text).to_have_text("0 of 4 done")
    progress.get_by_role("link", name="You").tap()
    expect(text).to_have_text("1 of 4 done")
    # A link within the page is no step back for a tablet's Back button.
    expect(page).to_have_url(re.compile("/waiver$"))
    page.get_by_label("Your full name").fill("Ines Kovac")
    expect(text).to_have_text("3 of 4 done")
    expect(progress.locator("[aria-current=step]")).to_have_text("Sign")
    progress.get_by_role("link", name="Minors").tap()
    page.get_by_label("Name of minor 1", exact=True).fill("Luka Kovac")
    expect(text).to_have_text("2 of 4 done")
    page.get_by_label("Birth date", exact=True).first.fill("2016-02-29")
    page.get_by_label("You are their").select_option("parent")
    page.get_by_label("I am the parent").check()
    expect(text).to_have_text("3 of 4 done")
    page.get_by_label(ESIGN).check()
    page.get_by_label(INTENT).check()
    draw(page)
    expect(text).to_have_text("All done: press Sign")
    expect(progress).to_be_in_viewport()
    assert page.evaluate("window.shifted") == 0


def test_a_spanish_browser_is_served_and_recorded_in_spanish(site: Site, visit: Visit, event: dict[str, Any]) -> None:
    context = visit(locale="es-MX")
    page = context.new_page()
    page.goto(waiver(event))
    page.get_by_label("Su nombre completo").fill("Inés Kovač")
    page.get_by_label("Acepto firmar este documento").check()
    page.get_by_label("He leído este documento").check()
    page.get_by_label("Escriba su nombre como firma").fill("Inés Kovač")
    context.set_offline(True)
    page.get_by_role("button", name="Firmar", exact=True).click()
    expect(page.locator("#form-status")).to_contain_text("Sin señal.")
    context.set_offline(False)
    expect(page.get_by_role("heading", name="Firmado. Gracias, Inés Kovač.")).to_be_visible()
    assert record_of(site, event, "Inés Kovač")["language"] == "es"


def test_a_drawn_signature_is_kept_as_strokes_through_turning_the_phone(
    site: Site, visit: Visit, event: dict[str, Any]
) -> None:
    page = visit(viewport=LANDSCAPE, device_scale_factor=2).new_page()
    page.goto(waiver(event))
    page.get_by_label("Your full name").fill("Ines Kovac")
    draw(page)
    expect(page.get_by_label(TYPED)).not_to_have_attribute("required", "")
    drawn = page.locator("#signature_strokes").input_value()
    page.set_viewport_size(PHONE)
    page.set_viewport_size(LANDSCAPE)
    page.emulate_media(color_scheme="dark")
    assert inked(page) > 0
    page.get_by_label(ESIGN).check()
    page.get_by_label(INTENT).check()
    sign_button(page).click()
    thanked(page, "Ines Kovac")
    record = record_of(site, event, "Ines Kovac")
    assert record["signature_typed"] == ""
    assert record["signature_strokes"] == json.loads(drawn)
    first, second = record["signature_strokes"]
    assert first[0][2] == 0
    assert second[0][2] > first[-1][2] > 0
    assert len(first) > 3


def test_a_dot_that_is_tapped_is_drawn_on_the_page_and_in_the_copy(
    site: Site, visit: Visit, event: dict[str, Any]
) -> None:
    email = f"dot-{event['event_id'][:8].lower()}@example.com".replace("_", "x")
    page = visit().new_page()
    page.goto(waiver(event))
    page.get_by_label("Your full name").fill("Ines Kovac")
    page.get_by_label("Email").fill(email)
    page.get_by_label(ESIGN).check()
    page.get_by_label(INTENT).check()
    draw(page)
    dot_at: Position = {"x": 250, "y": 130}
    # The pad counts its border of 2 px.
    ink = "(at) => document.querySelector('canvas').getContext('2d').getImageData(at.x + 2, at.y + 2, 1, 1).data[3]"
    assert page.evaluate(ink, dot_at) == 0
    page.locator("#signature-pad canvas").click(position=dot_at)
    assert page.evaluate(ink, dot_at) > 200
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(ink, dot_at) > 200
    sign_button(page).click()
    thanked(page, "Ines Kovac")
    page.goto(copy_link(site, email))
    expect(page.get_by_role("img", name="The drawn signature").locator("circle")).to_be_visible()


def test_a_drawing_can_be_taken_back(visit: Visit, event: dict[str, Any]) -> None:
    page = visit().new_page()
    page.goto(waiver(event))
    draw(page)
    assert inked(page) > 0
    page.get_by_role("button", name="Clear the drawing").click()
    assert inked(page) == 0
    expect(page.locator("#signature_strokes")).to_have_value("")
    expect(page.get_by_label(TYPED)).to_have_attribute("required", "")
